/** Destination port of MPLS in UDP (RFC 7510 section 3). */
export const MPLS_OVER_UDP_PORT = 6_635;
