import type { IpAddress } from "@contrail/bgp";

/** A prefix of either version: an IPv4 address is a number, an IPv6 address a bigint; host bits are zero. */
export interface IpPrefix {
  readonly address: IpAddress;
  readonly length: number;
}

/** A route of <vrf>.inet.0 as a number (see prefixKey), or one of <vrf>.inet6.0 as a bigint; see routeKey. */
export type RouteKey = number | bigint;

const LENGTH_BITS = 8n;
const HALF_BITS = 64n;
/** Odd, with bits all over: 2^64 divided by the golden ratio. */
const SPREAD = 0x9e3779b97f4a7c15n;

/**
 * The key of a prefix in the tables of a routing instance. Of IPv6:
 *
 *   | first half of the address (64) | length (8) | second half, mixed with what is before it (64) |
 *
 * V8 places a bigint in a table by its last 64 bits alone: with the second half as it is, all prefixes of up to 64 bits
 * would be at one place, and a table of n of them take n * n / 2 comparisons.
 */
export function routeKey({ address, length }: IpPrefix): RouteKey {
  if (typeof address === "number") return address * 64 + length;
  const head = ((address >> HALF_BITS) << LENGTH_BITS) | BigInt(length);
  return (head << HALF_BITS) | mixed(address, head);
}

/** The prefix of a key. */
export function prefixOfKey(key: RouteKey): IpPrefix {
  if (typeof key === "number") return { address: Math.floor(key / 64), length: key % 64 };
  const head = key >> HALF_BITS;
  const address = ((head >> LENGTH_BITS) << HALF_BITS) | mixed(key, head);
  return { address, length: Number(head & 0xffn) };
}

/** The last 64 bits, mixed with a head; done twice they are as before. */
function mixed(bits: bigint, head: bigint): bigint {
  return BigInt.asUintN(64, bits ^ (head * SPREAD));
}

/** The prefix of one address. */
export function hostPrefix(address: IpAddress): IpPrefix {
  return { address, length: bitsOf(address) };
}

/** True where a prefix lies in another one of its version, and is not that one. */
export function isMoreSpecific(prefix: IpPrefix, of: IpPrefix): boolean {
  return prefix.length > of.length && contains(of, prefix.address);
}

/** True where an address is one of a prefix's, and of its version. */
export function contains({ address, length }: IpPrefix, given: IpAddress): boolean {
  if (typeof address === "number" && typeof given === "number") {
    return length === 0 || (given ^ address) >>> (32 - length) === 0;
  }
  if (typeof address === "bigint" && typeof given === "bigint") {
    return (given ^ address) >> BigInt(128 - length) === 0n;
  }
  return false;
}

/** 32 or 128. */
export function bitsOf(address: IpAddress): 32 | 128 {
  return typeof address === "number" ? 32 : 128;
}
