import type { IpAddress } from "@contrail/bgp";

/** A prefix of either version: an IPv4 address is a number, an IPv6 address a bigint; host bits are zero. */
export interface IpPrefix {
  readonly address: IpAddress;
  readonly length: number;
}

/** A route of <vrf>.inet.0 as a number (see prefixKey), or one of <vrf>.inet6.0 as a bigint: address and length. */
export type RouteKey = number | bigint;

const LENGTH_BITS = 8n;

/** The key of a prefix in the tables of a routing instance. */
export function routeKey({ address, length }: IpPrefix): RouteKey {
  if (typeof address === "number") return address * 64 + length;
  return (address << LENGTH_BITS) | BigInt(length);
}

/** The prefix of a key. */
export function prefixOfKey(key: RouteKey): IpPrefix {
  if (typeof key === "number") return { address: Math.floor(key / 64), length: key % 64 };
  return { address: key >> LENGTH_BITS, length: Number(key & 0xffn) };
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
