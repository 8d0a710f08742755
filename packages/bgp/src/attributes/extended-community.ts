/**
 * An extended community (RFC 4360) as one unsigned number of eight octets:
 *
 *   | type (8) | subtype (8) | value (48) |
 *
 *   type 0x00  AS of two octets (16), number (32)        0x80 the same, experimental (OpenContrail)
 *   type 0x01  IPv4 address (32), number (16)
 *   type 0x02  AS of four octets (32), number (16)
 *   type 0x03  opaque                                    opaque-communities.ts
 *   type 0x06  EVPN                                      evpn-communities.ts
 *
 * With 0x40 in its type a community stays inside the AS.
 */
export type ExtendedCommunity = bigint;

/** Type and subtype: the high 16 bits. */
export function extendedCommunityKind(community: ExtendedCommunity): number {
  return Number(community >> 48n);
}

/** Transitive communities pass the border of an AS (RFC 4360 section 6). */
export function isTransitive(community: ExtendedCommunity): boolean {
  return ((community >> 62n) & 1n) === 0n;
}

/** A community from its kind, and the 16 and 32 bits of its value. */
export function extendedCommunity(kind: number, middle: number, low: number): ExtendedCommunity {
  return (BigInt(kind) << 48n) | (BigInt(middle & 0xffff) << 32n) | BigInt(low >>> 0);
}

/** The high 16 bits of the value. */
export function middleOf(community: ExtendedCommunity): number {
  return Number((community >> 32n) & 0xffffn);
}

/** The low 32 bits of the value. */
export function lowOf(community: ExtendedCommunity): number {
  return Number(community & 0xffffffffn);
}
