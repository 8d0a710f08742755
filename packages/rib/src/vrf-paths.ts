import {
  type LoadBalance,
  PMSI_AR_LEAF,
  PMSI_AR_REPLICATOR,
  PMSI_ASSISTED_REPLICATION_ROLE,
  PMSI_EDGE_REPLICATION,
} from "@contrail/bgp";
import type { ReplicationRole } from "./attribute-table.ts";
import { compareAttributes } from "./best-path.ts";
import type { Path } from "./path.ts";
import { type RouteCommunities, routeCommunities } from "./route-communities.ts";

/** One way to a prefix, as an agent is told of it. */
export interface VrfNextHop {
  readonly address: number;
  /** A label of 20 bits; of EVPN a whole label field: see label-field.ts of the codec. */
  readonly label: number;
  readonly encapsulations: readonly number[];
  readonly securityGroupIds: readonly number[];
  readonly tagIds: readonly number[];
  /** OpenContrail's local sequence number; absent: none. */
  readonly localSequence?: number | undefined;
  /** 0 where unknown. */
  readonly virtualNetworkId: number;
  /** Of EVPN: MAC address that routed packets go to (RFC 9135 section 8.1), and their label field; absent: none. */
  readonly routerMac?: number | undefined;
  readonly l3Label?: number | undefined;
}

/** What the ways to a destination of a routing instance come to. */
export interface SharedRoute {
  /** In ascending order of address and label; never empty. */
  readonly nextHops: readonly VrfNextHop[];
  readonly localPreference: number;
  readonly sequence: number;
  /** Of the best path, as is what follows; absent: the address may move. */
  readonly sticky?: true | undefined;
  readonly med?: number | undefined;
  readonly loadBalance?: LoadBalance | undefined;
  /** COMMUNITIES (RFC 1997). */
  readonly communities: readonly number[];
  /** Behind it is a leaf of an E-Tree (RFC 8317); absent: it is none. */
  readonly leaf?: true | undefined;
  /** Of EVPN type 3: see PMSI_TUNNEL of the codec; absent: nothing for others. */
  readonly replicationRole?: ReplicationRole | undefined;
  readonly edgeReplication?: true | undefined;
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
  const said = paths.map(({ attributes }) => routeCommunities(attributes.extendedCommunities));
  const nextHops = paths.map((path, index) => nextHopOf(path, said[index] ?? NOTHING_SAID, originOf));
  const { localPreference = 100, med } = first.attributes;
  const { mobility, loadBalance } = said[0] ?? NOTHING_SAID;
  return {
    nextHops: nextHops.sort((a, b) => a.address - b.address || a.label - b.label),
    localPreference,
    sequence: mobility?.sequence ?? 0,
    sticky: mobility?.sticky === true || undefined,
    med,
    loadBalance,
    communities: first.attributes.communities,
    leaf: said[0]?.isLeaf || undefined,
    ...replicationParts(first),
  };
}

/** What the flags of PMSI_TUNNEL say, of type 3. */
function replicationParts({ route, attributes }: Path): Partial<SharedRoute> | undefined {
  if (route === undefined || !("type" in route) || route.type !== 3) return undefined;
  const { flags } = attributes.pmsiTunnel ?? { flags: 0 };
  const role = ROLES.get(flags & PMSI_ASSISTED_REPLICATION_ROLE);
  return { replicationRole: role, edgeReplication: (flags & PMSI_EDGE_REPLICATION) !== 0 || undefined };
}

const ROLES: ReadonlyMap<number, ReplicationRole> = new Map([
  [PMSI_AR_REPLICATOR, "replicator"],
  [PMSI_AR_LEAF, "leaf"],
]);

const NOTHING_SAID = routeCommunities([]);

function nextHopOf(path: Path, said: RouteCommunities, originOf: (path: Path) => number): VrfNextHop {
  const { encapsulations, securityGroupIds, tagIds, originNetwork } = said;
  return {
    // An IPv4 address: see VrfTable.wants.
    address: Number(path.nextHop),
    label: path.label,
    encapsulations,
    securityGroupIds,
    tagIds,
    localSequence: said.localSequence,
    virtualNetworkId: originNetwork ?? originOf(path),
    ...evpnParts(path, said),
  };
}

/** What only EVPN says of a way: of type 3 where what goes to all is sent (RFC 7432 section 11.2). */
function evpnParts({ route, attributes }: Path, { routerMac }: RouteCommunities): Partial<VrfNextHop> | undefined {
  if (route === undefined || !("type" in route)) return undefined;
  if (route.type === 3) return { routerMac, label: attributes.pmsiTunnel?.label ?? 0 };
  return { routerMac, l3Label: route.type === 2 ? route.label2 : undefined };
}
