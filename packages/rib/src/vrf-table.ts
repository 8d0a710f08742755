import {
  type EvpnRoute,
  formatRoutes,
  type Inet6VpnRoute,
  instanceIdentity,
  originNetworkOf,
  type RouteOf,
} from "@contrail/bgp";
import { isInsideTarget } from "./derived/inside-target.ts";
import { evpnPaths } from "./evpn-paths.ts";
import type { InstanceWatch } from "./instance-watch.ts";
import { prefixOfKey, type RouteKey, routeKey } from "./ip-prefix.ts";
import {
  type Destination,
  type KeyedDestination,
  type Path,
  prefixKey,
  prefixOf,
  type VpnDestination,
} from "./path.ts";
import type { InstancePolicy } from "./policy/instance-policy.ts";
import { PrefixIndex } from "./prefix-index.ts";
import { SegmentIndex } from "./segment-index.ts";
import { evpnKey, type KeyedVrfKey, type VrfKey } from "./vrf-key.ts";
import { type SharedRoute, sharedRoute, sharingPaths } from "./vrf-paths.ts";

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
  /** Service chains tell routes of other networks on that come through this one. Default false. */
  readonly allowTransit?: boolean | undefined;
}

/** A route of a routing instance as agents get it. */
export interface VrfRoute extends SharedRoute {
  readonly address: number;
  readonly length: number;
}

/** A route of <vrf>.inet6.0 or <vrf>.evpn.0 as agents get it; that of its best path, without a route distinguisher. */
export type AgentsKeyedRoute =
  | ({ readonly family: "inet6-vpn"; readonly route: Inet6VpnRoute } & SharedRoute)
  | ({ readonly family: "e-vpn"; readonly route: EvpnRoute } & SharedRoute);

/** The same for people: its destination is called as in the family's text form. */
export interface KeyedVrfRoute extends SharedRoute {
  readonly family: "inet6-vpn" | "e-vpn";
  readonly text: string;
}

/** Why a path is not imported into an instance. */
export type ImportRefusal =
  | "its next hop is an IPv6 address, and tunnels end at IPv4 addresses"
  | "the instance imports none of its route targets"
  | "a routing policy of the instance rejects it";

/** The tables of a routing instance: for each prefix, or EVPN route, the VPN destinations that are imported. */
export class VrfTable {
  settings: InstanceSettings;
  /** Who follows its routes; undefined where nobody does. */
  watch: InstanceWatch | undefined;
  /**
   * The network of the routes inside its aggregates, which have a target of their own: 40 bits, so that others may come to
   * the same. Undefined where any network will do.
   */
  insideNetwork: number | undefined;
  /** What its routing policies make of paths; undefined where it has none. */
  policy: InstancePolicy | undefined;
  readonly #inet = new PrefixIndex<VpnDestination>();
  readonly #inet6 = new Map<bigint, Set<KeyedDestination>>();
  readonly #evpn = new Map<string, Set<KeyedDestination>>();
  readonly #segments = new SegmentIndex();

  constructor(settings: InstanceSettings) {
    this.settings = settings;
  }

  /** Prefixes of <vrf>.inet.0. */
  get size(): number {
    return this.#inet.size;
  }

  /** Routes of <vrf>.inet6.0 and <vrf>.evpn.0. */
  get keyedSize(): number {
    return this.#inet6.size + this.#evpn.size;
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
    return targets.some((target) => this.settings.importTargets.includes(target) && this.#mayBring(path, target))
      ? undefined
      : "the instance imports none of its route targets";
  }

  #mayBring({ attributes }: Path, target: bigint): boolean {
    if (this.insideNetwork === undefined || !isInsideTarget(target)) return true;
    return attributes.extendedCommunities.some((each) => originNetworkOf(each) === this.insideNetwork);
  }

  /** Why the instance's policies leave nothing of a destination that is imported; undefined where they do not. */
  policyRefusal(destination: Destination): ImportRefusal | undefined {
    const { best } = destination;
    const prefix = prefixOf(destination);
    if (this.policy === undefined || best === undefined || prefix === undefined) return undefined;
    const imported = this.policy.imported(best, prefix, this.settings);
    return imported === undefined ? "a routing policy of the instance rejects it" : undefined;
  }

  /** Imports or lets go of a destination; gives the key of a route that may have changed. */
  set(destination: Destination, imported: boolean): VrfKey | undefined {
    if (destination.family === "inet-vpn") {
      const key = prefixKey(destination.address, destination.length);
      if (imported) this.#inet.add(key, destination);
      else if (!this.#inet.remove(key, destination)) return undefined;
      return key;
    }
    if (destination.family === "inet6-vpn") {
      const key = routeKey(destination.route as Inet6VpnRoute) as bigint; // A route of that family.
      return place(this.#inet6, key, destination, imported) ? key : undefined;
    }
    if (destination.family !== "e-vpn") return undefined;
    const key = instanceIdentity("e-vpn", destination.key);
    this.#segments.set(destination, imported);
    return place(this.#evpn, key, destination, imported) ? key : undefined;
  }

  /** Other routes that have changed with a destination: those of the addresses behind its Ethernet segment. */
  *changedWith(destination: Destination): Iterable<string> {
    if (destination.family !== "e-vpn") return;
    for (const { key } of this.#segments.behind(destination)) yield instanceIdentity("e-vpn", key);
  }

  /** Prefixes of <vrf>.inet.0. */
  keys(): Iterable<number> {
    return this.#inet.keys();
  }

  /** What is imported of a prefix; see prefixKey. */
  destinations(key: number): Iterable<VpnDestination> {
    return this.#inet.of(key);
  }

  /** Prefixes of <vrf>.inet6.0. */
  inet6Keys(): Iterable<bigint> {
    return this.#inet6.keys();
  }

  /** Routes of <vrf>.evpn.0: see evpnKey. */
  evpnKeys(): Iterable<string> {
    return this.#evpn.keys();
  }

  /** The route of a prefix; undefined where there is none. originOf names the network of a path without one. */
  route(key: number, originOf: (path: Path) => number): VrfRoute | undefined {
    const shared = sharedRoute(this.paths(key), originOf);
    return shared && { address: Math.floor(key / 64), length: key % 64, ...shared };
  }

  /**
   * The paths to a prefix that share its traffic, as the instance's policies leave them; best first. Paths that are not
   * `usable` are left out before the best are chosen; absent: all are.
   */
  paths(key: RouteKey, usable?: (path: Path) => boolean): readonly Path[] {
    const all = bestOf(typeof key === "number" ? byDistinguisher(this.#inet.of(key)) : byKey(this.#inet6.get(key)));
    const paths = usable === undefined ? all : all.filter(usable);
    const { policy } = this;
    if (policy === undefined || paths.length === 0) return sharingPaths(paths);
    const prefix = prefixOfKey(key);
    return sharingPaths(paths.flatMap((path) => policy.imported(path, prefix, this.settings) ?? []));
  }

  /** A route of <vrf>.inet6.0 or <vrf>.evpn.0; undefined where there is none. */
  keyedRoute(key: KeyedVrfKey, originOf: (path: Path) => number): AgentsKeyedRoute | undefined {
    const paths = typeof key === "bigint" ? this.paths(key) : this.#evpnPaths(key);
    const shared = sharedRoute(paths, originOf);
    if (shared === undefined) return undefined;
    const route = { ...paths[0]?.route, rdHigh: 0, rdLow: 0 };
    // Paths of the tables of these families have routes of theirs.
    if (typeof key === "bigint") return { family: "inet6-vpn", route: route as Inet6VpnRoute, ...shared };
    return { family: "e-vpn", route: route as EvpnRoute, ...shared };
  }

  #evpnPaths(key: string): readonly Path[] {
    const find = (other: string): Path[] => bestOf(byKey(this.#evpn.get(other)));
    return evpnPaths(find(key), (route) => find(evpnKey(route)));
  }

  /** Routes of <vrf>.inet6.0 and <vrf>.evpn.0 for people, in no order. */
  *keyedRoutes(originOf: (path: Path) => number): Iterable<KeyedVrfRoute> {
    for (const keys of [this.inet6Keys(), this.evpnKeys()]) {
      for (const key of keys) {
        const found = this.keyedRoute(key, originOf);
        if (found === undefined) continue;
        const { route, ...shared } = found;
        yield { ...shared, text: textOf(found.family, route) };
      }
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

/** Lower distinguishers first: of two ways with one next hop and label theirs counts. */
function byDistinguisher(destinations: Iterable<VpnDestination>): VpnDestination[] {
  return [...destinations].sort((a, b) => a.rdHigh - b.rdHigh || a.rdLow - b.rdLow);
}

function byKey(destinations: Iterable<KeyedDestination> = []): KeyedDestination[] {
  return [...destinations].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function bestOf(destinations: readonly Destination[]): Path[] {
  return destinations.flatMap(({ best }) => best ?? []);
}

/** For people: what a destination is called inside the instance. */
function textOf(family: "inet6-vpn" | "e-vpn", route: RouteOf<"inet6-vpn" | "e-vpn">): string {
  const [text = ""] = formatRoutes({ family, routes: [route] } as Parameters<typeof formatRoutes>[0]); // Of that family.
  return text;
}
