import { type IpAddress, readIpAddress, writeIpAddress } from "../../ip-address.ts";
import { readUint16, readUint64, writeUint16, writeUint64 } from "../../octets.ts";
import type { EthernetSegmentId } from "./evpn-route.ts";

/** Octets of an Ethernet segment identifier. */
export const SEGMENT_BYTES = 10;

/** Reads ten octets. */
export function readSegment(bytes: Uint8Array, offset: number): EthernetSegmentId {
  return (readUint64(bytes, offset) << 16n) | BigInt(readUint16(bytes, offset + 8));
}

/** Writes ten octets; returns the offset behind them. */
export function writeSegment(bytes: Uint8Array, offset: number, segment: EthernetSegmentId): number {
  return writeUint16(bytes, writeUint64(bytes, offset, segment >> 16n), Number(segment & 0xffffn));
}

/** "00:11:22:33:44:55:66:77:88:99"; "0" for the segment that is none. */
export function formatSegment(segment: EthernetSegmentId): string {
  if (segment === 0n) return "0";
  return (segment.toString(16).padStart(20, "0").match(/../g) ?? []).join(":");
}

/**
 * An address behind its length in bits, which for IPv4 is 32, for IPv6 128, and for none 0; undefined where it is
 * another or does not end before `end`.
 */
export function readSizedAddress(
  bytes: Uint8Array,
  offset: number,
  end: number,
): { readonly address: IpAddress | undefined; readonly next: number } | undefined {
  const bits = bytes[offset];
  if (bits === 0 && offset < end) return { address: undefined, next: offset + 1 };
  const octets = bits === 32 ? 4 : bits === 128 ? 16 : undefined;
  if (octets === undefined || offset + 1 + octets > end) return undefined;
  return { address: readIpAddress(bytes, offset + 1, octets), next: offset + 1 + octets };
}

/** Octets that writeSizedAddress takes. */
export function sizedAddressBytes(address: IpAddress | undefined): number {
  return address === undefined ? 1 : typeof address === "number" ? 5 : 17;
}

/** Writes the length in bits and the address; returns the offset behind them. */
export function writeSizedAddress(bytes: Uint8Array, offset: number, address: IpAddress | undefined): number {
  bytes[offset] = address === undefined ? 0 : typeof address === "number" ? 32 : 128;
  return address === undefined ? offset + 1 : writeIpAddress(bytes, offset + 1, address);
}
