import type { PathAttributes } from "../attributes/path-attributes.ts";
import type { FamilyName, RouteOf } from "../family.ts";
import type { IpAddress } from "../ip-address.ts";

/** The routes of one family; numbers only. */
export type FamilyRoutes = {
  readonly [Family in FamilyName]: {
    readonly family: Family;
    readonly routes: readonly RouteOf<Family>[];
    /** One for each route, in the same order; undefined on a session without add-path for the family (RFC 7911). */
    readonly pathIds?: readonly number[] | undefined;
  };
}[FamilyName];

/** Announced routes of one family and the address that leads to them; ::ffff:a.b.c.d comes as the IPv4 address. */
export type Reach = FamilyRoutes & { readonly nextHop: IpAddress };

/** Withdrawn routes of one family. */
export type Unreach = FamilyRoutes;

/** One UPDATE after validation; withdrawals apply before announcements (RFC 4271 section 3.1). */
export interface Update {
  readonly unreach: readonly Unreach[];
  readonly reach: readonly Reach[];
  /** Defined exactly where `reach` is not empty. */
  readonly announced: AnnouncedAttributes | undefined;
}

/** The attributes of announced routes, decoded once for the whole UPDATE. */
export interface AnnouncedAttributes {
  readonly attributes: PathAttributes;
  /**
   * The same attributes as they came, without next hop and routes: the key to intern by, together with Reach.nextHop.
   * Equal bytes on sessions with the same AS number width mean equal attributes. A copy that the receiver may keep.
   */
  readonly bytes: Uint8Array;
}

/** Which part of an UPDATE was wrong, for logs and counters. */
export interface UpdateProblem {
  /** Type code of the attribute; 0 where it is not about one. */
  readonly attributeType: number;
  readonly reason: string;
}
