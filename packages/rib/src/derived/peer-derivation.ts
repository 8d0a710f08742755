import {
  ACCEPT_OWN_NEXTHOP,
  type IpAddress,
  type Origin,
  originNetworkCommunity,
  originNetworkOf,
  type PathAttributes,
} from "@contrail/bgp";
import type { Infeasibility } from "../import-policy.ts";
import { hostPrefix, prefixOfKey, type RouteKey, routeKey } from "../ip-prefix.ts";
import type { Path } from "../path.ts";
import type { VrfTable } from "../vrf-table.ts";
import { connectedPaths, wayAttributes } from "./connected-paths.ts";
import type { Derivation, DerivationWorld } from "./derivation.ts";
import type { PlacedRoutes, Way } from "./placed-routes.ts";

/** A route as a BGP peer inside an instance has said it. */
export interface PeerRoute {
  /** An address of the instance, of either version. */
  readonly nextHop: IpAddress;
  readonly attributes: PathAttributes;
}

/** How the peer's routes are looked at; the answers may be others once the derivation is told that its instance changed. */
export interface PeerJudge {
  /** Why what it says is kept and never used: it has been here already, or should not have come. */
  infeasibility(attributes: PathAttributes, family: "inet" | "inet6"): Infeasibility | undefined;
  /** The ORIGIN that its routes get, whatever it says. */
  origin(): Origin | undefined;
}

/**
 * The routes of one BGP peer inside an instance. Each leads where its next hop is connected, by all ways to it, and is not
 * there while the next hop is not (path resolution).
 */
export class PeerDerivation implements Derivation {
  readonly #world: DerivationWorld;
  readonly #instance: string;
  readonly #placed: PlacedRoutes;
  readonly #judge: PeerJudge;
  readonly #routes = new Map<RouteKey, PeerRoute>();
  /** Routes by the key of their next hop. */
  readonly #byNextHop = new Map<RouteKey, Set<RouteKey>>();
  readonly #dirty = new Set<RouteKey>();

  constructor(world: DerivationWorld, instance: string, placed: PlacedRoutes, judge: PeerJudge) {
    this.#world = world;
    this.#instance = instance;
    this.#placed = placed;
    this.#judge = judge;
  }

  /** Routes that the peer has given, those without a way included. */
  get size(): number {
    return this.#routes.size;
  }

  /** The attributes of the route are interned: equal ones are one object. */
  put(key: RouteKey, route: PeerRoute): void {
    this.#forget(key);
    this.#routes.set(key, route);
    const hop = hopKey(route);
    let users = this.#byNextHop.get(hop);
    if (users === undefined) {
      users = new Set();
      this.#byNextHop.set(hop, users);
      this.#world.watch(this, this.#instance, hop);
    }
    users.add(key);
    this.#mark(key);
  }

  take(key: RouteKey): void {
    this.#forget(key);
    if (this.#routes.delete(key)) this.#mark(key);
  }

  /** Why a route is never used, for what the peer has said of it; undefined where that is no reason. */
  infeasibility(key: RouteKey): Infeasibility | undefined {
    const route = this.#routes.get(key);
    return route && this.#judge.infeasibility(route.attributes, typeof key === "number" ? "inet" : "inet6");
  }

  routeChanged(_instance: string, key: RouteKey): void {
    for (const user of this.#byNextHop.get(key) ?? []) this.#mark(user);
  }

  instanceChanged(): void {
    for (const key of this.#routes.keys()) this.#mark(key);
  }

  work(limit: number): number {
    const table = this.#world.instance(this.#instance);
    const part = [...this.#dirty.values().take(limit)];
    for (const key of part) {
      this.#dirty.delete(key);
      const route = this.#routes.get(key);
      this.#placed.set(key, table === undefined || route === undefined ? [] : this.#ways(table, key, route));
    }
    if (this.#dirty.size > 0) this.#world.mark(this);
    return part.length + 1;
  }

  clear(): void {
    this.#placed.clear();
  }

  close(): void {
    for (const key of [...this.#routes.keys()]) this.#forget(key);
    this.#routes.clear();
    this.#dirty.clear();
    this.#placed.clear();
  }

  #mark(key: RouteKey): void {
    this.#dirty.add(key);
    this.#world.mark(this);
  }

  /** Lets go of the next hop of what was said of a prefix. */
  #forget(key: RouteKey): void {
    const route = this.#routes.get(key);
    if (route === undefined) return;
    const hop = hopKey(route);
    const users = this.#byNextHop.get(hop);
    users?.delete(key);
    if (users?.size !== 0) return;
    this.#byNextHop.delete(hop);
    this.#world.unwatch(this, this.#instance, hop);
  }

  #ways(table: VrfTable, key: RouteKey, route: PeerRoute): readonly Way[] {
    // What a peer says of its own address is no way to it.
    if (hopKey(route) === key) return [];
    const ways = new Map<string, Way>();
    for (const hop of connectedPaths(table, route.nextHop)) {
      const name = `${hop.nextHop} ${hop.label}`;
      if (!ways.has(name)) ways.set(name, this.#way(table, key, route, hop));
    }
    return [...ways.values()];
  }

  #way(table: VrfTable, key: RouteKey, { attributes }: PeerRoute, hop: Path): Way {
    const prefix = prefixOfKey(key);
    const { virtualNetworkId } = table.settings;
    const said = { ...attributes, origin: this.#judge.origin() ?? attributes.origin };
    const given = resolvedAttributes(said, hop.attributes, this.#world.autonomousSystem, virtualNetworkId);
    const made = table.policy?.apply(given, prefix, ["bgp", "bgpaas"]);
    const { extendedCommunities, ...rest } = made ?? given;
    const targets = this.#world.exportTargets(table, prefix, virtualNetworkId);
    return {
      hop,
      attributes: this.#world.intern({ ...rest, extendedCommunities: [...targets, ...extendedCommunities] }),
      feasible: this.infeasibility(key) === undefined && (table.policy === undefined || made !== undefined),
    };
  }
}

function hopKey({ nextHop }: PeerRoute): RouteKey {
  return routeKey(hostPrefix(nextHop));
}

/**
 * What the peer says of the route, and what is known of the way. Its extended communities do not count: who is behind a
 * route, and who imports it, is not for a router to say.
 */
function resolvedAttributes(
  said: PathAttributes,
  hop: PathAttributes,
  autonomousSystem: number,
  virtualNetworkId: number,
): PathAttributes {
  const way = wayAttributes(hop);
  const others = way.extendedCommunities.filter((each) => originNetworkOf(each) === undefined);
  const network = virtualNetworkId === 0 ? [] : [originNetworkCommunity(autonomousSystem, virtualNetworkId)];
  return {
    origin: said.origin,
    asPath: said.asPath,
    med: said.med,
    localPreference: said.localPreference ?? way.localPreference,
    communities: [...new Set([ACCEPT_OWN_NEXTHOP, ...said.communities])],
    clusterList: [],
    extendedCommunities: [...others, ...network],
    largeCommunities: said.largeCommunities,
    onlyToCustomer: said.onlyToCustomer,
    unknown: [],
  };
}
