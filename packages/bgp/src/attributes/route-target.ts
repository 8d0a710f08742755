import { formatInetAddress, parseInetAddress } from "@contrail/net";
import { type ExtendedCommunity, extendedCommunityKind } from "./extended-community.ts";

/** True for the route target communities of the three forms (RFC 4360 section 4, RFC 5668). */
export function isRouteTarget(community: ExtendedCommunity): boolean {
  const kind = extendedCommunityKind(community);
  return kind === 0x0002 || kind === 0x0102 || kind === 0x0202;
}

/** A route target of an AS: the two-octet form where the AS fits, otherwise the four-octet form with a 16-bit number. */
export function routeTarget(autonomousSystem: number, number: number): ExtendedCommunity {
  if (autonomousSystem <= 0xffff) return (0x0002n << 48n) | (BigInt(autonomousSystem) << 32n) | BigInt(number >>> 0);
  return (0x0202n << 48n) | (BigInt(autonomousSystem) << 16n) | BigInt(number & 0xffff);
}

/** Parses "target:64512:8000001", "64512:1" or "10.1.1.1:5"; undefined where it is none, or a number does not fit. */
export function parseRouteTarget(text: string): ExtendedCommunity | undefined {
  const parts = /^(?:target:)?([0-9.]+)L?:([0-9]{1,10})$/.exec(text);
  const [, administrator = "", numberText = ""] = parts ?? [];
  if (parts === null) return undefined;
  const number = Number(numberText);
  if (administrator.includes(".")) {
    const address = parseInetAddress(administrator);
    if (address === undefined || number > 0xffff) return undefined;
    return (0x0102n << 48n) | (BigInt(address) << 16n) | BigInt(number);
  }
  const autonomousSystem = Number(administrator);
  if (autonomousSystem > 0xffffffff || number > (autonomousSystem > 0xffff ? 0xffff : 0xffffffff)) return undefined;
  return routeTarget(autonomousSystem, number);
}

/** "target:64512:8000001", as in OpenContrail; undefined where the community is no route target. */
export function formatRouteTarget(community: ExtendedCommunity): string | undefined {
  return isRouteTarget(community) ? `target:${formatAdministered(community)}` : undefined;
}

/** "64512:8000001" or "10.1.1.1:5": administrator and number of a community of the types 0, 1 and 2 (RFC 4360 section 3). */
export function formatAdministered(community: ExtendedCommunity): string {
  const wide = Number((community >> 16n) & 0xffffffffn);
  const narrow = Number(community & 0xffffn);
  switch (extendedCommunityKind(community) >>> 8) {
    case 0x00:
      return `${Number((community >> 32n) & 0xffffn)}:${Number(community & 0xffffffffn)}`;
    case 0x01:
      return `${formatInetAddress(wide)}:${narrow}`;
    default:
      return `${wide}:${narrow}`;
  }
}
