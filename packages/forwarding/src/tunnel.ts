import { read16, read32, write16, write32 } from "./bytes.ts";
import { internetChecksum } from "./checksum.ts";
import {
  ETHERNET_BYTES,
  ETHERTYPE_INET,
  MPLS_OVER_UDP_OLD_PORT,
  MPLS_OVER_UDP_PORT,
  PROTOCOL_UDP,
  TUNNEL_HEADER_BYTES,
} from "./constants.ts";
import { readInetHeader } from "./inet-header.ts";

/**
 * MPLS over UDP (RFC 7510), outer packet:
 *
 *   IPv4 20 bytes | UDP 8 bytes, destination port 6635, checksum 0 | label:20 EXP:3 S:1 TTL:8 | inner IPv4 packet
 */
export interface TunnelEnds {
  readonly source: number;
  readonly destination: number;
  readonly label: number;
  /** Low bits choose the outer source port. */
  readonly hash: number;
}

const UDP_OFFSET = 20;
const LABEL_OFFSET = 28;
const BOTTOM_OF_STACK = 0x100;
const TUNNEL_TTL = 64;

/** Puts outer headers before an inner packet. */
export function encapsulate(inner: Uint8Array, ends: TunnelEnds): Uint8Array {
  const packet = new Uint8Array(TUNNEL_HEADER_BYTES + inner.length);
  packet[0] = 0x45;
  write16(packet, 2, packet.length);
  packet[8] = TUNNEL_TTL;
  packet[9] = PROTOCOL_UDP;
  write32(packet, 12, ends.source);
  write32(packet, 16, ends.destination);
  write16(packet, 10, internetChecksum(packet, 0, UDP_OFFSET));
  write16(packet, UDP_OFFSET, 49_152 + (ends.hash & 0x3fff));
  write16(packet, UDP_OFFSET + 2, MPLS_OVER_UDP_PORT);
  write16(packet, UDP_OFFSET + 4, packet.length - UDP_OFFSET);
  write32(packet, LABEL_OFFSET, ends.label * 0x1000 + BOTTOM_OF_STACK + TUNNEL_TTL);
  packet.set(inner, TUNNEL_HEADER_BYTES);
  return packet;
}

/** What an underlay frame turned out to be. */
export type Decapsulated =
  | { readonly kind: "host" }
  | {
      readonly kind: "tunnel";
      readonly source: number;
      readonly label: number | undefined;
      readonly innerOffset: number;
    };

const NOT_FOR_US: Decapsulated = { kind: "host" };

/** Reads the outer headers of a frame; label undefined: cut short, or not the bottom of the stack. */
export function decapsulate(frame: Uint8Array, localAddress: number): Decapsulated {
  const udp = ETHERNET_BYTES + UDP_OFFSET;
  const shim = ETHERNET_BYTES + LABEL_OFFSET;
  if (frame.length < shim || read16(frame, 12) !== ETHERTYPE_INET || frame[ETHERNET_BYTES] !== 0x45) return NOT_FOR_US;
  const outer = readInetHeader(frame, ETHERNET_BYTES);
  if (outer.protocol !== PROTOCOL_UDP || outer.moreFragments || outer.fragmentOffset > 0) return NOT_FOR_US;
  if (outer.destination !== localAddress) return NOT_FOR_US;
  const port = read16(frame, udp + 2);
  if (port !== MPLS_OVER_UDP_PORT && port !== MPLS_OVER_UDP_OLD_PORT) return NOT_FOR_US;
  const word = read32(frame, shim);
  const whole = frame.length >= shim + 4 && (word & BOTTOM_OF_STACK) !== 0;
  const label = whole ? Math.floor(word / 0x1000) : undefined;
  return { kind: "tunnel", source: outer.source, label, innerOffset: shim + 4 };
}
