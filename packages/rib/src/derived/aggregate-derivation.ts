import { ACCEPT_OWN_NEXTHOP, originNetworkCommunity, originNetworkOf, type PathAttributes } from "@contrail/bgp";
import { hostPrefix, type IpPrefix, isMoreSpecific, prefixOfKey, type RouteKey, routeKey } from "../ip-prefix.ts";
import type { Path } from "../path.ts";
import type { VrfTable } from "../vrf-table.ts";
import { connectedPaths, wayAttributes } from "./connected-paths.ts";
import type { Derivation, DerivationWorld } from "./derivation.ts";
import type { AggregateRoute } from "./instance-features.ts";
import type { PlacedRoutes, Way } from "./placed-routes.ts";

/**
 * One aggregate of an instance. It is there while a more specific route of its network is, and leads to its next hop.
 * The more specific ones stay in the instance, and others are told of the aggregate instead.
 */
export class AggregateDerivation implements Derivation {
  readonly #world: DerivationWorld;
  readonly #instance: string;
  readonly #key: RouteKey;
  readonly #prefix: IpPrefix;
  readonly #placed: PlacedRoutes;
  #nextHop: AggregateRoute["nextHop"] = 0;
  readonly #contributors = new Set<RouteKey>();
  readonly #dirty = new Set<RouteKey>();

  constructor(world: DerivationWorld, instance: string, key: RouteKey, placed: PlacedRoutes) {
    this.#world = world;
    this.#instance = instance;
    this.#key = key;
    this.#prefix = prefixOfKey(key);
    this.#placed = placed;
    world.watch(this, instance);
  }

  configure({ nextHop }: AggregateRoute): void {
    this.#nextHop = nextHop;
    this.instanceChanged();
  }

  routeChanged(_instance: string, key: RouteKey): void {
    const prefix = prefixOfKey(key);
    if (isMoreSpecific(prefix, this.#prefix)) this.#dirty.add(key);
    else if (key !== routeKey(hostPrefix(this.#nextHop))) return;
    this.#world.mark(this);
  }

  instanceChanged(): void {
    const table = this.#world.instance(this.#instance);
    const keys = typeof this.#key === "number" ? table?.keys() : table?.inet6Keys();
    for (const key of [...(keys ?? []), ...this.#contributors]) this.routeChanged(this.#instance, key);
    this.#world.mark(this);
  }

  work(limit: number): number {
    const table = this.#world.instance(this.#instance);
    const part = [...this.#dirty.values().take(limit)];
    for (const key of part) {
      this.#dirty.delete(key);
      if (table !== undefined && this.#isContributor(table, key)) this.#contributors.add(key);
      else this.#contributors.delete(key);
    }
    this.#placed.set(this.#key, table === undefined || this.#contributors.size === 0 ? [] : this.#ways(table));
    if (this.#dirty.size > 0) this.#world.mark(this);
    return part.length + 1;
  }

  clear(): void {
    this.#placed.clear();
  }

  close(): void {
    this.#world.unwatch(this, this.#instance);
    this.#placed.clear();
    this.#contributors.clear();
    this.#dirty.clear();
  }

  /**
   * True where others are told of it instead of a route of the instance. That goes by the configuration alone, and not by
   * whether it is there: what is told could otherwise depend on itself, by way of other instances.
   */
  covers(table: VrfTable, prefix: IpPrefix, origin: number): boolean {
    if (!isMoreSpecific(prefix, this.#prefix) || prefix.address === this.#nextHop) return false;
    return origin === this.#world.aggregateOrigin(table, this.#prefix);
  }

  #isContributor(table: VrfTable, key: RouteKey): boolean {
    const [best] = table.paths(key);
    if (best === undefined || prefixOfKey(key).address === this.#nextHop) return false;
    return this.#world.originOf(best, table) === this.#world.aggregateOrigin(table, this.#prefix);
  }

  #ways(table: VrfTable): readonly Way[] {
    return connectedPaths(table, this.#nextHop).map((hop) => this.#way(table, hop));
  }

  #way(table: VrfTable, hop: Path): Way {
    const origin = this.#world.aggregateOrigin(table, this.#prefix);
    const given = aggregateAttributes(hop.attributes, origin, this.#world.autonomousSystem);
    const made = table.policy?.apply(given, this.#prefix, ["aggregate"]);
    const { extendedCommunities, ...rest } = made ?? given;
    const targets = this.#world.exportTargets(table, this.#prefix, origin);
    return {
      hop,
      attributes: this.#world.intern({ ...rest, extendedCommunities: [...targets, ...extendedCommunities] }),
      feasible: table.policy === undefined || made !== undefined,
    };
  }
}

/** Its own, with the groups and encapsulations of the way to the next hop. */
function aggregateAttributes(hop: PathAttributes, origin: number, autonomousSystem: number): PathAttributes {
  const others = wayAttributes(hop).extendedCommunities.filter((each) => originNetworkOf(each) === undefined);
  return {
    origin: 0,
    asPath: [],
    localPreference: 100,
    communities: [ACCEPT_OWN_NEXTHOP],
    clusterList: [],
    extendedCommunities: origin === 0 ? others : [...others, originNetworkCommunity(autonomousSystem, origin)],
    largeCommunities: [],
    unknown: [],
  };
}
