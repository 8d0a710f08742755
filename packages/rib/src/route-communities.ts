import {
  ENCAPSULATION,
  extendedCommunityKind,
  LOAD_BALANCE,
  type LoadBalance,
  loadBalanceOf,
  MOBILITY,
  mobilityOf,
  ORIGIN_NETWORK,
  originNetworkOf,
  ROUTERS_MAC,
  routersMacOf,
  SECURITY_GROUP,
  securityGroupOf,
  tunnelTypeOf,
} from "@contrail/bgp";

/** What the extended communities of a route say that agents are told of. */
export interface RouteCommunities {
  /** Tunnel types. */
  readonly encapsulations: readonly number[];
  readonly securityGroupIds: readonly number[];
  /** Of the first community of its kind, as is what follows; undefined where there is none. */
  readonly originNetwork: number | undefined;
  readonly mobility: { readonly sequence: number; readonly sticky: boolean } | undefined;
  readonly loadBalance: LoadBalance | undefined;
  readonly routerMac: number | undefined;
}

/** Reads them in one go: to ask each community for each kind takes longer than all else that is done with a route. */
export function routeCommunities(communities: readonly bigint[]): RouteCommunities {
  const encapsulations: number[] = [];
  const securityGroupIds: number[] = [];
  let originNetwork: number | undefined;
  let mobility: RouteCommunities["mobility"];
  let loadBalance: LoadBalance | undefined;
  let routerMac: number | undefined;
  for (const community of communities) {
    switch (extendedCommunityKind(community)) {
      case ENCAPSULATION:
        encapsulations.push(tunnelTypeOf(community) ?? 0);
        break;
      case SECURITY_GROUP:
        securityGroupIds.push(securityGroupOf(community) ?? 0);
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
    }
  }
  return { encapsulations, securityGroupIds, originNetwork, mobility, loadBalance, routerMac };
}
