import { DROP_REASONS, type DropReason, type FlowEntry, type InterfaceCounters } from "@contrail/forwarding";
import type * as wire from "./gen/opencontrail/dataplane/v1/data_plane_service.ts";

/** The wire form of one flow entry. */
export function toWireFlow(flow: FlowEntry): wire.FlowEntry {
  const { key, reverse, established, generation, peerNextHop, lastSeenNs, tcpFlags } = flow;
  return {
    key,
    pass: flow.verdict === "pass",
    reverse,
    established,
    generation: generation >>> 0,
    peerNextHop,
    packets: BigInt(flow.packets),
    bytes: BigInt(flow.bytes),
    lastSeenNs,
    tcpFlags,
  };
}

/** The flow entry that a wire form holds; undefined where it has no key. */
export function fromWireFlow(message: wire.FlowEntry): FlowEntry | undefined {
  const { key, pass, packets, bytes, ...rest } = message;
  if (key === undefined) return undefined;
  return { ...rest, key, verdict: pass ? "pass" : "deny", packets: Number(packets), bytes: Number(bytes) };
}

/** The wire form of the drop counters. */
export function toWireDrops(drops: ReadonlyMap<DropReason, number>): wire.DropCounts {
  return { packets: Object.fromEntries([...drops].map(([reason, packets]) => [reason, BigInt(packets)])) };
}

/** Drop counters by reason; names that this version does not know are left out. */
export function fromWireDrops(message: wire.DropCounts): ReadonlyMap<DropReason, number> {
  return new Map(
    DROP_REASONS.flatMap((reason) => {
      const packets = message.packets[reason];
      return packets === undefined ? [] : [[reason, Number(packets)] as const];
    }),
  );
}

/** The wire form of the interface counters. */
export function toWireCounters(counters: ReadonlyMap<number, InterfaceCounters>): wire.InterfaceCounts {
  const entries = [...counters].map(([id, item]) => {
    const value = {
      receivedPackets: BigInt(item.receivedPackets),
      receivedBytes: BigInt(item.receivedBytes),
      sentPackets: BigInt(item.sentPackets),
      sentBytes: BigInt(item.sentBytes),
      drops: BigInt(item.drops),
    };
    return [id, value] as const;
  });
  return { interfaces: Object.fromEntries(entries) };
}

/** Interface counters by interface id. */
export function fromWireCounters(message: wire.InterfaceCounts): ReadonlyMap<number, InterfaceCounters> {
  return new Map(
    Object.entries(message.interfaces).map(([id, item]) => {
      const value = {
        receivedPackets: Number(item.receivedPackets),
        receivedBytes: Number(item.receivedBytes),
        sentPackets: Number(item.sentPackets),
        sentBytes: Number(item.sentBytes),
        drops: Number(item.drops),
      };
      return [Number(id), value] as const;
    }),
  );
}
