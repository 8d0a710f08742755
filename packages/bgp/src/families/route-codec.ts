import type { PathAttributes } from "../attributes/path-attributes.ts";
import type { NextHopForm } from "./next-hop.ts";

/** One address family on the wire: what MP_REACH_NLRI, MP_UNREACH_NLRI and capabilities need to know of it. */
export interface RouteCodec<Route> {
  /** Numbers that stand for the family (IANA). */
  readonly afi: number;
  readonly safi: number;
  readonly nextHop: NextHopForm;
  /**
   * Reads the route at an offset below `end` and appends it. Returns the offset behind it, or MALFORMED where the octets
   * are no route of this family; a route of a type that is not known is passed over (RFC 7606 section 5.4).
   */
  read(bytes: Uint8Array, offset: number, end: number, routes: Route[]): number;
  /**
   * Reads and appends all routes up to `end`, without path identifiers; false where the octets are none. Only where a
   * loop of the family's own pays: the common one calls every family's `read`, and the engine cannot inline any.
   */
  readAll?(bytes: Uint8Array, start: number, end: number, routes: Route[]): boolean;
  /** Octets that the route takes. */
  encodedBytes(route: Route): number;
  /** Writes the route; returns the offset behind it. */
  encode(route: Route, bytes: Uint8Array, offset: number, withdrawn: boolean): number;
  /** True where the route and its attributes contradict each other, so that it must be treated as withdrawn. */
  isUnusable(route: Route, attributes: PathAttributes): boolean;
  /** For people and introspect only: as OpenContrail writes it. */
  format(route: Route): string;
}

/** What `read` returns where it cannot go on. */
export const MALFORMED = -1;

/** For families whose routes and attributes cannot contradict each other. */
export function neverUnusable(): boolean {
  return false;
}
