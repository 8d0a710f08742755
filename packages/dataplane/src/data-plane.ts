import type { DropReason, FlowEntry, InterfaceCounters, TableDelta } from "@contrail/forwarding";

/**
 * What an agent drives: the eBPF adapter in the kernel, or the TypeScript engine in its own process.
 * Either keeps its tables and goes on forwarding when the agent dies.
 */
export interface DataPlane {
  /** "ebpf" or "typescript"; shown by status. */
  readonly engine: string;
  /**
   * Applies a batch in application order. Resolves when packets are decided by it. Idempotent.
   * Rejects with code "dataplane.bad_request" naming the row that cannot be held; rows before it are applied. Rejects with
   * "dataplane.over_quota" where there is no room for the rows whose keys are in fields.rows; all others are applied, and
   * what refers to those drops.
   */
  apply(batch: readonly TableDelta[]): Promise<void>;
  /**
   * Mark and sweep: after a restart of the agent, rows that were there before the data plane was opened and that no
   * apply() has named since are removed.
   */
  sweep(): Promise<SweepResult>;
  /**
   * Flow entries, both directions, in no order: those of a range, MOST_FLOWS at most, as a host may have a million. What
   * comes or goes between two calls moves the others.
   */
  flows(range?: FlowRange): Promise<readonly FlowEntry[]>;
  /** Packets dropped since the data plane started, by reason; reasons never met are absent. */
  drops(): Promise<ReadonlyMap<DropReason, number>>;
  /** Counters by interface id. */
  interfaceCounters(): Promise<ReadonlyMap<number, InterfaceCounters>>;
  /** Rows now held, by table name; used by "tables are empty" checks and introspect. */
  tableSizes(): Promise<Readonly<Record<string, number>>>;
  /** Removes flow entries that are idle or closed; returns how many. Called about once a second, and less often where it takes long. */
  ageFlows(): Promise<number>;
  /** Lets go of handles; tables and forwarding stay. */
  close(): Promise<void>;
  /** Detaches programs, removes all state and pins: the host is as before the first open. */
  destroy(): Promise<void>;
}

/** Entries of one answer. */
export const MOST_FLOWS = 100_000;

/** Which flow entries are asked for. */
export interface FlowRange {
  /** Entries left out before the first; default 0. */
  readonly offset?: number;
  /** Entries given at most; default MOST_FLOWS. */
  readonly limit?: number;
}

/** What a sweep did. */
export interface SweepResult {
  readonly removedRows: number;
}
