/**
 * An extended community (RFC 4360) as one unsigned number of eight octets:
 *
 *   | type (8) | subtype (8) | value (48) |
 *
 *   type 0x00  AS of two octets (16), number (32)        0x80 the same, experimental (OpenContrail)
 *   type 0x01  IPv4 address (32), number (16)
 *   type 0x02  AS of four octets (32), number (16)
 *   type 0x03  opaque; subtype 0x0c encapsulation: zero (32), tunnel type (16)   (RFC 9012 section 4.1)
 *   type 0x06  EVPN; subtype 0x00 mobility: flags (8), zero (8), sequence (32)   (RFC 7432 section 7.7)
 */
export type ExtendedCommunity = bigint;

/** Tunnel types of the encapsulation community (IANA, BGP tunnel encapsulation). */
export const TUNNEL_GRE = 2;
export const TUNNEL_VXLAN = 8;
export const TUNNEL_MPLS = 10;
export const TUNNEL_MPLS_OVER_GRE = 11;
export const TUNNEL_MPLS_OVER_UDP = 13;

const ENCAPSULATION = 0x030c;
const MOBILITY = 0x0600;
const ORIGIN_NETWORK = 0x8071;
const SECURITY_GROUP = 0x8004;

/** Type and subtype: the high 16 bits. */
export function extendedCommunityKind(community: ExtendedCommunity): number {
  return Number(community >> 48n);
}

/** Says which encapsulation the next hop accepts. */
export function encapsulationCommunity(tunnelType: number): ExtendedCommunity {
  return join(ENCAPSULATION, 0, tunnelType);
}

/** The tunnel type of an encapsulation community; undefined where it is another community. */
export function tunnelTypeOf(community: ExtendedCommunity): number | undefined {
  return extendedCommunityKind(community) === ENCAPSULATION ? Number(community & 0xffffn) : undefined;
}

/** OpenContrail's origin network: the AS (two octets) and the network's id. */
export function originNetworkCommunity(autonomousSystem: number, networkId: number): ExtendedCommunity {
  return experimental(ORIGIN_NETWORK, autonomousSystem, networkId);
}

/** The network id of an origin network community; undefined where it is another community. */
export function originNetworkOf(community: ExtendedCommunity): number | undefined {
  return extendedCommunityKind(community) === ORIGIN_NETWORK ? Number(community & 0xffffffffn) : undefined;
}

/** OpenContrail's security group: the AS (two octets) and the group's id. */
export function securityGroupCommunity(autonomousSystem: number, groupId: number): ExtendedCommunity {
  return experimental(SECURITY_GROUP, autonomousSystem, groupId);
}

/** The group id of a security group community; undefined where it is another community. */
export function securityGroupOf(community: ExtendedCommunity): number | undefined {
  return extendedCommunityKind(community) === SECURITY_GROUP ? Number(community & 0xffffffffn) : undefined;
}

/** MAC mobility, which OpenContrail uses for addresses too: the higher sequence is the newer place. */
export function mobilityCommunity(sequence: number, sticky: boolean): ExtendedCommunity {
  return join(MOBILITY, sticky ? 0x0100 : 0, sequence);
}

/** The sequence and sticky flag of a mobility community; undefined where it is another community. */
export function mobilityOf(community: ExtendedCommunity): { sequence: number; sticky: boolean } | undefined {
  if (extendedCommunityKind(community) !== MOBILITY) return undefined;
  return { sequence: Number(community & 0xffffffffn), sticky: ((community >> 40n) & 1n) === 1n };
}

/** Transitive communities pass the border of an AS (RFC 4360 section 6). */
export function isTransitive(community: ExtendedCommunity): boolean {
  return ((community >> 62n) & 1n) === 0n;
}

function experimental(kind: number, autonomousSystem: number, id: number): ExtendedCommunity {
  return join(kind, autonomousSystem & 0xffff, id);
}

function join(kind: number, middle: number, low: number): ExtendedCommunity {
  return (BigInt(kind) << 48n) | (BigInt(middle) << 32n) | BigInt(low >>> 0);
}
