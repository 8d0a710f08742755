import { evpnCodec } from "./families/e-vpn/evpn-codec.ts";
import { inetCodec } from "./families/inet/inet-codec.ts";
import { inetVpnCodec } from "./families/inet-vpn/inet-vpn-codec.ts";
import { inet6Codec } from "./families/inet6/inet6-codec.ts";
import { inet6VpnCodec } from "./families/inet6-vpn/inet6-vpn-codec.ts";
import type { RouteCodec } from "./families/route-codec.ts";
import { routeTargetCodec } from "./families/route-target/route-target-codec.ts";

/**
 * Every family of the codec under its name in OpenContrail's configuration, in the order in which initial routes are
 * best sent: constraints before what they filter. A new family is a file of its own and a line here.
 */
const CODECS = {
  "route-target": routeTargetCodec,
  "e-vpn": evpnCodec,
  "inet-vpn": inetVpnCodec,
  "inet6-vpn": inet6VpnCodec,
  inet: inetCodec,
  inet6: inet6Codec,
} as const;

/** An address family that the codec knows, named as in OpenContrail's configuration. */
export type FamilyName = keyof typeof CODECS;

/** A route of a family; numbers only. */
export type RouteOf<Family extends FamilyName> =
  (typeof CODECS)[Family] extends RouteCodec<infer Route> ? Route : never;

/** Every family, in the order of the table. */
export const FAMILIES = Object.keys(CODECS) as readonly FamilyName[]; // The table is written above, whole.

const BY_CODE: ReadonlyMap<number, FamilyName> = new Map(
  FAMILIES.map((family) => [codeOf(CODECS[family].afi, CODECS[family].safi), family]),
);

/** The numbers that stand for a family on the wire. */
export function familyCode(family: FamilyName): { readonly afi: number; readonly safi: number } {
  const { afi, safi } = CODECS[family];
  return { afi, safi };
}

/** The family of an AFI and SAFI; undefined where the codec has none. */
export function familyOf(afi: number, safi: number): FamilyName | undefined {
  return BY_CODE.get(codeOf(afi, safi));
}

/** The codec of a family, for callers that pass on routes without looking at them. */
export function familyCodec(family: FamilyName): RouteCodec<unknown> {
  return CODECS[family];
}

function codeOf(afi: number, safi: number): number {
  return afi * 256 + safi;
}
