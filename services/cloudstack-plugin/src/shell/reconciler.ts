import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { KeyedLock } from "@contrail/runtime";
import type { VncClient } from "@contrail/vnc-client";
import { type CloudDifferences, diffCloud, type Snapshot } from "../core/reconcile/cloud-diff.ts";
import type { Difference, Finding, NetworkFindings } from "../core/reconcile/difference.ts";
import { Grace } from "../core/reconcile/grace.ts";
import { diffNetwork } from "../core/reconcile/network-diff.ts";
import { keyOf, type ReportedDifference, removesTooMany, reported, unwantedKeys } from "../core/reconcile/report.ts";
import type { Write } from "../core/write.ts";
import type { CloudReader } from "./cloud-reader.ts";
import type { Configuration } from "./configuration.ts";
import { readSnapshot } from "./configuration-snapshot.ts";
import type { Identities } from "./identities.ts";
import { Pace } from "./pace.ts";
import { type Failure, Settling } from "./settling.ts";
import { sideBySide } from "./side-by-side.ts";

/** What a reconciler works with. */
export interface ReconcilerParts {
  readonly cloud: Pick<CloudReader, "all">;
  /** Reads what is looked at again while commands of its network wait; to be quick, or to fail. */
  readonly near: Pick<CloudReader, "network" | "nics">;
  readonly vnc: Pick<VncClient, "pages">;
  readonly configuration: Pick<Configuration, "readWhole" | "machinesThere" | "write">;
  readonly identities: Pick<Identities, "of">;
  /** Shared with the commands of the extension. */
  readonly lock: KeyedLock;
  readonly clock: Clock;
  /** Told of each comparison of both sides. */
  readonly onCompared: (report: DiffReport) => void;
}

/** Bounds of a reconciler. */
export interface ReconcilerLimits {
  readonly graceMs: number;
  readonly writesPerSecond: number;
}

/** What differs now. */
export interface DiffReport {
  readonly differences: readonly ReportedDifference[];
  readonly takenAt: string;
  readonly cloudstack: { readonly networks: number; readonly machines: number; readonly nics: number };
  readonly seconds: number;
}

/** What one run did. */
export interface RunReport extends DiffReport {
  /** All differences, also those that are not listed. */
  readonly found: number;
  readonly settled: number;
  readonly writes: number;
  readonly failures: readonly Failure[];
  /** True: so much would be removed that only a person may ask for it. */
  readonly held: boolean;
}

/** How a person asks for a run. */
export interface RunOptions {
  readonly withoutGrace: boolean;
  readonly removeMany: boolean;
}

const MAX_SHOWN = 1_000;
/** The configuration node's disk takes several writes at once as fast as one. */
const NETWORKS_AT_ONCE = 8;
/** Commands of a network wait no longer than this for its writes; they give up after 45 s. */
const MAX_HOLD_MS = 5_000;

/** Makes the configuration as CloudStack has it: one run at a time; what a run does not reach, the next one does. */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #grace: Grace;
  readonly #pace: Pace;
  readonly #stopped = new AbortController();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(parts: ReconcilerParts, limits: ReconcilerLimits) {
    this.#parts = parts;
    this.#grace = new Grace(limits.graceMs);
    this.#pace = new Pace(parts.clock, limits.writesPerSecond);
  }

  /** Compares only. Rejects where one of the sides cannot be read whole. */
  diff(): Promise<DiffReport> {
    return this.#alone(async () => (await this.#compared()).report);
  }

  /** Compares and settles. Rejects as diff(); what could not be settled is told in the report. */
  run(options: RunOptions): Promise<RunReport> {
    return this.#alone(() => this.#run(options));
  }

  /** Ends a run that is under way after its present write. */
  stop(): void {
    this.#stopped.abort(new ContrailError("stopped", "the plugin is stopping"));
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  /** The configuration is read before CloudStack: what a command makes meanwhile is in CloudStack's lists for sure. */
  async #compared(): Promise<{ found: CloudDifferences; snapshot: Snapshot; report: DiffReport }> {
    const { cloud, vnc, clock } = this.#parts;
    const startedMs = clock.monotonicMs();
    const snapshot = await readSnapshot(vnc);
    const wanted = await cloud.all();
    const found = diffCloud(wanted, snapshot);
    const nowMs = clock.monotonicMs();
    this.#grace.observe(unwantedKeys(found), nowMs);
    const report: DiffReport = {
      differences: reported(found, this.#grace, nowMs),
      takenAt: new Date(clock.wallMs()).toISOString(),
      cloudstack: {
        networks: wanted.networks.length,
        machines: new Set(wanted.nics.map(({ machineUuid }) => machineUuid)).size,
        nics: wanted.nics.length,
      },
      seconds: (nowMs - startedMs) / 1_000,
    };
    this.#parts.onCompared(report);
    return { found, snapshot, report };
  }

  async #run(options: RunOptions): Promise<RunReport> {
    const { found, snapshot, report } = await this.#compared();
    const known = { networks: snapshot.networks.length, ports: snapshot.interfaces.length };
    const held = !options.removeMany && removesTooMany(found, known);
    const mayGo = (finding: Finding): boolean =>
      finding.action !== "remove" || (!held && this.#isRipe(finding, options));
    const settling = new Settling((write) => this.#write(write));
    const [gone, made] = [found.owners.filter(isRemoval), found.owners.filter((one) => !isRemoval(one))];
    for (const difference of made) await settling.settle(difference);
    await sideBySide(found.networks, NETWORKS_AT_ONCE, async (network) => {
      const first = network.findings.find(mayGo);
      if (first !== undefined) await settling.guard(first, () => this.#settleNetwork(network, mayGo, settling));
    });
    for (const difference of [...found.machines, ...gone].filter(mayGo)) await settling.settle(difference);
    const { settled, writes, failures } = settling;
    const { differences } = report;
    const shown = { ...report, differences: differences.slice(0, MAX_SHOWN), found: differences.length };
    return { ...shown, settled, writes, failures, held };
  }

  #isRipe(finding: Finding, { withoutGrace }: RunOptions): boolean {
    return withoutGrace || this.#grace.isOver(keyOf(finding), this.#parts.clock.monotonicMs());
  }

  /** Bit by bit: the lock is let go in between, and a difference that was tried once is left to the next run. */
  async #settleNetwork(
    network: NetworkFindings,
    mayGo: (finding: Finding) => boolean,
    settling: Settling,
  ): Promise<void> {
    const tried = new Set<string>();
    const isNew = (finding: Finding): boolean => mayGo(finding) && !tried.has(keyOf(finding));
    for (let isMore = true; isMore; ) {
      isMore = await this.#parts.lock.run(network.networkId, async () => {
        const differences = (await this.#differencesNow(network)).filter(isNew);
        const untilMs = this.#parts.clock.monotonicMs() + MAX_HOLD_MS;
        for (const [index, difference] of differences.entries()) {
          if (index > 0 && this.#parts.clock.monotonicMs() >= untilMs) return true;
          tried.add(keyOf(difference));
          await settling.settle(difference);
        }
        return false;
      });
    }
  }

  /** Looks at both sides again, under the network's lock: commands may have come since, and they are right. */
  async #differencesNow({ networkId, cloudUuid }: NetworkFindings): Promise<readonly Difference[]> {
    const { near, configuration, identities } = this.#parts;
    const view = await configuration.readWhole(networkId, cloudUuid);
    const network = await near.network(cloudUuid ?? networkId);
    const isKnown = network !== undefined && (cloudUuid !== undefined || network.networkId === networkId);
    const nics = isKnown ? await near.nics(network.uuid) : [];
    const machines = await configuration.machinesThere(nics.map(({ machineUuid }) => machineUuid));
    const identity = isKnown ? await identities.of(network) : undefined;
    const wanted = isKnown ? { network, nics } : undefined;
    return diffNetwork(networkId, wanted, { ...view, machines, identity });
  }

  async #write(write: Write): Promise<void> {
    await this.#pace.next(this.#stopped.signal);
    await this.#parts.configuration.write([write]);
  }
}

function isRemoval({ action }: Finding): boolean {
  return action === "remove";
}
