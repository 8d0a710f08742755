import { originNetworkCommunity, originNetworkOf, type PathAttributes } from "@contrail/bgp";
import { hostPrefix, type IpPrefix, prefixOfKey, type RouteKey, routeKey } from "../ip-prefix.ts";
import type { Path } from "../path.ts";
import type { VrfTable } from "../vrf-table.ts";
import { connectedPaths, wayAttributes } from "./connected-paths.ts";
import type { Derivation, DerivationWorld } from "./derivation.ts";
import type { StaticRoute } from "./instance-features.ts";
import type { PlacedRoutes, Way } from "./placed-routes.ts";

/** The static routes of an instance to one prefix: they lead where their next hops are, and are gone with these. */
export class StaticDerivation implements Derivation {
  readonly #world: DerivationWorld;
  readonly #instance: string;
  readonly #key: RouteKey;
  readonly #placed: PlacedRoutes;
  #routes: readonly StaticRoute[] = [];

  constructor(world: DerivationWorld, instance: string, key: RouteKey, placed: PlacedRoutes) {
    this.#world = world;
    this.#instance = instance;
    this.#key = key;
    this.#placed = placed;
  }

  /** All routes of that prefix, as they are to be. */
  configure(routes: readonly StaticRoute[]): void {
    this.#follow(routes);
    this.#routes = routes;
    this.#world.mark(this);
  }

  routeChanged(): void {
    this.#world.mark(this);
  }

  instanceChanged(): void {
    this.#world.mark(this);
  }

  work(): number {
    const table = this.#world.instance(this.#instance);
    this.#placed.set(this.#key, table === undefined ? [] : this.#ways(table));
    return 1;
  }

  clear(): void {
    this.#placed.clear();
  }

  close(): void {
    this.#follow([]);
    this.#routes = [];
    this.#placed.clear();
  }

  #follow(routes: readonly StaticRoute[]): void {
    const keys = (of: readonly StaticRoute[]) => of.map(({ nextHop }) => routeKey(hostPrefix(nextHop)));
    for (const key of keys(this.#routes)) this.#world.unwatch(this, this.#instance, key);
    for (const key of keys(routes)) this.#world.watch(this, this.#instance, key);
  }

  /** Two next hops may be one host with one label: that is one way, the first. */
  #ways(table: VrfTable): readonly Way[] {
    const ways = new Map<string, Way>();
    const prefix = prefixOfKey(this.#key);
    for (const route of this.#routes) {
      if (routeKey(hostPrefix(route.nextHop)) === this.#key) continue;
      for (const hop of connectedPaths(table, route.nextHop)) {
        const name = `${hop.nextHop} ${hop.label}`;
        if (!ways.has(name)) ways.set(name, this.#way(table, prefix, route, hop));
      }
    }
    return [...ways.values()];
  }

  #way(table: VrfTable, prefix: IpPrefix, route: StaticRoute, hop: Path): Way {
    const { autonomousSystem } = this.#world;
    const { virtualNetworkId } = table.settings;
    const given = staticAttributes(hop.attributes, route, autonomousSystem, virtualNetworkId);
    const made = table.policy?.apply(given, prefix, ["static"]);
    const attributes = made ?? given;
    const targets = [...this.#world.exportTargets(table, prefix, virtualNetworkId), ...route.routeTargets];
    const extendedCommunities = [...new Set([...targets, ...attributes.extendedCommunities])];
    return {
      hop,
      attributes: this.#world.intern({ ...attributes, extendedCommunities }),
      feasible: table.policy === undefined || made !== undefined,
    };
  }
}

/**
 * Those of the way to the next hop, with the route's communities. A route that others import by a target of theirs is
 * for each of them one of its own network, so it names none.
 */
function staticAttributes(
  hop: PathAttributes,
  { communities, routeTargets }: StaticRoute,
  autonomousSystem: number,
  virtualNetworkId: number,
): PathAttributes {
  const way = wayAttributes(hop);
  const others = way.extendedCommunities.filter((community) => originNetworkOf(community) === undefined);
  const isOwn = routeTargets.length === 0 && virtualNetworkId !== 0;
  return {
    ...way,
    communities: [...new Set([...way.communities, ...communities])],
    extendedCommunities: isOwn ? [...others, originNetworkCommunity(autonomousSystem, virtualNetworkId)] : others,
  };
}
