import { internetChecksum } from "@contrail/forwarding";
import { BROADCAST_MAC, type MacAddress, VROUTER_MAC, writeMacAddress } from "@contrail/net";

/** An IPv4 packet to build; every field has a usual value. */
export interface InetFields {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly payload: Uint8Array;
  readonly ttl?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In units of 8 bytes. */
  readonly fragmentOffset?: number;
  /** IP options; a multiple of 4 bytes. */
  readonly options?: Uint8Array;
}

/** Destination, source, EtherType, payload. */
export function ethernet(
  destination: MacAddress,
  source: MacAddress,
  etherType: number,
  payload: Uint8Array,
): Uint8Array {
  const frame = new Uint8Array(14 + payload.length);
  writeMacAddress(frame, 0, destination);
  writeMacAddress(frame, 6, source);
  new DataView(frame.buffer).setUint16(12, etherType);
  frame.set(payload, 14);
  return frame;
}

/** A whole IPv4 packet with a right header checksum (RFC 791). */
export function inet(fields: InetFields): Uint8Array {
  const options = fields.options ?? new Uint8Array(0);
  const headerBytes = 20 + options.length;
  const packet = new Uint8Array(headerBytes + fields.payload.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x40 + headerBytes / 4);
  view.setUint16(2, packet.length);
  view.setUint16(4, fields.identification ?? 0);
  const flags = (fields.dontFragment === true ? 0x4000 : 0) + (fields.moreFragments === true ? 0x2000 : 0);
  view.setUint16(6, flags + (fields.fragmentOffset ?? 0));
  view.setUint8(8, fields.ttl ?? 64);
  view.setUint8(9, fields.protocol);
  view.setUint32(12, fields.source);
  view.setUint32(16, fields.destination);
  packet.set(options, 20);
  view.setUint16(10, internetChecksum(packet, 0, headerBytes));
  packet.set(fields.payload, headerBytes);
  return packet;
}

/** Addresses and ports of a packet, as numbers. */
export interface Ends {
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** A UDP datagram with its checksum (RFC 768). */
export function udp(ends: Ends, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ends.sourcePort);
  view.setUint16(2, ends.destinationPort);
  view.setUint16(4, bytes.length);
  bytes.set(data, 8);
  view.setUint16(6, transportChecksum(ends, 17, bytes) || 0xffff);
  return bytes;
}

/** A TCP segment with its checksum (RFC 9293 section 3.1); options a multiple of 4 bytes. */
export function tcp(ends: Ends, flags: number, data: Uint8Array, options: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(20 + options.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ends.sourcePort);
  view.setUint16(2, ends.destinationPort);
  view.setUint8(12, ((20 + options.length) / 4) << 4);
  view.setUint8(13, flags);
  view.setUint16(14, 64_240);
  bytes.set(options, 20);
  bytes.set(data, 20 + options.length);
  view.setUint16(16, transportChecksum(ends, 6, bytes));
  return bytes;
}

/** An ICMP message; rest is the 32 bits after the checksum (RFC 792). */
export function icmp(type: number, code: number, rest: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, type);
  view.setUint8(1, code);
  view.setUint32(4, rest >>> 0);
  bytes.set(data, 8);
  view.setUint16(2, internetChecksum(bytes, 0, bytes.length));
  return bytes;
}

/** The checksum over pseudo-header and segment; 0 where the segment holds a right one. */
export function transportChecksum(
  ends: Pick<Ends, "source" | "destination">,
  protocol: number,
  segment: Uint8Array,
): number {
  const whole = new Uint8Array(12 + segment.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, ends.source);
  view.setUint32(4, ends.destination);
  view.setUint8(9, protocol);
  view.setUint16(10, segment.length);
  whole.set(segment, 12);
  return internetChecksum(whole, 0, whole.length);
}

/** An ARP packet for IPv4 over Ethernet in a broadcast frame (RFC 826). */
export function arp(fields: {
  readonly frameSource: MacAddress;
  readonly senderMac: MacAddress;
  readonly sender: number;
  readonly target: number;
  readonly operation?: number;
}): Uint8Array {
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 1);
  view.setUint16(2, 0x0800);
  view.setUint16(4, 0x0604);
  view.setUint16(6, fields.operation ?? 1);
  writeMacAddress(bytes, 8, fields.senderMac);
  view.setUint32(14, fields.sender);
  view.setUint32(24, fields.target);
  return ethernet(BROADCAST_MAC, fields.frameSource, 0x0806, bytes);
}

/** An underlay frame with an inner packet in MPLS over UDP (RFC 7510), as another host sends it. */
export function tunnelFrame(
  fields: {
    readonly source: number;
    readonly destination: number;
    readonly label: number;
    readonly bottom?: boolean;
    readonly port?: number;
    readonly outer?: Partial<InetFields>;
  },
  inner: Uint8Array,
): Uint8Array {
  const data = new Uint8Array(4 + inner.length);
  new DataView(data.buffer).setUint32(0, fields.label * 0x1000 + (fields.bottom === false ? 0 : 0x100) + 64);
  data.set(inner, 4);
  const { source, destination } = fields;
  const payload = udp({ source, destination, sourcePort: 50_000, destinationPort: fields.port ?? 6635 }, data);
  return ethernet(
    VROUTER_MAC,
    0x0600_0000_0001,
    0x0800,
    inet({ source, destination, protocol: 17, payload, ...fields.outer }),
  );
}
