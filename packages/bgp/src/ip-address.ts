import { formatInet6Address, formatInetAddress } from "@contrail/net";
import { readUint32, readUint128, writeUint32, writeUint128 } from "./octets.ts";

/** An address of either version: IPv4 as a number of 32 bits, IPv6 as a bigint of 128 bits. */
export type IpAddress = number | bigint;

/** Octets that the address takes: 4 or 16. */
export function ipAddressBytes(address: IpAddress): 4 | 16 {
  return typeof address === "number" ? 4 : 16;
}

/** Reads an address of four or sixteen octets. */
export function readIpAddress(bytes: Uint8Array, offset: number, lengthBytes: 4 | 16): IpAddress {
  return lengthBytes === 4 ? readUint32(bytes, offset) : readUint128(bytes, offset);
}

/** Writes an address; returns the offset behind it. */
export function writeIpAddress(bytes: Uint8Array, offset: number, address: IpAddress): number {
  return typeof address === "number" ? writeUint32(bytes, offset, address) : writeUint128(bytes, offset, address);
}

/** "10.1.2.3" or "2001:db8::1". */
export function formatIpAddress(address: IpAddress): string {
  return typeof address === "number" ? formatInetAddress(address) : formatInet6Address(address);
}

/** ::ffff:a.b.c.d, as IPv6 families carry the address of an IPv4 router (RFC 4659 section 3.2.1.2). */
export function mappedAddress(address: number): bigint {
  return 0xffff00000000n | BigInt(address);
}

/** The IPv4 address in ::ffff:a.b.c.d; any other address as it is. */
export function unmapped(address: IpAddress): IpAddress {
  return typeof address === "bigint" && address >> 32n === 0xffffn ? Number(address & 0xffffffffn) : address;
}

/** True for what is no unicast address of a router: 0/8, 127/8, multicast and above; ::, ::1, ff00::/8. */
export function isMartian(address: IpAddress): boolean {
  if (typeof address === "bigint") return address <= 1n || address >> 120n === 0xffn;
  const first = address >>> 24;
  return first === 0 || first === 127 || first >= 224;
}
