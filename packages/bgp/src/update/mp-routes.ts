import { isMartianNextHop } from "../attributes/attribute-decoders.ts";
import type { RawAttribute } from "../attributes/attribute-scan.ts";
import { decodeRoutes, nextHopCodec, reachOf } from "../families/family-routes.ts";
import { type FamilyName, familyOf } from "../family.ts";
import { readUint16 } from "../octets.ts";
import type { Reach, Unreach } from "./update.ts";

/** The routes of an MP attribute, or why there are none: "ignored" for a family that was not agreed on. */
export type MpReach =
  | { readonly kind: "routes"; readonly reach: Reach; readonly martian: boolean }
  | { readonly kind: "ignored" }
  | { readonly kind: "malformed" };

export type MpUnreach =
  | { readonly kind: "routes"; readonly unreach: Unreach }
  | { readonly kind: "ignored" }
  | { readonly kind: "malformed" };

/**
 * MP_REACH_NLRI (RFC 4760 section 3; judged by RFC 7606 sections 5.3 and 7.11):
 *
 *   | AFI (16) | SAFI (8) | length (8) | next hop | reserved (8) | routes |
 */
export function decodeMpReach(
  bytes: Uint8Array,
  { start, end }: RawAttribute,
  families: readonly FamilyName[],
): MpReach {
  if (end - start < 5) return { kind: "malformed" };
  const nextHopBytes = bytes[start + 3] ?? 0;
  const routesStart = start + 4 + nextHopBytes + 1;
  if (routesStart > end) return { kind: "malformed" };
  const family = familyOf(readUint16(bytes, start), bytes[start + 2] ?? 0);
  if (family === undefined || !families.includes(family)) return { kind: "ignored" };
  const codec = nextHopCodec(family);
  if (nextHopBytes !== codec.nextHopBytes) return { kind: "malformed" };
  const routes = decodeRoutes(family, bytes, routesStart, end);
  if (routes === undefined) return { kind: "malformed" };
  const nextHop = codec.readNextHop(bytes, start + 4);
  // Nothing is ever sent to the next hop of a membership.
  const martian = family !== "route-target" && isMartianNextHop(nextHop);
  return { kind: "routes", reach: reachOf(routes, nextHop), martian };
}

/** MP_UNREACH_NLRI (RFC 4760 section 4, RFC 7606 section 7.12): | AFI (16) | SAFI (8) | withdrawn routes | */
export function decodeMpUnreach(
  bytes: Uint8Array,
  { start, end }: RawAttribute,
  families: readonly FamilyName[],
): MpUnreach {
  if (end - start < 3) return { kind: "malformed" };
  const family = familyOf(readUint16(bytes, start), bytes[start + 2] ?? 0);
  if (family === undefined || !families.includes(family)) return { kind: "ignored" };
  const unreach = decodeRoutes(family, bytes, start + 3, end);
  return unreach === undefined ? { kind: "malformed" } : { kind: "routes", unreach };
}
