import { Counters } from "./counters.ts";
import { type FlowLimits, FlowTable } from "./flow-table.ts";
import { FragmentTable } from "./fragment-table.ts";
import { PuntLimiter } from "./punt.ts";
import { TableStore } from "./table-store.ts";

/** Bounds of what a forwarder remembers of packets. */
export interface ForwarderLimits extends FlowLimits {
  /** First fragments whose ports are remembered. */
  readonly fragments: number;
}

/** Everything that a forwarder knows; the stages are functions over it. */
export interface ForwarderState {
  readonly tables: TableStore;
  readonly flows: FlowTable;
  readonly fragments: FragmentTable;
  readonly punts: PuntLimiter;
  /** Packets to services of the host. */
  readonly services: PuntLimiter;
  readonly counters: Counters;
  /** Rises with every applied batch; verdicts of an older one are computed again. */
  generation: number;
}

const DEFAULT_LIMITS: ForwarderLimits = { embryonic: 65_536, established: 1_000_000, fragments: 8_192 };

/** A state without rows. */
export function emptyState(limits: Partial<ForwarderLimits> = {}): ForwarderState {
  const bounds = { ...DEFAULT_LIMITS, ...limits };
  return {
    tables: new TableStore(),
    flows: new FlowTable(bounds),
    fragments: new FragmentTable(bounds.fragments),
    punts: new PuntLimiter(),
    services: new PuntLimiter(),
    counters: new Counters(),
    generation: 1,
  };
}
