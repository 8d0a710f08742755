import { type ExtendedCommunity, extendedCommunity, extendedCommunityKind, lowOf } from "./extended-community.ts";

/*
 * Opaque extended communities (RFC 4360 section 3.3):
 *
 *   0x030c encapsulation: zero (32), tunnel type (16)      RFC 9012 section 4.1
 *   0x030d default gateway: zero (48)                      RFC 7432 section 7.8
 *   0x03aa load balancing, OpenContrail's own: fields to hash (8 bits), flags
 */

/** Tunnel types of the encapsulation community (IANA, BGP tunnel encapsulation). */
export const TUNNEL_GRE = 2;
export const TUNNEL_VXLAN = 8;
export const TUNNEL_NVGRE = 9;
export const TUNNEL_MPLS = 10;
export const TUNNEL_MPLS_OVER_GRE = 11;
export const TUNNEL_VXLAN_GPE = 12;
export const TUNNEL_MPLS_OVER_UDP = 13;

export const ENCAPSULATION = 0x030c;
export const DEFAULT_GATEWAY = 0x030d;
export const LOAD_BALANCE = 0x03aa;

/** Says which encapsulation the next hop accepts. */
export function encapsulationCommunity(tunnelType: number): ExtendedCommunity {
  return extendedCommunity(ENCAPSULATION, 0, tunnelType);
}

/** The tunnel type of an encapsulation community; undefined where it is another community. */
export function tunnelTypeOf(community: ExtendedCommunity): number | undefined {
  return extendedCommunityKind(community) === ENCAPSULATION ? lowOf(community) & 0xffff : undefined;
}

/** Marks the MAC/IP route of a default gateway. */
export function defaultGatewayCommunity(): ExtendedCommunity {
  return extendedCommunity(DEFAULT_GATEWAY, 0, 0);
}

/** True for that mark; receivers do not look at its value. */
export function isDefaultGateway(community: ExtendedCommunity): boolean {
  return extendedCommunityKind(community) === DEFAULT_GATEWAY;
}
