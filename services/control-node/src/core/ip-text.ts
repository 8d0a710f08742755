import type { IpAddress } from "@contrail/bgp";
import { inetPrefix, parseInet6Address, parseInetAddress } from "@contrail/net";
import type { IpPrefix } from "@contrail/rib";

/** "10.0.0.1" or "fd00::1"; undefined where it is neither. */
export function parseIpAddress(text: string): IpAddress | undefined {
  return parseInetAddress(text) ?? parseInet6Address(text);
}

/** "10.0.0.0/24" or "fd00::/64", host bits cleared; an address alone is its own. Undefined where it is neither. */
export function parseIpPrefix(text: string): IpPrefix | undefined {
  const [left = "", given, ...more] = text.split("/");
  const address = parseIpAddress(left);
  if (address === undefined || more.length > 0) return undefined;
  const bits = typeof address === "number" ? 32 : 128;
  if (given !== undefined && !/^[0-9]{1,3}$/.test(given)) return undefined;
  const length = given === undefined ? bits : Number(given);
  if (length > bits) return undefined;
  if (typeof address === "number") return inetPrefix(address, length);
  const hostBits = BigInt(bits - length);
  return { address: (address >> hostBits) << hostBits, length };
}

/** True for two addresses of one IP version. */
export function isSameVersion(a: IpAddress, b: IpAddress): boolean {
  return typeof a === typeof b;
}
