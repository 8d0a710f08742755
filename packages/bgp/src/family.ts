/** An address family that the codec knows, named as in OpenContrail's configuration. */
export type FamilyName = "inet" | "inet-vpn" | "route-target";

/** AFI and SAFI of each family (RFC 4760, RFC 4364 section 4.3.4, RFC 4684 section 4). */
const CODES: Readonly<Record<FamilyName, { readonly afi: number; readonly safi: number }>> = {
  inet: { afi: 1, safi: 1 },
  "inet-vpn": { afi: 1, safi: 128 },
  "route-target": { afi: 1, safi: 132 },
};

/** Every family of the codec, in the order in which initial routes are best sent: constraints before what they filter. */
export const FAMILIES: readonly FamilyName[] = ["route-target", "inet-vpn", "inet"];

/** The numbers that stand for a family on the wire. */
export function familyCode(family: FamilyName): { readonly afi: number; readonly safi: number } {
  return CODES[family];
}

/** The family of an AFI and SAFI; undefined where the codec has none. */
export function familyOf(afi: number, safi: number): FamilyName | undefined {
  return FAMILIES.find((family) => CODES[family].afi === afi && CODES[family].safi === safi);
}
