import { type DataPlane, type FlowRange, MOST_FLOWS, type SweepResult } from "@contrail/dataplane";
import {
  DROP_REASONS,
  type DropReason,
  type FlowEntry,
  type InterfaceCounters,
  type TableDelta,
} from "@contrail/forwarding";
import { watchLinks } from "@contrail/netns";
import type { Logger } from "@contrail/observability";
import { Devices } from "./devices.ts";
import { ageFlows, type Kernel, loadProductKernel } from "./kernel.ts";
import { KernelTables } from "./kernel-tables.ts";
import { LAYOUT_VERSION } from "./layout.ts";
import { currentPins, ensurePinDirectory, removeOtherLayouts, removePins } from "./pins.ts";
import { readDrops, readFlows, readInterfaceCounters } from "./state-reader.ts";

/** Where the pins of one host are, and what is told of them. */
export interface EbpfDataPlaneOptions {
  /** Directory on a BPF file system, one for each host: "/sys/fs/bpf/contrail/host1". Made if absent. */
  readonly pinDirectory: string;
  /** Established flow entries that the host has room for; 128 bytes each, taken at the start. Default: 1,000,000. */
  readonly flowsPerHost?: number;
  readonly logger: Logger;
}

const FLOWS_PER_HOST = 1_000_000;

/**
 * The data plane in the kernel of the caller's network namespace. Tables and forwarding outlive the process; an open on
 * the same directory finds them again, with new programs in place of the old. Throws BpfError where the kernel refuses.
 */
export function openEbpfDataPlane(options: EbpfDataPlaneOptions): DataPlane {
  const plane = new EbpfDataPlane(options);
  plane.open();
  return plane;
}

interface Open {
  readonly kernel: Kernel;
  readonly devices: Devices;
  readonly tables: KernelTables;
  readonly stopWatching: () => void;
}

class EbpfDataPlane implements DataPlane {
  readonly engine = "ebpf";
  readonly #options: EbpfDataPlaneOptions;
  /** Names maps that fit: with another form or another size an agent begins with maps of its own. */
  readonly #layout: string;
  readonly #flowsPerHost: number;
  #state: Open | undefined;
  /** Batches go one after another. */
  #last: Promise<unknown> = Promise.resolve();
  #refreshing = false;

  constructor(options: EbpfDataPlaneOptions) {
    this.#options = options;
    this.#flowsPerHost = options.flowsPerHost ?? FLOWS_PER_HOST;
    this.#layout = `layout-${LAYOUT_VERSION}-flows-${this.#flowsPerHost}`;
  }

  open(): Open {
    if (this.#state !== undefined) return this.#state;
    const { pinDirectory, logger } = this.#options;
    ensurePinDirectory(pinDirectory);
    const kernel = loadProductKernel(currentPins(pinDirectory, this.#layout), this.#flowsPerHost);
    const devices = new Devices(kernel, logger);
    const tables = new KernelTables(kernel, devices);
    this.#state = { kernel, devices, tables, stopWatching: watchLinks(() => this.#linksChanged()) };
    return this.#state;
  }

  apply(batch: readonly TableDelta[]): Promise<void> {
    return this.#inTurn(async () => {
      const { devices, tables } = this.open();
      await devices.learnPeers(batch.flatMap((delta) => (delta.kind === "interface" ? [delta.row.device] : [])));
      tables.apply(batch);
    });
  }

  sweep(): Promise<SweepResult> {
    return this.#inTurn(async () => {
      const { tables } = this.open();
      const removals = tables.index.unnamed();
      if (removals.length > 0) tables.apply(removals);
      removeOtherLayouts(this.#options.pinDirectory, this.#layout);
      return { removedRows: removals.length };
    });
  }

  async flows({ offset = 0, limit = MOST_FLOWS }: FlowRange = {}): Promise<readonly FlowEntry[]> {
    return this.#state === undefined ? [] : readFlows(this.#state.kernel, offset, Math.min(limit, MOST_FLOWS));
  }

  async drops(): Promise<ReadonlyMap<DropReason, number>> {
    return this.#state === undefined ? new Map() : readDrops(this.#state.kernel, DROP_REASONS);
  }

  async interfaceCounters(): Promise<ReadonlyMap<number, InterfaceCounters>> {
    const state = this.#state;
    return state === undefined ? new Map() : readInterfaceCounters(state.kernel, state.tables.index.interfaceIds());
  }

  async tableSizes(): Promise<Readonly<Record<string, number>>> {
    return { ...EMPTY_SIZES, ...this.#state?.tables.index.sizes() };
  }

  ageFlows(): Promise<number> {
    return this.#inTurn(async () => {
      if (this.#state === undefined) return 0;
      this.#state.tables.acls.collect();
      return ageFlows(this.#state.kernel, 0n);
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => this.#closeNow());
  }

  destroy(): Promise<void> {
    return this.#inTurn(async () => {
      this.#state?.devices.releaseAll();
      this.#closeNow();
      removePins(this.#options.pinDirectory);
    });
  }

  #closeNow(): void {
    this.#state?.stopWatching();
    this.#state?.kernel.object.close();
    this.#state = undefined;
  }

  /** Several changes in a row give one look at the devices. */
  #linksChanged(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    this.#inTurn(async () => {
      this.#refreshing = false;
      const state = this.#state;
      if (state === undefined) return;
      await state.devices.forgetGone();
      state.tables.refreshDevices();
    }).catch((reason: unknown) => {
      this.#options.logger.error("devices could not be looked at", { reason: String(reason) });
    });
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run, run);
    this.#last = turn.catch(() => {}); // Its caller has the rejection.
    return turn;
  }
}

const EMPTY_SIZES: Readonly<Record<string, number>> = {
  settings: 0,
  interface: 0,
  "interface-address": 0,
  "next-hop": 0,
  label: 0,
  route: 0,
  "tunnel-endpoint": 0,
  "group-set": 0,
  acl: 0,
};
