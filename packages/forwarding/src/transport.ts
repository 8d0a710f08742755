import { read16 } from "./bytes.ts";
import { ETHERNET_BYTES, PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from "./constants.ts";
import type { FlowKey } from "./flow.ts";
import type { FragmentTable, Ports } from "./fragment-table.ts";
import { type InetHeader, payloadBytes, readInetHeader } from "./inet-header.ts";

/** What the flow stage needs to know of a packet. */
export interface Keyed {
  readonly key: FlowKey;
  /** True where the key is the quoted packet's, turned round. */
  readonly icmpError: boolean;
  /** The TCP flags byte; 0 where there is none. */
  readonly tcpFlags: number;
}

const NO_PORTS: Ports = { source: 0, destination: 0 };
const ECHO_TYPES: readonly number[] = [0, 8];
/** Destination unreachable, time exceeded, parameter problem (RFC 792). */
const ERROR_TYPES: readonly number[] = [3, 11, 12];

/** The flow key of a packet under a next hop; remembers first fragments. */
export function keyOfPacket(
  bytes: Uint8Array,
  header: InetHeader,
  nextHop: number,
  fragments: FragmentTable,
): Keyed | "invalid_packet" | "no_frag_entry" {
  if (header.fragmentOffset > 0) {
    const ports = fragments.find(nextHop, header);
    return ports === undefined ? "no_frag_entry" : keyed(header, nextHop, ports, 0);
  }
  if (payloadBytes(header) < transportBytes(header.protocol)) return "invalid_packet";
  const quoted = quotedKey(bytes, header, nextHop);
  if (quoted !== undefined) return { key: quoted, icmpError: true, tcpFlags: 0 };
  const transport = header.offset + header.headerBytes;
  const ports = portsAt(bytes, transport, header.protocol);
  if (header.moreFragments) fragments.remember(nextHop, header, ports);
  return keyed(header, nextHop, ports, header.protocol === PROTOCOL_TCP ? (bytes[transport + 13] ?? 0) : 0);
}

/** IPv4, transport header and one segment's payload: the longest packet that a large frame becomes. */
export function segmentBytes(bytes: Uint8Array, header: InetHeader, gsoSizeBytes: number | undefined): number {
  if (gsoSizeBytes === undefined || gsoSizeBytes === 0) return bytes.length - ETHERNET_BYTES;
  const transport = header.offset + header.headerBytes;
  const tcp = header.protocol === PROTOCOL_TCP ? ((bytes[transport + 12] ?? 0) >>> 4) * 4 : 0;
  return header.headerBytes + (header.protocol === PROTOCOL_UDP ? 8 : tcp) + gsoSizeBytes;
}

function keyed(header: InetHeader, nextHop: number, ports: Ports, tcpFlags: number): Keyed {
  const key = {
    nextHop,
    protocol: header.protocol,
    sourceAddress: header.source,
    destinationAddress: header.destination,
    sourcePort: ports.source,
    destinationPort: ports.destination,
  };
  return { key, icmpError: false, tcpFlags };
}

function transportBytes(protocol: number): number {
  if (protocol === PROTOCOL_TCP) return 20;
  return protocol === PROTOCOL_UDP || protocol === PROTOCOL_ICMP ? 8 : 0;
}

function portsAt(bytes: Uint8Array, offset: number, protocol: number): Ports {
  if (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP) {
    return { source: read16(bytes, offset), destination: read16(bytes, offset + 2) };
  }
  const echo = protocol === PROTOCOL_ICMP && ECHO_TYPES.includes(bytes[offset] ?? 255);
  return echo ? { source: read16(bytes, offset + 4), destination: 0 } : NO_PORTS;
}

/** The key of the packet quoted in an ICMP error, turned round (RFC 792: IP header and 64 bits of its data). */
function quotedKey(bytes: Uint8Array, header: InetHeader, nextHop: number): FlowKey | undefined {
  const icmp = header.offset + header.headerBytes;
  if (header.protocol !== PROTOCOL_ICMP || !ERROR_TYPES.includes(bytes[icmp] ?? 255)) return undefined;
  const there = payloadBytes(header) - 8;
  if (there < 20) return undefined;
  const quoted = readInetHeader(bytes, icmp + 8);
  if ((bytes[icmp + 8] ?? 0) >>> 4 !== 4 || quoted.headerBytes < 20 || there < quoted.headerBytes + 8) return undefined;
  if (quoted.fragmentOffset > 0 || quoted.source !== header.destination) return undefined;
  const ports = portsAt(bytes, quoted.offset + quoted.headerBytes, quoted.protocol);
  const swap = quoted.protocol !== PROTOCOL_ICMP;
  return {
    nextHop,
    protocol: quoted.protocol,
    sourceAddress: quoted.destination,
    destinationAddress: quoted.source,
    sourcePort: swap ? ports.destination : ports.source,
    destinationPort: swap ? ports.source : ports.destination,
  };
}
