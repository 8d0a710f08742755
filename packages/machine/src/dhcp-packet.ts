import { internetChecksum } from "@contrail/forwarding";
import { BROADCAST_MAC, type MacAddress, readMacAddress, writeMacAddress } from "@contrail/net";

/*
 * A client's DHCP message in Ethernet, IPv4 and UDP, as it is sent before there is an address (RFC 2131 section 4.1):
 *
 *   Ethernet 14 | IPv4 20 | UDP 8 | BOOTP 236 | cookie 4 | options
 */
const ETHERNET_BYTES = 14;
const INET_BYTES = 20;
const UDP_BYTES = 8;
const FIXED_BYTES = 240;
const PAYLOAD_AT = ETHERNET_BYTES + INET_BYTES + UDP_BYTES;
const COOKIE = 0x63825363;
/** Subnet mask, router, DNS, host name, domain, MTU, lease time, server id, classless routes. */
const WANTED_OPTIONS = [1, 3, 6, 12, 15, 26, 51, 54, 121];

/** A lease as the server gave it. */
export interface Lease {
  readonly messageType: number;
  readonly address: number;
  readonly options: ReadonlyMap<number, Uint8Array>;
}

/** The frame of a DISCOVER (type 1) or REQUEST (type 3). */
export function dhcpFrame(
  mac: MacAddress,
  transactionId: number,
  type: 1 | 3,
  asked?: { address: number; server: number },
): Uint8Array {
  const options = [53, 1, type];
  if (asked !== undefined) options.push(50, 4, ...octets(asked.address), 54, 4, ...octets(asked.server));
  options.push(55, WANTED_OPTIONS.length, ...WANTED_OPTIONS, 255);
  const frame = new Uint8Array(PAYLOAD_AT + FIXED_BYTES + options.length);
  const view = new DataView(frame.buffer);
  writeMacAddress(frame, 0, BROADCAST_MAC);
  writeMacAddress(frame, 6, mac);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(16, frame.length - ETHERNET_BYTES);
  view.setUint8(22, 64);
  view.setUint8(23, 17);
  view.setUint32(30, 0xffffffff);
  view.setUint16(24, internetChecksum(frame, ETHERNET_BYTES, INET_BYTES));
  view.setUint16(34, 68);
  view.setUint16(36, 67);
  view.setUint16(38, frame.length - ETHERNET_BYTES - INET_BYTES);
  frame.set([1, 1, 6, 0], PAYLOAD_AT);
  view.setUint32(PAYLOAD_AT + 4, transactionId);
  writeMacAddress(frame, PAYLOAD_AT + 28, mac);
  view.setUint32(PAYLOAD_AT + 236, COOKIE);
  frame.set(options, PAYLOAD_AT + FIXED_BYTES);
  return frame;
}

/** The server's answer in a frame; undefined where it is none to this transaction of this client. */
export function readLease(frame: Uint8Array, mac: MacAddress, transactionId: number): Lease | undefined {
  if (frame.length < PAYLOAD_AT + FIXED_BYTES) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const isDhcp = view.getUint16(12) === 0x0800 && view.getUint8(14) === 0x45 && view.getUint8(23) === 17;
  if (!isDhcp || view.getUint16(34) !== 67 || view.getUint16(36) !== 68) return undefined;
  if (view.getUint32(PAYLOAD_AT + 4) !== transactionId || readMacAddress(frame, PAYLOAD_AT + 28) !== mac)
    return undefined;
  const options = new Map<number, Uint8Array>();
  for (let offset = PAYLOAD_AT + FIXED_BYTES; offset + 1 < frame.length && frame[offset] !== 255; ) {
    const length = frame[offset + 1] ?? 0;
    options.set(frame[offset] ?? 0, frame.slice(offset + 2, offset + 2 + length));
    offset += 2 + length;
  }
  return { messageType: options.get(53)?.[0] ?? 0, address: view.getUint32(PAYLOAD_AT + 16), options };
}

/** An option of one 32-bit number. */
export function option32(lease: Lease, code: number): number | undefined {
  const value = lease.options.get(code);
  return value === undefined || value.length < 4 ? undefined : new DataView(value.buffer).getUint32(0);
}

function octets(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
