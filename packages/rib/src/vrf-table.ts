import { formatRoutes, instanceIdentity, originNetworkOf, securityGroupOf, tunnelTypeOf } from "@contrail/bgp";
import { compareAttributes, sequenceOf } from "./best-path.ts";
import { type Destination, type KeyedDestination, type Path, prefixKey, type VpnDestination } from "./path.ts";

/** A routing instance as the RIB needs it. */
export interface InstanceSettings {
  /** fq_name joined by ':'. */
  readonly name: string;
  readonly importTargets: readonly bigint[];
  readonly exportTargets: readonly bigint[];
  /** virtual_network_network_id of its network: the origin of routes that name none. */
  readonly virtualNetworkId: number;
  /** VNI of its network, under which hosts and gateways reach it by VXLAN; absent: by no VNI. */
  readonly vxlanId?: number | undefined;
}

/** A route of a routing instance as agents get it. */
export interface VrfRoute {
  readonly address: number;
  readonly length: number;
  /** In ascending order of address and label; never empty. */
  readonly nextHops: readonly VrfNextHop[];
  readonly localPreference: number;
  readonly sequence: number;
}

/** One way to a prefix, as an agent is told of it. */
export interface VrfNextHop {
  readonly address: number;
  readonly label: number;
  readonly encapsulations: readonly number[];
  readonly securityGroupIds: readonly number[];
  /** 0 where unknown. */
  readonly virtualNetworkId: number;
}

/** A route of <vrf>.inet6.0 or <vrf>.evpn.0; its destination is called as in the family's text form, for people. */
export interface KeyedVrfRoute extends Pick<VrfRoute, "nextHops" | "localPreference" | "sequence"> {
  readonly family: "inet6-vpn" | "e-vpn";
  readonly text: string;
}

/** Why a path is not imported into an instance. */
export type ImportRefusal =
  | "its next hop is an IPv6 address, and tunnels end at IPv4 addresses"
  | "the instance imports none of its route targets";

/** The tables of a routing instance: for each prefix, or EVPN route, the VPN destinations that are imported. */
export class VrfTable {
  settings: InstanceSettings;
  readonly #inet = new Map<number, Set<VpnDestination>>();
  readonly #keyed = new Map<string, Set<KeyedDestination>>();

  constructor(settings: InstanceSettings) {
    this.settings = settings;
  }

  /** Prefixes of <vrf>.inet.0. */
  get size(): number {
    return this.#inet.size;
  }

  /** Routes of <vrf>.inet6.0 and <vrf>.evpn.0. */
  get keyedSize(): number {
    return this.#keyed.size;
  }

  /** True where a path belongs here. */
  wants(path: Path | undefined, targets: readonly bigint[]): boolean {
    return path !== undefined && this.importRefusal(path, targets) === undefined;
  }

  /**
   * Why a path does not belong here; undefined where it does: it has a common route target, or was published in this
   * instance. Tunnels of the data plane end at IPv4 addresses, so a path with another next hop is passed on between
   * peers and not imported.
   */
  importRefusal(path: Path, targets: readonly bigint[]): ImportRefusal | undefined {
    if (typeof path.nextHop !== "number") return "its next hop is an IPv6 address, and tunnels end at IPv4 addresses";
    if (path.instance === this.settings.name) return undefined;
    return targets.some((target) => this.settings.importTargets.includes(target))
      ? undefined
      : "the instance imports none of its route targets";
  }

  /** Imports or lets go of a destination; gives the prefix key where something changes for agents. */
  set(destination: Destination, imported: boolean): number | undefined {
    if (destination.family === "inet-vpn") {
      const key = prefixKey(destination.address, destination.length);
      return place(this.#inet, key, destination, imported) ? key : undefined;
    }
    if (destination.family === "inet6-vpn" || destination.family === "e-vpn") {
      const key = `${destination.family} ${instanceIdentity(destination.family, destination.key)}`;
      place(this.#keyed, key, destination, imported);
    }
    return undefined;
  }

  keys(): Iterable<number> {
    return this.#inet.keys();
  }

  /** What is imported of a prefix; see prefixKey. */
  destinations(key: number): Iterable<VpnDestination> {
    return this.#inet.get(key) ?? [];
  }

  /** The route of a prefix; undefined where there is none. originOf names the network of a path without one. */
  route(key: number, originOf: (path: Path) => number): VrfRoute | undefined {
    const destinations = [...(this.#inet.get(key) ?? [])].sort((a, b) => a.rdHigh - b.rdHigh || a.rdLow - b.rdLow);
    const shared = sharedRoute(destinations, originOf);
    return shared && { address: Math.floor(key / 64), length: key % 64, ...shared };
  }

  /** Routes of <vrf>.inet6.0 and <vrf>.evpn.0, in no order. */
  *keyedRoutes(originOf: (path: Path) => number): Iterable<KeyedVrfRoute> {
    for (const set of this.#keyed.values()) {
      const destinations = [...set].sort((a, b) => (a.key < b.key ? -1 : 1));
      const [first] = destinations;
      const shared = sharedRoute(destinations, originOf);
      if (first === undefined || shared === undefined) continue;
      const family = first.family as KeyedVrfRoute["family"]; // set() takes these two only.
      const routes = [{ ...first.route, rdHigh: 0, rdLow: 0 }];
      const [text = ""] = formatRoutes({ family, routes } as Parameters<typeof formatRoutes>[0]); // Of that family.
      yield { family, text, ...shared };
    }
  }
}

/** Puts a destination into a set of the index, or takes it out; true where agents may see a difference. */
function place<Key, Place>(index: Map<Key, Set<Place>>, key: Key, destination: Place, imported: boolean): boolean {
  const destinations = index.get(key);
  if (imported) {
    if (destinations === undefined) index.set(key, new Set([destination]));
    else destinations.add(destination);
    return true;
  }
  if (destinations?.delete(destination) !== true) return false;
  if (destinations.size === 0) index.delete(key);
  return true;
}

/** What the best paths of these destinations come to: those that are equally good share the traffic. */
function sharedRoute(
  destinations: readonly Destination[],
  originOf: (path: Path) => number,
): Pick<VrfRoute, "nextHops" | "localPreference" | "sequence"> | undefined {
  const paths = destinations.flatMap(({ best }) => best ?? []);
  paths.sort((a, b) => compareAttributes(a.attributes, b.attributes));
  const [first] = paths;
  if (first === undefined) return undefined;
  const equal = paths.filter((path) => compareAttributes(path.attributes, first.attributes) === 0);
  // Of two with one next hop and label the one with the lower distinguisher counts: the last that is set.
  equal.reverse();
  const nextHops = new Map(equal.map((path) => [`${path.nextHop} ${path.label}`, nextHopOf(path, originOf)] as const));
  return {
    nextHops: [...nextHops.values()].sort((a, b) => a.address - b.address || a.label - b.label),
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
    // An IPv4 address: see wants().
    address: Number(path.nextHop),
    label: path.label,
    encapsulations: collect(tunnelTypeOf),
    securityGroupIds: collect(securityGroupOf),
    virtualNetworkId: origin ?? originOf(path),
  };
}
