import { attributeFlagsConflict, type RawAttribute } from "../attributes/attribute-scan.ts";
import { OPTIONAL_NON_TRANSITIVE } from "../attributes/attribute-type.ts";
import { decodeRoutes, reachOf } from "../families/family-routes.ts";
import { isUnusableNextHop, readNextHop } from "../families/next-hop.ts";
import { type FamilyName, familyCodec, familyOf } from "../family.ts";
import { readUint16 } from "../octets.ts";
import type { Reach, Unreach } from "./update.ts";
import type { UpdateContext } from "./update-context.ts";

/** Routes that cannot be read; `family` where at least that was told, and both sides use it. */
interface MalformedMp {
  readonly kind: "malformed";
  readonly family: FamilyName | undefined;
}

/** The routes of an MP attribute, or why there are none: "ignored" for a family that was not agreed on. */
export type MpReach =
  | {
      readonly kind: "routes";
      readonly reach: Reach;
      /** The next hop is no router's address. */
      readonly martian: boolean;
      /** Routes of an unknown type that were passed over. */
      readonly skipped: number;
    }
  | { readonly kind: "ignored" }
  | MalformedMp;

export type MpUnreach =
  | { readonly kind: "routes"; readonly unreach: Unreach; readonly skipped: number }
  | { readonly kind: "ignored" }
  | MalformedMp;

const UNREADABLE: MalformedMp = { kind: "malformed", family: undefined };
const IGNORED = { kind: "ignored" } as const;
/** Shortest attribute of each kind (RFC 7606 section 5.3). */
const MIN_REACH_BYTES = 5;
const MIN_UNREACH_BYTES = 3;

/**
 * MP_REACH_NLRI (RFC 4760 section 3; judged by RFC 7606 sections 5.3 and 7.11):
 *
 *   | AFI (16) | SAFI (8) | length (8) | next hop | reserved (8) | routes |
 */
export function decodeMpReach(bytes: Uint8Array, attribute: RawAttribute, context: UpdateContext): MpReach {
  const { start, end } = attribute;
  if (end - start < MIN_REACH_BYTES) return UNREADABLE;
  const family = familyOf(readUint16(bytes, start), bytes[start + 2] ?? 0);
  const agreed = family !== undefined && context.families.includes(family) ? family : undefined;
  const malformed: MalformedMp = { kind: "malformed", family: agreed };
  const nextHopBytes = bytes[start + 3] ?? 0;
  const routesStart = start + 4 + nextHopBytes + 1;
  if (routesStart > end || attributeFlagsConflict(attribute, OPTIONAL_NON_TRANSITIVE)) return malformed;
  if (agreed === undefined) return IGNORED;
  const form = familyCodec(agreed).nextHop;
  const inet6Agreed = context.extendedNextHop?.includes(agreed) === true;
  const nextHop = readNextHop(form, bytes, start + 4, nextHopBytes, inet6Agreed);
  if (nextHop === undefined) return malformed;
  const decoded = decodeRoutes(agreed, bytes, routesStart, end, hasPathIds(context, agreed));
  if (decoded === undefined) return malformed;
  const martian = isUnusableNextHop(form, nextHop);
  return { kind: "routes", reach: reachOf(decoded.routes, nextHop), martian, skipped: decoded.skipped };
}

/** MP_UNREACH_NLRI (RFC 4760 section 4, RFC 7606 section 7.12): | AFI (16) | SAFI (8) | withdrawn routes | */
export function decodeMpUnreach(bytes: Uint8Array, attribute: RawAttribute, context: UpdateContext): MpUnreach {
  const { start, end } = attribute;
  if (end - start < MIN_UNREACH_BYTES) return UNREADABLE;
  const family = familyOf(readUint16(bytes, start), bytes[start + 2] ?? 0);
  const agreed = family !== undefined && context.families.includes(family) ? family : undefined;
  const malformed: MalformedMp = { kind: "malformed", family: agreed };
  if (attributeFlagsConflict(attribute, OPTIONAL_NON_TRANSITIVE)) return malformed;
  if (agreed === undefined) return IGNORED;
  const decoded = decodeRoutes(agreed, bytes, start + MIN_UNREACH_BYTES, end, hasPathIds(context, agreed));
  if (decoded === undefined) return malformed;
  return { kind: "routes", unreach: decoded.routes, skipped: decoded.skipped };
}

/** True where routes of the family come behind path identifiers. */
export function hasPathIds(context: UpdateContext, family: FamilyName): boolean {
  return context.addPathReceive?.includes(family) === true;
}
