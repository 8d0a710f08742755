import {
  type AutoDiscoveryRoute,
  type EvpnRoute,
  esiLabelOf,
  type MacIpRoute,
  PMSI_INGRESS_REPLICATION,
} from "@contrail/bgp";
import type { Path } from "./path.ts";
import { sharingPaths } from "./vrf-paths.ts";

/** Ethernet tag of the auto-discovery route of a whole segment (RFC 7432 section 8.2.1). */
const WHOLE_SEGMENT = 0xffffffff;

/**
 * The paths to an EVPN route of an instance that share its traffic, given the best of each router; `find` gives those of
 * another route of the instance. A MAC address is in one place: of several that claim it equally the lowest next hop
 * has it (RFC 7432 section 15.1), unless they are on one Ethernet segment.
 */
export function evpnPaths(best: readonly Path[], find: (route: EvpnRoute) => readonly Path[]): readonly Path[] {
  const paths = sharingPaths(best.filter(canFollow));
  const [first] = paths;
  const route = first === undefined ? undefined : macRoute(first);
  if (first === undefined || route === undefined) return paths;
  if (route.segment === 0n || paths.some((path) => macRoute(path)?.segment !== route.segment)) {
    return [paths.reduce((lowest, path) => (path.nextHop < lowest.nextHop ? path : lowest))];
  }
  return segmentPaths(first, paths, route, find);
}

/**
 * Behind a segment all of its routers are used that say that they forward for it, also where they have not told of the
 * address (aliasing, RFC 7432 section 8.4). One that no longer says that it is on the segment has lost it, with all
 * addresses behind it (section 8.2), as long as another one is there.
 */
function segmentPaths(
  first: Path,
  paths: readonly Path[],
  { segment, ethernetTag }: MacIpRoute,
  find: (route: EvpnRoute) => readonly Path[],
): readonly Path[] {
  const discovery: AutoDiscoveryRoute = { type: 1, rdHigh: 0, rdLow: 0, segment, ethernetTag, label: 0 };
  const whole = find({ ...discovery, ethernetTag: WHOLE_SEGMENT });
  const onSegment = new Set(whole.map(({ nextHop }) => nextHop));
  const allActive = new Set(whole.filter((each) => !isSingleActive(each)).map(({ nextHop }) => nextHop));
  const found = new Map<Path["nextHop"], Path>();
  // The label that the router gave for the segment, where it has told of no address.
  for (const { nextHop, label } of find(discovery)) {
    if (allActive.has(nextHop)) found.set(nextHop, { ...first, nextHop, label });
  }
  for (const path of paths) if (whole.length === 0 || onSegment.has(path.nextHop)) found.set(path.nextHop, path);
  return found.size === 0 ? paths : [...found.values()];
}

/**
 * False for what hosts cannot follow: what goes to all by another tunnel than a copy to each router (RFC 7432 section
 * 11.2), and a prefix behind an overlay index, which nobody resolves here (RFC 9136 section 3.2).
 */
function canFollow({ route, attributes }: Path): boolean {
  if (route === undefined || !("type" in route)) return true;
  if (route.type === 3) return attributes.pmsiTunnel?.tunnelType === PMSI_INGRESS_REPLICATION;
  return route.type !== 5 || (route.segment === 0n && BigInt(route.gateway) === 0n);
}

/** Its routers stand in for one another, and one alone forwards (RFC 7432 section 7.5). */
function isSingleActive({ attributes }: Path): boolean {
  return attributes.extendedCommunities.some((community) => esiLabelOf(community)?.flag === true);
}

function macRoute({ route }: Path): MacIpRoute | undefined {
  return route !== undefined && "type" in route && route.type === 2 ? route : undefined;
}
