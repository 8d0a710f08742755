/**
 * One VPN-IPv4 destination: a route distinguisher, a prefix with its host bits cleared, and the MPLS label that the
 * announcing router forwards by (RFC 4364 section 4.3.4, RFC 8277 section 2.2). In a withdrawal the label means nothing.
 */
export interface InetVpnRoute {
  /** Halves of the route distinguisher; see RouteDistinguisher. */
  readonly rdHigh: number;
  readonly rdLow: number;
  readonly address: number;
  /** Of the prefix alone: 0 to 32. */
  readonly length: number;
  /** 0 to 1048575. */
  readonly label: number;
}
