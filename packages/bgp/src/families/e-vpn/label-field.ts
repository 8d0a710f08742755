/*
 * A label field of EVPN and PMSI_TUNNEL is 24 bits wide: | label (20) | traffic class (3) | bottom of stack (1) | with
 * MPLS (RFC 7432 section 7), and the whole VNI with VXLAN (RFC 8365 section 5.1.3). Which one is told by the
 * encapsulation community.
 */

/** The MPLS label in a label field. */
export function labelOfField(field: number): number {
  return field >>> 4;
}

/** A label field with an MPLS label. */
export function fieldOfLabel(label: number): number {
  return (label & 0xfffff) << 4;
}
