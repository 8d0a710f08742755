import { ContrailError } from "@contrail/errors";
import type { DropReason } from "./drop-reason.ts";
import type { FlowEntry, InterfaceCounters } from "./flow.ts";
import { fromAgent } from "./from-agent.ts";
import { fromMachine } from "./from-machine.ts";
import { fromUnderlay } from "./from-underlay.ts";
import { inApplicationOrder } from "./order.ts";
import type { Offload, Outcome } from "./outcome.ts";
import type { RowDelta } from "./row-key.ts";
import { rowProblem } from "./row-problem.ts";
import { emptyState, type ForwarderState } from "./state.ts";
import type { HostSettings, InterfaceRow, TableDelta } from "./tables.ts";

/** The reference data plane: tables and packets in, packets out. Pure: time is handed in. */
export interface Forwarder {
  /** A frame from a machine's interface; nowNs never runs backward. The frame is not kept and not changed. */
  fromMachine(interfaceId: number | undefined, frame: Uint8Array, nowNs: bigint, offload?: Offload): Outcome;
  /** A frame from the underlay device. */
  fromUnderlay(frame: Uint8Array, nowNs: bigint): Outcome;
  /** A frame that the agent wrote to the punt device. */
  fromAgent(frame: Uint8Array): Outcome;
  /**
   * Applies a batch in application order and raises the generation. Throws ContrailError "dataplane.bad_request" naming
   * the first row that cannot be held; the rows before it are applied.
   */
  apply(batch: readonly TableDelta[]): void;
  /** From now on rows count as unnamed until a batch names them. */
  mark(): void;
  /** Removes the rows that nothing named since the mark; returns how many. */
  sweep(): number;
  /** Removes idle and closed flow entries; returns how many. */
  ageFlows(nowNs: bigint): number;
  flows(): readonly FlowEntry[];
  drops(): ReadonlyMap<DropReason, number>;
  interfaceCounters(): ReadonlyMap<number, InterfaceCounters>;
  /** Counts a drop that happened outside, where a frame could not be sent. */
  countDrop(reason: DropReason, interfaceId: number | undefined): void;
  /** Rows by table name; a table without rows has 0. */
  tableSizes(): Readonly<Record<string, number>>;
  settings(): HostSettings;
  interfaces(): readonly InterfaceRow[];
  rows(): readonly RowDelta[];
  generation(): number;
}

const TABLE_NAMES = [
  "settings",
  "interface",
  "interface-address",
  "next-hop",
  "label",
  "route",
  "tunnel-endpoint",
  "group-set",
  "acl",
] as const;

/** A forwarder over a state of its own, empty unless one is handed in. */
export function createForwarder(state: ForwarderState = emptyState()): Forwarder {
  const { tables, flows, counters } = state;
  const apply = (batch: readonly TableDelta[]): void => {
    state.generation += 1;
    for (const delta of inApplicationOrder(batch)) applyDelta(state, delta);
  };
  return {
    fromMachine: (id, frame, nowNs, offload) => fromMachine(state, id, frame, nowNs, offload),
    fromUnderlay: (frame, nowNs) => fromUnderlay(state, frame, nowNs),
    fromAgent: (frame) => fromAgent(state, frame),
    apply,
    mark: () => tables.mark(),
    sweep: () => {
      const removals = tables.unnamed();
      if (removals.length > 0) apply(removals);
      return removals.length;
    },
    ageFlows: (nowNs) => flows.age(nowNs),
    flows: () => flows.entries(),
    drops: () => counters.drops,
    interfaceCounters: () => counters.interfaces,
    countDrop: (reason, id) => counters.dropped(reason, id),
    tableSizes: () => {
      const sizes: Record<string, number> = Object.fromEntries(TABLE_NAMES.map((name) => [name, 0]));
      for (const row of tables.rows()) sizes[row.kind] = (sizes[row.kind] ?? 0) + 1;
      return sizes;
    },
    settings: () => tables.settings,
    interfaces: () => [...tables.interfaces.values()],
    rows: () => tables.rows(),
    generation: () => state.generation,
  };
}

function applyDelta(state: ForwarderState, delta: TableDelta): void {
  const problem = rowProblem(delta);
  if (problem !== undefined) throw new ContrailError("dataplane.bad_request", problem);
  if (delta.kind === "interface") state.counters.addInterface(delta.row.id);
  if (delta.kind === "interface-remove") {
    const row = state.tables.interfaces.get(delta.id);
    if (row !== undefined) state.flows.removeNextHop(row.nextHop);
    state.counters.interfaces.delete(delta.id);
    state.punts.forget(delta.id);
    state.services.forget(delta.id);
  }
  state.tables.apply(delta);
}
