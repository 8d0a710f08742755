import { type AutoDiscoveryRoute, type EvpnRoute, esiLabelOf, type MacIpRoute } from "@contrail/bgp";
import type { Path } from "./path.ts";
import { sharingPaths } from "./vrf-paths.ts";

/** Ethernet tag of the auto-discovery route of a whole segment (RFC 7432 section 8.2.1). */
const WHOLE_SEGMENT = 0xffffffff;

/**
 * The paths to an EVPN route of an instance that share its traffic, given the best of each router; `find` gives those of
 * another route of the instance. A MAC address is in one place: of several that claim it equally the lowest next hop
 * has it (RFC 7432 section 15.1), unless they are on one Ethernet segment. Behind a segment all of its routers are used
 * that say that they forward for it, also where they have not told of the address (aliasing, section 8.4).
 */
export function evpnPaths(best: readonly Path[], find: (route: EvpnRoute) => readonly Path[]): readonly Path[] {
  const paths = sharingPaths(best);
  const [first] = paths;
  const route = first === undefined ? undefined : macRoute(first);
  if (first === undefined || route === undefined) return paths;
  if (route.segment === 0n || paths.some((path) => macRoute(path)?.segment !== route.segment)) {
    return [paths.reduce((lowest, path) => (path.nextHop < lowest.nextHop ? path : lowest))];
  }
  const known = new Set(paths.map(({ nextHop }) => nextHop));
  return [...paths, ...aliases(first, route, find).filter(({ nextHop }) => !known.has(nextHop))];
}

/** The path by way of each router of an all-active segment, with the label that the router gave for the segment. */
function aliases(
  path: Path,
  { segment, ethernetTag }: MacIpRoute,
  find: (route: EvpnRoute) => readonly Path[],
): Path[] {
  const discovery: AutoDiscoveryRoute = { type: 1, rdHigh: 0, rdLow: 0, segment, ethernetTag, label: 0 };
  const whole = find({ ...discovery, ethernetTag: WHOLE_SEGMENT });
  const allActive = new Set(whole.filter((each) => !isSingleActive(each)).map(({ nextHop }) => nextHop));
  const found = new Map(
    find(discovery)
      .filter(({ nextHop }) => allActive.has(nextHop))
      .map((each) => [each.nextHop, { ...path, nextHop: each.nextHop, label: each.label }] as const),
  );
  return [...found.values()];
}

/** Its routers stand in for one another, and one alone forwards (RFC 7432 section 7.5). */
function isSingleActive({ attributes }: Path): boolean {
  return attributes.extendedCommunities.some((community) => esiLabelOf(community)?.flag === true);
}

function macRoute({ route }: Path): MacIpRoute | undefined {
  return route !== undefined && "type" in route && route.type === 2 ? route : undefined;
}
