import {
  type ExtendedCommunity,
  extendedCommunity,
  extendedCommunityKind,
  lowOf,
  middleOf,
} from "./extended-community.ts";

/*
 * Opaque extended communities (RFC 4360 section 3.3):
 *
 *   0x030c encapsulation: zero (32), tunnel type (16)      RFC 9012 section 4.1
 *   0x030d default gateway: zero (48)                      RFC 7432 section 7.8
 *   0x03aa load balancing, OpenContrail's own:           LoadBalance
 *
 *          | s d c p P 0 0 0 | 0 (16) | B 0 0 0 0 0 0 0 | 0 (16) |
 *          s d source and destination address, c protocol, p P source and destination port, B source bias
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
/** In the low 32 bits of the value of LOAD_BALANCE. */
const SOURCE_BIAS = 0x0080_0000;

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

/** What the flows to several next hops are told apart by; without a community by all fields. */
export interface LoadBalance {
  readonly l3SourceAddress: boolean;
  readonly l3DestinationAddress: boolean;
  readonly l4Protocol: boolean;
  readonly l4SourcePort: boolean;
  readonly l4DestinationPort: boolean;
  /** A next hop on the host that the flow comes from goes first. */
  readonly sourceBias: boolean;
}

/** Says how flows are spread over the next hops. */
export function loadBalanceCommunity(how: LoadBalance): ExtendedCommunity {
  const fields = [how.l3SourceAddress, how.l3DestinationAddress, how.l4Protocol, how.l4SourcePort];
  const bits = [...fields, how.l4DestinationPort].reduce((all, set, place) => all | (set ? 0x8000 >> place : 0), 0);
  return extendedCommunity(LOAD_BALANCE, bits, how.sourceBias ? SOURCE_BIAS : 0);
}

/** What loadBalanceCommunity takes; undefined where it is another community. */
export function loadBalanceOf(community: ExtendedCommunity): LoadBalance | undefined {
  if (extendedCommunityKind(community) !== LOAD_BALANCE) return undefined;
  const has = (place: number): boolean => (middleOf(community) & (0x8000 >> place)) !== 0;
  return {
    l3SourceAddress: has(0),
    l3DestinationAddress: has(1),
    l4Protocol: has(2),
    l4SourcePort: has(3),
    l4DestinationPort: has(4),
    sourceBias: (lowOf(community) & SOURCE_BIAS) !== 0,
  };
}
