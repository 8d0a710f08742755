/** A route target membership (RFC 4684 section 4): who wants routes with this target, or with any that starts so. */
export interface RouteTargetRoute {
  /** AS that the membership comes from; 0 in the default route. */
  readonly originAs: number;
  /** The target's eight octets as an unsigned number; bits beyond the prefix length are zero. */
  readonly routeTarget: bigint;
  /** Bits of origin AS and target together: 0 (default route: everything), or 32 to 96. */
  readonly length: number;
}
