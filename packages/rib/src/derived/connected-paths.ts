import { ACCEPT_OWN_NEXTHOP, type IpAddress, isRouteTarget, type PathAttributes } from "@contrail/bgp";
import { hostPrefix, routeKey } from "../ip-prefix.ts";
import type { Path } from "../path.ts";
import type { VrfTable } from "../vrf-table.ts";

const NONE: readonly Path[] = [];

/**
 * The ways to an address of an instance that share its traffic, as its hosts and peers told them. What control nodes have
 * made of others is left out, ours and those of other nodes, which are marked, also where it would be preferred: otherwise
 * routes could hold each other up, or take each other away, and the order in which they came would decide.
 */
export function connectedPaths(table: VrfTable | undefined, address: IpAddress): readonly Path[] {
  return table === undefined ? NONE : table.paths(routeKey(hostPrefix(address)), (path) => !isDerived(path));
}

/** True for two lists of the same paths. */
export function samePaths(a: readonly Path[], b: readonly Path[]): boolean {
  return a.length === b.length && a.every((path, index) => path === b[index]);
}

/** Attributes of a way to an address, for routes that use it: nothing of who told it, and no targets. */
export function wayAttributes(attributes: PathAttributes): PathAttributes {
  return {
    ...attributes,
    communities: [ACCEPT_OWN_NEXTHOP],
    originatorId: undefined,
    clusterList: [],
    extendedCommunities: attributes.extendedCommunities.filter((community) => !isRouteTarget(community)),
    unknown: [],
  };
}

function isDerived({ source, attributes }: Path): boolean {
  return (
    source.kind === "service-chain" ||
    source.kind === "static" ||
    source.kind === "aggregate" ||
    source.kind === "bgpaas" ||
    attributes.communities.includes(ACCEPT_OWN_NEXTHOP)
  );
}
