import { formatInet6Address, inetMask } from "@contrail/net";
import { readUint32, readUint128 } from "../octets.ts";

/** An IPv6 prefix: ::1/128 is { address: 1n, length: 128 }. */
export interface Inet6Prefix {
  /** 128 bits, those behind the length are zero. */
  readonly address: bigint;
  /** 0 to 128. */
  readonly length: number;
}

/** The leading octets of an IPv4 prefix as an address; bits behind the length are ignored (RFC 4271 section 4.3). */
export function readPrefix(bytes: Uint8Array, offset: number, length: number): number {
  if (length === 32) return readUint32(bytes, offset);
  let address = 0;
  for (let index = 0; index < 4; index++) {
    address = (address << 8) | (index * 8 < length ? (bytes[offset + index] ?? 0) : 0);
  }
  return (address & inetMask(length)) >>> 0;
}

/** Writes as many leading octets of an address as the prefix length needs; returns the offset behind them. */
export function writePrefix(bytes: Uint8Array, offset: number, address: number, length: number): number {
  const octets = (length + 7) >>> 3;
  for (let index = 0; index < octets; index++) bytes[offset + index] = address >>> (24 - index * 8);
  return offset + octets;
}

/** The same for an IPv6 prefix. */
export function readPrefix6(bytes: Uint8Array, offset: number, length: number): bigint {
  if (length === 0) return 0n;
  const octets = (length + 7) >>> 3;
  if (octets === 16) return clearHostBits(readUint128(bytes, offset), length);
  let address = 0n;
  let shift = 120n;
  for (let index = 0; index < octets; index++, shift -= 8n) address |= BigInt(bytes[offset + index] ?? 0) << shift;
  return clearHostBits(address, length);
}

/** The same for an IPv6 prefix. */
export function writePrefix6(bytes: Uint8Array, offset: number, address: bigint, length: number): number {
  const octets = (length + 7) >>> 3;
  for (let index = 0; index < octets; index++) {
    bytes[offset + index] = Number((address >> BigInt(120 - index * 8)) & 0xffn);
  }
  return offset + octets;
}

/** "2001:db8::/32". */
export function formatInet6Prefix({ address, length }: Inet6Prefix): string {
  return `${formatInet6Address(address)}/${length}`;
}

function clearHostBits(address: bigint, length: number): bigint {
  const host = BigInt(128 - length);
  return (address >> host) << host;
}
