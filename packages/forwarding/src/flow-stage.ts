import { TCP_FLAG_ACK, TCP_FLAG_FIN, TCP_FLAG_RST, TCP_FLAG_SYN } from "./constants.ts";
import type { DropReason } from "./drop-reason.ts";
import { reverseFlowKey } from "./flow-key.ts";
import type { Flow } from "./flow-table.ts";
import { policyPasses, type Side, sideOfInterface, sideOfRoute } from "./policy.ts";
import { type Resolution, resolve } from "./resolve.ts";
import type { ForwarderState } from "./state.ts";
import type { InterfaceRow } from "./tables.ts";
import type { Keyed } from "./transport.ts";

/** A packet as the flow stage sees it. */
export interface FlowPacket extends Keyed {
  /** IPv4 total length. */
  readonly totalBytes: number;
  readonly nowNs: bigint;
}

/** Decides a packet from a machine, and says where it goes. */
export function decideFromMachine(
  state: ForwarderState,
  ingress: InterfaceRow,
  packet: FlowPacket,
): Resolution | DropReason | "punt" {
  const flow = state.flows.find(packet.key);
  if (flow === undefined && packet.icmpError) return "icmp_error";
  if (flow?.resolution !== undefined && flow.generation === state.generation && !turnsRound(flow, packet)) {
    return account(state, flow, packet) ?? flow.resolution;
  }
  const resolution = resolve(state.tables, ingress, packet.key, flow?.resolution);
  if (typeof resolution === "string") return resolution;
  const { target, destination } = resolution;
  const peerNextHop = target.kind === "interface" ? target.row.nextHop : ingress.nextHop;
  const decided = decide(state, flow, packet, sideOfInterface(ingress), destination, peerNextHop);
  decided.resolution = resolution;
  return account(state, decided, packet) ?? resolution;
}

/** Decides a packet from a tunnel for a machine; undefined: it goes on. */
export function decideFromTunnel(
  state: ForwarderState,
  target: InterfaceRow,
  packet: FlowPacket,
): DropReason | undefined {
  const flow = state.flows.find(packet.key);
  if (flow === undefined && packet.icmpError) return "icmp_error";
  if (flow !== undefined && flow.generation === state.generation && !turnsRound(flow, packet))
    return account(state, flow, packet);
  const route = state.tables.route(target.vrf, packet.key.sourceAddress);
  if (route === undefined) return "invalid_source";
  const decided = decide(state, flow, packet, sideOfRoute(route), sideOfInterface(target), target.nextHop);
  return account(state, decided, packet);
}

/** Evaluates under the current generation, always the initiator's packet, and keeps the verdict in an entry. */
function decide(
  state: ForwarderState,
  flow: Flow | undefined,
  packet: FlowPacket,
  sender: Side,
  receiver: Side,
  peerNextHop: number,
): Flow {
  const { tables, flows, generation } = state;
  if (flow === undefined) {
    const initiator = flows.initiatorOf(packet.key, peerNextHop);
    if (initiator !== undefined && policyPasses(tables, initiator.key, receiver, sender)) {
      return flows.insertReply(packet.key, peerNextHop, generation);
    }
    return flows.insertPair(packet.key, peerNextHop, policyPasses(tables, packet.key, sender, receiver), generation);
  }
  if (flow.generation !== generation) {
    flow.pass = flow.reverse
      ? policyPasses(tables, reverseFlowKey(packet.key, flow.peerNextHop), receiver, sender)
      : policyPasses(tables, packet.key, sender, receiver);
    flow.generation = generation;
    flow.resolution = undefined;
  }
  if (turnsRound(flow, packet)) {
    flow.reverse = false;
    flow.pass = policyPasses(tables, packet.key, sender, receiver);
    if (flow.pass) flows.setReply(flow);
  }
  flow.passed ||= flow.pass;
  return flow;
}

/** True where the other side was always denied: the packet is an initiator's of its own. */
function turnsRound(flow: Flow, packet: FlowPacket): boolean {
  return flow.reverse && !flow.pass && !flow.passed && !packet.icmpError;
}

/** Counts the packet, promotes on a reply, and gives the verdict. */
function account(state: ForwarderState, flow: Flow, packet: FlowPacket): "flow_action_drop" | undefined {
  if (!packet.icmpError) {
    flow.packets += 1;
    flow.bytes += packet.totalBytes;
    flow.lastSeenNs = packet.nowNs;
    if (opensConnection(packet.tcpFlags) && flow.tcpFlags !== 0) state.flows.beginAnew(flow);
    flow.tcpFlags |= packet.tcpFlags;
    if (flow.reverse && flow.pass && !flow.established) {
      state.flows.promote(flow, state.tables.settings.flowsPerInterface);
    }
  }
  return flow.pass ? undefined : "flow_action_drop";
}

const OPENING_FLAGS = TCP_FLAG_FIN | TCP_FLAG_SYN | TCP_FLAG_RST | TCP_FLAG_ACK;

/** True for the first packet of a TCP connection. */
function opensConnection(tcpFlags: number): boolean {
  return (tcpFlags & OPENING_FLAGS) === TCP_FLAG_SYN;
}
