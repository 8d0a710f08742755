import { PROTOCOL_TCP, TCP_FLAG_FIN, TCP_FLAG_RST } from "./constants.ts";
import type { FlowEntry } from "./flow.ts";

const SECOND_NS = 1_000_000_000n;
/** Idle times after which a pair goes, as PIPELINE.md has them. */
export const FLOW_IDLE_NS = {
  closedTcp: 10n * SECOND_NS,
  embryonic: 60n * SECOND_NS,
  other: 180n * SECOND_NS,
  establishedTcp: 7200n * SECOND_NS,
} as const;

/** True where the entry has been idle too long; an entry and its peer are judged by the newer time of the two. */
export function flowExpired(flow: FlowEntry, peer: FlowEntry | undefined, nowNs: bigint): boolean {
  const peerSeenNs = peer?.lastSeenNs ?? 0n;
  const lastSeenNs = flow.lastSeenNs > peerSeenNs ? flow.lastSeenNs : peerSeenNs;
  return nowNs - lastSeenNs > idleLimitNs(flow, peer?.tcpFlags ?? 0);
}

function idleLimitNs(flow: FlowEntry, peerFlags: number): bigint {
  if (flow.key.protocol === PROTOCOL_TCP) {
    const reset = ((flow.tcpFlags | peerFlags) & TCP_FLAG_RST) !== 0;
    if (reset || (flow.tcpFlags & peerFlags & TCP_FLAG_FIN) !== 0) return FLOW_IDLE_NS.closedTcp;
  }
  if (!flow.established) return FLOW_IDLE_NS.embryonic;
  return flow.key.protocol === PROTOCOL_TCP ? FLOW_IDLE_NS.establishedTcp : FLOW_IDLE_NS.other;
}
