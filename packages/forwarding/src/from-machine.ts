import { readMacAddress } from "@contrail/net";
import { answerArp } from "./arp.ts";
import { read16 } from "./bytes.ts";
import { ETHERNET_BYTES, ETHERTYPE_ARP, ETHERTYPE_INET, PROTOCOL_UDP } from "./constants.ts";
import type { DropReason } from "./drop-reason.ts";
import { decideFromMachine } from "./flow-stage.ts";
import { sendTo } from "./frame.ts";
import { type InetHeader, parseInetHeader, payloadBytes } from "./inet-header.ts";
import type { Offload, Outcome } from "./outcome.ts";
import { PUNT_REASON, punt } from "./punt.ts";
import { refusal, send } from "./send.ts";
import { toService } from "./service-packet.ts";
import type { ForwarderState } from "./state.ts";
import type { InterfaceRow } from "./tables.ts";
import { keyOfPacket } from "./transport.ts";

const DHCP_CLIENT_PORT = 68;
const DHCP_SERVER_PORT = 67;

/** vm_in of PIPELINE.md: a frame from a machine's interface. */
export function fromMachine(
  state: ForwarderState,
  interfaceId: number | undefined,
  frame: Uint8Array,
  nowNs: bigint,
  offload: Offload = {},
): Outcome {
  const ingress = interfaceId === undefined ? undefined : state.tables.interfaces.get(interfaceId);
  if (ingress === undefined) {
    state.counters.dropped("invalid_if", undefined);
    return { outputs: [], drop: "invalid_if" };
  }
  state.counters.received(ingress.id, frame.length);
  const outcome = byEtherType(state, ingress, frame, nowNs, offload);
  if (outcome.drop !== undefined) state.counters.dropped(outcome.drop, ingress.id);
  return outcome;
}

function byEtherType(
  state: ForwarderState,
  ingress: InterfaceRow,
  frame: Uint8Array,
  nowNs: bigint,
  offload: Offload,
): Outcome {
  if (frame.length < ETHERNET_BYTES) return dropped("invalid_packet");
  switch (read16(frame, 12)) {
    case ETHERTYPE_ARP: {
      const reply = answerArp(state.tables, ingress, frame);
      return typeof reply === "string" ? dropped(reply) : { outputs: [sendTo(state, ingress, reply)] };
    }
    case ETHERTYPE_INET:
      return inetFromMachine(state, ingress, frame, nowNs, offload);
    default:
      return dropped("invalid_protocol");
  }
}

function inetFromMachine(
  state: ForwarderState,
  ingress: InterfaceRow,
  frame: Uint8Array,
  nowNs: bigint,
  offload: Offload,
): Outcome {
  const header = parseInetHeader(frame, ETHERNET_BYTES);
  if (typeof header === "string") return dropped(header);
  const mac = readMacAddress(frame, 6);
  const side = dhcpSide(frame, header);
  if (side !== undefined) {
    if (side === "server" || mac !== ingress.mac) return dropped("invalid_source");
    return punted(state, ingress, PUNT_REASON.dhcp, frame, nowNs);
  }
  if (state.tables.interfaceAddress(ingress.id, header.source)?.mac !== mac) return dropped("invalid_source");
  if (isNowhere(header.destination)) return dropped("nowhere_to_go");
  const packet = keyOfPacket(frame, header, ingress.nextHop, state.fragments);
  if (typeof packet === "string") return dropped(packet);
  const resolution = decideFromMachine(state, ingress, { ...packet, totalBytes: header.totalBytes, nowNs });
  if (resolution === "punt") return served(state, ingress, frame, header, nowNs);
  if (typeof resolution === "string") return dropped(resolution);
  const refused = refusal(state, frame, header, resolution, offload);
  if (refused === undefined) return { outputs: [send(state, frame, header, packet.key, resolution, offload)] };
  if (refused.puntReason === undefined) return dropped(refused.drop);
  const told = punt(state, ingress, refused.puntReason, frame, nowNs);
  return { outputs: typeof told === "string" ? [] : [told], drop: refused.drop };
}

/** A packet to an address of the vRouter's own: for a service of the host, or for the agent. */
function served(
  state: ForwarderState,
  ingress: InterfaceRow,
  frame: Uint8Array,
  header: InetHeader,
  nowNs: bigint,
): Outcome {
  const output = toService(state, ingress, frame, header, nowNs);
  if (output === undefined) return punted(state, ingress, PUNT_REASON.nexthop, frame, nowNs);
  return typeof output === "string" ? dropped(output) : { outputs: [output] };
}

function punted(
  state: ForwarderState,
  ingress: InterfaceRow,
  reason: number,
  frame: Uint8Array,
  nowNs: bigint,
): Outcome {
  const output = punt(state, ingress, reason, frame, nowNs);
  return typeof output === "string" ? dropped(output) : { outputs: [output] };
}

function dropped(reason: DropReason): Outcome {
  return { outputs: [], drop: reason };
}

/** Which side of DHCP the packet's UDP ports are. */
function dhcpSide(frame: Uint8Array, header: InetHeader): "client" | "server" | undefined {
  if (header.protocol !== PROTOCOL_UDP || header.fragmentOffset > 0 || payloadBytes(header) < 8) return undefined;
  const udp = header.offset + header.headerBytes;
  const [source, destination] = [read16(frame, udp), read16(frame, udp + 2)];
  if (source === DHCP_CLIENT_PORT && destination === DHCP_SERVER_PORT) return "client";
  return source === DHCP_SERVER_PORT && destination === DHCP_CLIENT_PORT ? "server" : undefined;
}

/** 224.0.0.0/4, 240.0.0.0/4 and 0.0.0.0/8. */
function isNowhere(destination: number): boolean {
  return destination >= 0xe0000000 || destination < 0x01000000;
}
