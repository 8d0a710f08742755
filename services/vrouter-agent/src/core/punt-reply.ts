import { internetChecksum, PUNT_REASON, type PuntHead } from "@contrail/forwarding";
import { BROADCAST_MAC, VROUTER_MAC, writeMacAddress } from "@contrail/net";
import type { ActivePort } from "./active-port.ts";
import { readDhcpRequest } from "./dhcp-message.ts";
import { answerDhcp } from "./dhcp-server.ts";

const ETHERNET_BYTES = 14;
const INET_BYTES = 20;
const UDP_BYTES = 8;
const ICMP_BYTES = 8;
const BROADCAST_FLAG = 0x8000;
/** Octets of the packet in question that an ICMP error carries back (RFC 792: header and 8 octets). */
const ICMP_QUOTE_BYTES = 28;

/** The frame that goes back to the machine for a frame that it punted; undefined: nothing. */
export function replyToPunt(
  head: PuntHead,
  frame: Uint8Array,
  port: ActivePort,
  mtuBytes: number,
): Uint8Array | undefined {
  const packet = frame.subarray(ETHERNET_BYTES);
  if (packet.length < INET_BYTES || (packet[0] ?? 0) >> 4 !== 4) return undefined;
  switch (head.reason) {
    case PUNT_REASON.dhcp:
      return dhcpReply(packet, port, mtuBytes);
    case PUNT_REASON.nexthop:
      return echoReply(packet, port);
    case PUNT_REASON.zeroTtl:
      return icmpError(packet, port, 11, 0, 0);
    case PUNT_REASON.handleDf:
      return icmpError(packet, port, 3, 4, mtuBytes);
    default:
      return undefined;
  }
}

function dhcpReply(packet: Uint8Array, port: ActivePort, mtuBytes: number): Uint8Array | undefined {
  const headerBytes = headerLength(packet);
  const request = readDhcpRequest(packet.subarray(headerBytes + UDP_BYTES));
  if (request === undefined || request.clientMac !== port.mac) return undefined;
  const payload = answerDhcp(request, port, mtuBytes);
  if (payload === undefined) return undefined;
  const server = port.subnet?.gateway ?? port.subnet?.dnsServer ?? port.subnet?.prefix.address ?? 0;
  const unicast = request.clientAddress !== 0 && (request.flags & BROADCAST_FLAG) === 0;
  const udp = new Uint8Array(UDP_BYTES + payload.length);
  const view = new DataView(udp.buffer);
  view.setUint16(0, 67);
  view.setUint16(2, 68);
  view.setUint16(4, udp.length);
  udp.set(payload, UDP_BYTES);
  const destination = unicast ? request.clientAddress : 0xffffffff;
  const mac = (request.flags & BROADCAST_FLAG) !== 0 ? BROADCAST_MAC : port.mac;
  return inetFrame(mac, server, destination, 17, udp);
}

/** Answers a ping to the gateway's address; one in fragments is not put together and gets no answer. */
function echoReply(packet: Uint8Array, port: ActivePort): Uint8Array | undefined {
  const icmp = packet.slice(headerLength(packet), totalLength(packet));
  if (isFragment(packet) || packet[9] !== 1 || icmp.length < ICMP_BYTES || icmp[0] !== 8) return undefined;
  icmp[0] = 0;
  sealIcmp(icmp);
  const view = new DataView(packet.buffer, packet.byteOffset);
  return inetFrame(port.mac, view.getUint32(16), view.getUint32(12), 1, icmp);
}

/**
 * ICMP error from the gateway about a packet (RFC 792; next-hop MTU of RFC 1191 in the low half of the second word). None
 * about an ICMP error, or a fragment that is not the first (RFC 1122 section 3.2.2).
 */
function icmpError(
  packet: Uint8Array,
  port: ActivePort,
  type: number,
  code: number,
  mtuBytes: number,
): Uint8Array | undefined {
  const gateway = port.subnet?.gateway;
  if (gateway === undefined || fragmentOffset(packet) > 0) return undefined;
  if (packet[9] === 1 && isIcmpError(packet)) return undefined;
  const quote = packet.subarray(0, Math.min(packet.length, ICMP_QUOTE_BYTES + headerLength(packet) - INET_BYTES));
  const icmp = new Uint8Array(ICMP_BYTES + quote.length);
  icmp.set([type, code]);
  new DataView(icmp.buffer).setUint16(6, mtuBytes);
  icmp.set(quote, ICMP_BYTES);
  sealIcmp(icmp);
  return inetFrame(port.mac, gateway, new DataView(packet.buffer, packet.byteOffset).getUint32(12), 1, icmp);
}

/** More fragments, or an offset (RFC 791 section 3.1). */
function isFragment(packet: Uint8Array): boolean {
  return ((packet[6] ?? 0) & 0x20) !== 0 || fragmentOffset(packet) > 0;
}

/** In units of 8 octets. */
function fragmentOffset(packet: Uint8Array): number {
  return (((packet[6] ?? 0) & 0x1f) << 8) | (packet[7] ?? 0);
}

function isIcmpError(packet: Uint8Array): boolean {
  const type = packet[headerLength(packet)];
  return type !== 0 && type !== 8;
}

function sealIcmp(icmp: Uint8Array): void {
  const view = new DataView(icmp.buffer, icmp.byteOffset);
  view.setUint16(2, 0);
  view.setUint16(2, internetChecksum(icmp, 0, icmp.length));
}

function inetFrame(
  mac: number,
  source: number,
  destination: number,
  protocol: number,
  payload: Uint8Array,
): Uint8Array {
  const frame = new Uint8Array(ETHERNET_BYTES + INET_BYTES + payload.length);
  const view = new DataView(frame.buffer);
  writeMacAddress(frame, 0, mac);
  writeMacAddress(frame, 6, VROUTER_MAC);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(16, INET_BYTES + payload.length);
  view.setUint8(22, 64);
  view.setUint8(23, protocol);
  view.setUint32(26, source);
  view.setUint32(30, destination);
  view.setUint16(24, internetChecksum(frame, ETHERNET_BYTES, INET_BYTES));
  frame.set(payload, ETHERNET_BYTES + INET_BYTES);
  return frame;
}

function headerLength(packet: Uint8Array): number {
  return ((packet[0] ?? 0) & 15) * 4;
}

function totalLength(packet: Uint8Array): number {
  return ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);
}
