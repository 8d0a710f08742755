import { ContrailError } from "@contrail/errors";
import type { KeyedLock } from "@contrail/runtime";
import type { JsonObject } from "@contrail/schema";
import type { Cloud } from "../core/cloud.ts";
import { isRemoval, removesTooMany } from "../core/reconcile/brake.ts";
import { type CloudDifferences, diffCloud, type Snapshot } from "../core/reconcile/cloud-diff.ts";
import type { Difference, Finding, NetworkFindings } from "../core/reconcile/difference.ts";
import { Grace } from "../core/reconcile/grace.ts";
import { type OpenNetworks, openNetworks } from "../core/reconcile/open-networks.ts";
import { keyOf, reported, unwantedKeys } from "../core/reconcile/report.ts";
import { rememberCloud } from "../core/reconcile/same-cloud.ts";
import type { Write } from "../core/write.ts";
import type { CloudReader } from "./cloud-reader.ts";
import { type ObjectPages, readSnapshot } from "./configuration-snapshot.ts";
import { Pace } from "./pace.ts";
import { type DiffReport, diffReport, type RunReport, runReport, SHOWN_DIFFERENCES } from "./run-report.ts";
import { type LookParts, SecondLook } from "./second-look.ts";
import { Settling } from "./settling.ts";
import { sideBySide } from "./side-by-side.ts";

/** What a reconciler works with. */
export interface ReconcilerParts extends LookParts {
  readonly cloud: Pick<CloudReader, "all">;
  readonly vnc: ObjectPages & { readIfThere(type: string, uuid: string): Promise<JsonObject | undefined> };
  /** Shared with the commands of the extension: one key a number that CloudStack gave. */
  readonly lock: KeyedLock;
  /** Told of each comparison of both sides: networks that are not known to be as wanted, by number, and how long it took. */
  readonly onCompared: (open: OpenNetworks, seconds: number) => void;
  /** Told of each run that came to its end. */
  readonly onRun: (report: RunReport) => void;
}

/** Bounds of a reconciler. */
export interface ReconcilerLimits {
  readonly graceMs: number;
  readonly writesPerSecond: number;
}

/** How a person asks for a run. */
export interface RunOptions {
  readonly withoutGrace: boolean;
  readonly removeMany: boolean;
  /** True: from now on another CloudStack is meant than the one that the objects came from. */
  readonly otherCloud: boolean;
}

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

  /** Compares only. limit: differences that are listed. Rejects where one of the sides cannot be read whole, or is another cloud. */
  diff(limit = SHOWN_DIFFERENCES): Promise<DiffReport> {
    return this.#alone(async () => (await this.#compared(limit, false)).report);
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
  async #compared(limit: number, otherCloud: boolean): Promise<Compared> {
    const { cloud, vnc, clock } = this.#parts;
    const startedMs = clock.monotonicMs();
    const snapshot = await readSnapshot(vnc);
    const wanted = await cloud.all();
    const remembered = rememberCloud(wanted, snapshot, otherCloud);
    const differing = diffCloud(wanted, snapshot);
    const found = { ...differing, owners: [...remembered, ...differing.owners] };
    const nowMs = clock.monotonicMs();
    this.#grace.observe(unwantedKeys(found), nowMs);
    const taken = { wallMs: clock.wallMs(), seconds: (nowMs - startedMs) / 1_000 };
    const open = openNetworks(wanted, found);
    if (open !== undefined) this.#parts.onCompared(open, taken.seconds);
    return { wanted, found, snapshot, report: diffReport(reported(found, this.#grace, nowMs), wanted, taken, limit) };
  }

  async #run(options: RunOptions): Promise<RunReport> {
    const { wanted, found, snapshot, report } = await this.#compared(SHOWN_DIFFERENCES, options.otherCloud);
    const isHeld = !options.removeMany && removesTooMany(found, snapshot);
    let heldBack = 0;
    const mayGo = (finding: Finding): boolean => {
      if (finding.action !== "remove") return true;
      if (!isRemoval(finding) || !this.#isRipe(finding, options)) return false;
      if (isHeld) heldBack++;
      return !isHeld;
    };
    const settling = new Settling((write) => this.#write(write));
    for (const item of wanted.unknown) settling.skip(item);
    // Of a large cloud its indexes take a while, and most runs need none.
    let second: SecondLook | undefined;
    const [gone, made] = [found.owners.filter(isGone), found.owners.filter((one) => !isGone(one))];
    for (const difference of made) await settling.settle(difference);
    await sideBySide(found.networks, NETWORKS_AT_ONCE, async (network) => {
      const first = network.findings.find(mayGo);
      if (first === undefined) return;
      second ??= new SecondLook(this.#parts, wanted);
      const look = second;
      await settling.guard(first, () => this.#settleNetwork(network, look, mayGo, settling));
    });
    for (const difference of [...found.machines, ...gone].filter(mayGo)) {
      await settling.settleUnused(difference, (one) => this.#isThere(one));
    }
    const done = runReport(report, settling, heldBack > 0, options.withoutGrace);
    this.#parts.onRun(done);
    return done;
  }

  async #isThere({ type, uuid }: Difference): Promise<boolean> {
    return (await this.#parts.vnc.readIfThere(type, uuid)) !== undefined;
  }

  #isRipe(finding: Finding, { withoutGrace }: RunOptions): boolean {
    return withoutGrace || this.#grace.isOver(keyOf(finding), this.#parts.clock.monotonicMs());
  }

  /** Bit by bit: the lock is let go in between, and a difference that was tried once is left to the next run. */
  async #settleNetwork(
    network: NetworkFindings,
    second: SecondLook,
    mayGo: (finding: Finding) => boolean,
    settling: Settling,
  ): Promise<void> {
    const tried = new Set<string>();
    const isNew = (finding: Finding): boolean => mayGo(finding) && !tried.has(keyOf(finding));
    for (let isMore = true; isMore; ) {
      isMore = await allLocked(this.#parts.lock, network.numbers, async () => {
        const differences = (await second.differences(network)).filter(isNew);
        const untilMs = this.#parts.clock.monotonicMs() + MAX_HOLD_MS;
        const hasTime = (): boolean => this.#parts.clock.monotonicMs() < untilMs;
        for (const [index, difference] of differences.entries()) {
          if (index > 0 && !hasTime()) return true;
          if (!(await settling.settle(difference, hasTime))) return true;
          tried.add(keyOf(difference));
        }
        return false;
      });
    }
  }

  async #write(write: Write): Promise<void> {
    await this.#pace.next(this.#stopped.signal);
    await this.#parts.configuration.write([write]);
  }
}

interface Compared {
  readonly wanted: Cloud;
  readonly found: CloudDifferences;
  readonly snapshot: Snapshot;
  readonly report: DiffReport;
}

/** Holds the locks of all numbers, taken in their order. */
function allLocked<T>(lock: KeyedLock, [number, ...more]: readonly string[], work: () => Promise<T>): Promise<T> {
  return number === undefined ? work() : lock.run(number, () => allLocked(lock, more, work));
}

function isGone({ action }: Finding): boolean {
  return action === "remove";
}
