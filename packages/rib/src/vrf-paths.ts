import { originNetworkOf, securityGroupOf, tunnelTypeOf } from "@contrail/bgp";
import { compareAttributes, sequenceOf } from "./best-path.ts";
import type { Path } from "./path.ts";

/** One way to a prefix, as an agent is told of it. */
export interface VrfNextHop {
  readonly address: number;
  readonly label: number;
  readonly encapsulations: readonly number[];
  readonly securityGroupIds: readonly number[];
  /** 0 where unknown. */
  readonly virtualNetworkId: number;
}

/** What the ways to a destination of a routing instance come to. */
export interface SharedRoute {
  /** In ascending order of address and label; never empty. */
  readonly nextHops: readonly VrfNextHop[];
  readonly localPreference: number;
  readonly sequence: number;
}

/**
 * The paths that share the traffic: those that are as good as the first, one for each next hop and label. Of two with the
 * same ones the one that comes first counts; best first.
 */
export function sharingPaths(paths: readonly Path[]): readonly Path[] {
  if (paths.length < 2) return paths;
  const ranked = [...paths].sort((a, b) => compareAttributes(a.attributes, b.attributes));
  const [first] = ranked;
  const found = new Map<string, Path>();
  for (const path of ranked) {
    if (first === undefined || compareAttributes(path.attributes, first.attributes) !== 0) continue;
    const hop = `${path.nextHop} ${path.label}`;
    if (!found.has(hop)) found.set(hop, path);
  }
  return [...found.values()];
}

/** The route of paths that share the traffic; undefined without one. originOf names the network of a path without one. */
export function sharedRoute(paths: readonly Path[], originOf: (path: Path) => number): SharedRoute | undefined {
  const [first] = paths;
  if (first === undefined) return undefined;
  const nextHops = paths.map((path) => nextHopOf(path, originOf));
  return {
    nextHops: nextHops.sort((a, b) => a.address - b.address || a.label - b.label),
    localPreference: first.attributes.localPreference ?? 100,
    sequence: sequenceOf(first.attributes),
  };
}

function nextHopOf(path: Path, originOf: (path: Path) => number): VrfNextHop {
  const communities = path.attributes.extendedCommunities;
  const collect = (read: (community: bigint) => number | undefined): number[] =>
    communities.map(read).filter((value) => value !== undefined);
  const [origin] = collect(originNetworkOf);
  return {
    // An IPv4 address: see VrfTable.wants.
    address: Number(path.nextHop),
    label: path.label,
    encapsulations: collect(tunnelTypeOf),
    securityGroupIds: collect(securityGroupOf),
    virtualNetworkId: origin ?? originOf(path),
  };
}
