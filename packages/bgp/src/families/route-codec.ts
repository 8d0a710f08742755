/** How the routes of one family stand on the wire: each is a length in bits and as many octets as that takes. */
export interface RouteCodec<Route> {
  /** Octets of the next hop field of MP_REACH_NLRI. */
  readonly nextHopBytes: number;
  /** The IPv4 address in a next hop field of exactly nextHopBytes. */
  readNextHop(bytes: Uint8Array, offset: number): number;
  writeNextHop(bytes: Uint8Array, offset: number, nextHop: number): void;
  /** All routes from start to end; undefined where the octets are no list of routes of this family. */
  decode(bytes: Uint8Array, start: number, end: number): Route[] | undefined;
  /** Octets that the route takes. */
  encodedBytes(route: Route): number;
  /** Writes the route; returns the offset behind it. */
  encode(route: Route, bytes: Uint8Array, offset: number, withdrawn: boolean): number;
}
