import {
  E_TREE,
  ENCAPSULATION,
  eTreeOf,
  extendedCommunityKind,
  LOAD_BALANCE,
  LOCAL_SEQUENCE,
  type LoadBalance,
  loadBalanceOf,
  localSequenceOf,
  MOBILITY,
  mobilityOf,
  ORIGIN_NETWORK,
  originNetworkOf,
  ROUTERS_MAC,
  routersMacOf,
  SECURITY_GROUP,
  securityGroupOf,
  TAG,
  tagOf,
  tunnelTypeOf,
} from "@contrail/bgp";

/** What the extended communities of a route say that agents are told of. */
export interface RouteCommunities {
  /** Tunnel types. */
  readonly encapsulations: readonly number[];
  readonly securityGroupIds: readonly number[];
  readonly tagIds: readonly number[];
  /** Of the first community of its kind, as is what follows; undefined where there is none. */
  readonly originNetwork: number | undefined;
  readonly mobility: { readonly sequence: number; readonly sticky: boolean } | undefined;
  readonly loadBalance: LoadBalance | undefined;
  readonly routerMac: number | undefined;
  readonly localSequence: number | undefined;
  /** A leaf of an E-Tree (RFC 8317). */
  readonly isLeaf: boolean;
}

/** Reads them in one go: to ask each community for each kind takes longer than all else that is done with a route. */
export function routeCommunities(communities: readonly bigint[]): RouteCommunities {
  const encapsulations: number[] = [];
  const securityGroupIds: number[] = [];
  const tagIds: number[] = [];
  let originNetwork: number | undefined;
  let mobility: RouteCommunities["mobility"];
  let loadBalance: LoadBalance | undefined;
  let routerMac: number | undefined;
  let localSequence: number | undefined;
  let isLeaf = false;
  for (const community of communities) {
    switch (extendedCommunityKind(community)) {
      case ENCAPSULATION:
        encapsulations.push(tunnelTypeOf(community) ?? 0);
        break;
      case SECURITY_GROUP:
        securityGroupIds.push(securityGroupOf(community) ?? 0);
        break;
      case TAG:
        tagIds.push(tagOf(community) ?? 0);
        break;
      case ORIGIN_NETWORK:
        originNetwork ??= originNetworkOf(community);
        break;
      case MOBILITY:
        mobility ??= mobilityOf(community);
        break;
      case LOAD_BALANCE:
        loadBalance ??= loadBalanceOf(community);
        break;
      case ROUTERS_MAC:
        routerMac ??= routersMacOf(community);
        break;
      case LOCAL_SEQUENCE:
        localSequence ??= localSequenceOf(community);
        break;
      case E_TREE:
        isLeaf ||= eTreeOf(community)?.flag === true;
    }
  }
  const lists = { encapsulations, securityGroupIds, tagIds };
  return { ...lists, originNetwork, mobility, loadBalance, routerMac, localSequence, isLeaf };
}
