import type { DropReason } from "./drop-reason.ts";
import { decideFromTunnel } from "./flow-stage.ts";
import { frameFor, sendTo } from "./frame.ts";
import { type InetHeader, parseInetHeader } from "./inet-header.ts";
import type { Outcome } from "./outcome.ts";
import type { ForwarderState } from "./state.ts";
import type { TableStore } from "./table-store.ts";
import type { InterfaceRow } from "./tables.ts";
import { keyOfPacket } from "./transport.ts";
import { decapsulate } from "./tunnel.ts";

/** fab_in of PIPELINE.md: a frame from the underlay device. */
export function fromUnderlay(state: ForwarderState, frame: Uint8Array, nowNs: bigint): Outcome {
  const { tables, counters } = state;
  const outer = decapsulate(frame, tables.settings.localAddress);
  if (outer.kind === "host") return { outputs: [], toHost: true };
  const target = tables.tunnelEndpoints.has(outer.source) ? targetOf(tables, outer.label) : "invalid_source";
  if (typeof target === "string") {
    counters.dropped(target, undefined);
    return { outputs: [], drop: target };
  }
  const inner = frame.subarray(outer.innerOffset);
  const drop = innerDrop(state, target, inner, nowNs);
  if (drop !== undefined) {
    counters.dropped(drop, target.id);
    return { outputs: [], drop };
  }
  return { outputs: [sendTo(state, target, frameFor(target, inner))] };
}

function targetOf(tables: TableStore, label: number | undefined): InterfaceRow | DropReason {
  const row = label === undefined ? undefined : tables.labels.get(label);
  if (row === undefined) return "invalid_label";
  const action = tables.nextHops.get(row.nextHop)?.action;
  if (action?.kind !== "interface") return "invalid_nh";
  return tables.interfaces.get(action.interface) ?? "invalid_if";
}

function innerDrop(
  state: ForwarderState,
  target: InterfaceRow,
  inner: Uint8Array,
  nowNs: bigint,
): DropReason | undefined {
  const header = parseInner(inner);
  if (typeof header === "string") return header;
  const packet = keyOfPacket(inner, header, target.nextHop, state.fragments);
  if (typeof packet === "string") return packet;
  return decideFromTunnel(state, target, { ...packet, totalBytes: header.totalBytes, nowNs });
}

function parseInner(inner: Uint8Array): InetHeader | DropReason {
  if (inner.length >= 20 && (inner[0] ?? 0) >>> 4 !== 4) return "invalid_protocol";
  return parseInetHeader(inner, 0);
}
