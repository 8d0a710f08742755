import { writeMacAddress } from "@contrail/net";
import { read16, read32, write16, write32 } from "./bytes.ts";
import { ETHERNET_BYTES, ETHERTYPE_INET, PROTOCOL_TCP, PROTOCOL_UDP } from "./constants.ts";
import type { DropReason } from "./drop-reason.ts";
import { frameFor, sendTo } from "./frame.ts";
import { type InetHeader, parseInetHeader, payloadBytes } from "./inet-header.ts";
import type { Outcome, Output } from "./outcome.ts";
import { AGENT_MAC, DATA_PLANE_MAC } from "./punt.ts";
import { hostAddress, hostPort, interfaceOfLinkLocal, linkLocalOf, machineAddress, machinePort } from "./service.ts";
import type { ForwarderState } from "./state.ts";
import type { InterfaceRow } from "./tables.ts";

/** Packets to services for each punt that an interface has. */
const PACKETS_PER_PUNT = 20;
const CHECKSUM_OFFSET = { [PROTOCOL_TCP]: 16, [PROTOCOL_UDP]: 6 } as const;

/** The ends of a packet, as they are to become. */
interface Ends {
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** Service of PIPELINE.md, for a packet whose next hop punts: the frame for the host's socket; undefined: no service. */
export function toService(
  state: ForwarderState,
  ingress: InterfaceRow,
  frame: Uint8Array,
  header: InetHeader,
  nowNs: bigint,
): Output | DropReason | undefined {
  const ends = requestEnds(ingress, frame, header);
  if (ends === undefined) return undefined;
  const { puntDevice, puntsPerSecond } = state.tables.settings;
  if (puntDevice === "") return "trap_no_if";
  if (!state.services.allow(ingress.id, puntsPerSecond * PACKETS_PER_PUNT, nowNs)) return "trap_original";
  const sent = frame.slice();
  writeMacAddress(sent, 0, AGENT_MAC);
  writeMacAddress(sent, 6, DATA_PLANE_MAC);
  rewrite(sent, header, ends);
  return { kind: "punt", device: puntDevice, frame: sent };
}

/** Service of PIPELINE.md, the way back: an IPv4 frame of the host's sockets from the punt device. */
export function fromService(state: ForwarderState, frame: Uint8Array): Outcome {
  const header = parseInetHeader(frame, ETHERNET_BYTES);
  if (typeof header === "string") return dropped(state, header);
  const id = interfaceOfLinkLocal(header.destination);
  const row = id === undefined ? undefined : state.tables.interfaces.get(id);
  if (row === undefined) return dropped(state, "invalid_if");
  const ends = replyEnds(row, frame, header);
  if (ends === undefined) return dropped(state, "invalid_packet");
  if (frame.length - ETHERNET_BYTES > row.mtuBytes) return dropped(state, "frag_err");
  const sent = frame.slice();
  rewrite(sent, header, ends);
  return { outputs: [sendTo(state, row, frameFor(row, sent.subarray(ETHERNET_BYTES)))] };
}

/** True for an IPv4 frame on the punt device. */
export function isServiceFrame(frame: Uint8Array): boolean {
  return read16(frame, 12) === ETHERTYPE_INET;
}

function requestEnds(row: InterfaceRow, frame: Uint8Array, header: InetHeader): Ends | undefined {
  const ports = portsOf(frame, header);
  if (ports === undefined || row.address === 0 || header.source !== row.address) return undefined;
  const destination = hostAddress(row, header.destination);
  const destinationPort = hostPort(header.protocol === PROTOCOL_UDP, ports.destination);
  if (destination === undefined || destinationPort === undefined) return undefined;
  return { source: linkLocalOf(row.id), destination, sourcePort: ports.source, destinationPort };
}

function replyEnds(row: InterfaceRow, frame: Uint8Array, header: InetHeader): Ends | undefined {
  const ports = portsOf(frame, header);
  if (ports === undefined || row.address === 0) return undefined;
  const source = machineAddress(row, header.source);
  const sourcePort = machinePort(header.protocol === PROTOCOL_UDP, ports.source);
  if (source === undefined || sourcePort === undefined) return undefined;
  return { source, destination: row.address, sourcePort, destinationPort: ports.destination };
}

/** Ports of a whole TCP or UDP packet. */
function portsOf(frame: Uint8Array, header: InetHeader): { source: number; destination: number } | undefined {
  const least = header.protocol === PROTOCOL_TCP ? 20 : header.protocol === PROTOCOL_UDP ? 8 : undefined;
  if (least === undefined || payloadBytes(header) < least) return undefined;
  if (header.moreFragments || header.fragmentOffset > 0) return undefined;
  const transport = header.offset + header.headerBytes;
  return { source: read16(frame, transport), destination: read16(frame, transport + 2) };
}

/** New addresses and ports, with both checksums (RFC 1624); a UDP checksum of 0 stays (RFC 768: none was made). */
function rewrite(frame: Uint8Array, header: InetHeader, ends: Ends): void {
  const transport = header.offset + header.headerBytes;
  const former = { addresses: frame.slice(header.offset + 12, header.offset + 20), ports: read32(frame, transport) };
  write32(frame, header.offset + 12, ends.source);
  write32(frame, header.offset + 16, ends.destination);
  write16(frame, transport, ends.sourcePort);
  write16(frame, transport + 2, ends.destinationPort);
  const addresses = changeOf(former.addresses, frame.subarray(header.offset + 12, header.offset + 20));
  write16(frame, header.offset + 10, applied(read16(frame, header.offset + 10), addresses));
  const udp = header.protocol === PROTOCOL_UDP;
  const at = transport + CHECKSUM_OFFSET[udp ? PROTOCOL_UDP : PROTOCOL_TCP];
  const checksum = read16(frame, at);
  if (udp && checksum === 0) return;
  const ports = new Uint8Array(4);
  write32(ports, 0, former.ports);
  const result = applied(checksum, addresses + changeOf(ports, frame.subarray(transport, transport + 4)));
  write16(frame, at, udp && result === 0 ? 0xffff : result);
}

/** The sum of ~m + m' over the words of a change. */
function changeOf(before: Uint8Array, after: Uint8Array): number {
  let sum = 0;
  for (let offset = 0; offset < before.length; offset += 2)
    sum += (~read16(before, offset) & 0xffff) + read16(after, offset);
  return sum;
}

function applied(checksum: number, change: number): number {
  let sum = (~checksum & 0xffff) + change;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function dropped(state: ForwarderState, drop: DropReason): Outcome {
  state.counters.dropped(drop, undefined);
  return { outputs: [], drop };
}
