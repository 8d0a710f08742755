import { NO_ADVERTISE, NO_REORIGINATE } from "@contrail/bgp";
import { hostPrefix, isMoreSpecific, prefixOfKey, type RouteKey, routeKey } from "../ip-prefix.ts";
import type { Path } from "../path.ts";
import type { VrfTable } from "../vrf-table.ts";
import { ChainAttributes, hasComeThrough } from "./chain-attributes.ts";
import type { ChainGroups, GroupMember } from "./chain-groups.ts";
import { connectedPaths, samePaths } from "./connected-paths.ts";
import type { Derivation, DerivationWorld } from "./derivation.ts";
import type { ServiceChain } from "./instance-features.ts";
import type { PlacedRoutes, Way } from "./placed-routes.ts";

/**
 * Tells the routes of a destination instance in the instance of a chain, by way of the chain's service:
 *
 *     destination's routes ──┐
 *                            ├── routes of the chain's instance, one way for each machine of the service
 *     service's address  ────┘
 *
 * A change of a route is looked at alone; one of the service, its group or the instances at all routes.
 */
export class ChainDerivation implements Derivation, GroupMember {
  readonly #world: DerivationWorld;
  readonly #groups: ChainGroups;
  readonly #instance: string;
  readonly #placed: PlacedRoutes;
  #chain: ServiceChain | undefined;
  #connected: readonly Path[] = [];
  /** Routes inside each aggregate, by the aggregate's key. */
  #inside = new Map<RouteKey, Set<RouteKey>>();
  readonly #dirty = new Set<RouteKey>();
  #isConnectedDirty = false;
  #attributes: ChainAttributes;

  constructor(world: DerivationWorld, groups: ChainGroups, instance: string, placed: PlacedRoutes) {
    this.#world = world;
    this.#groups = groups;
    this.#instance = instance;
    this.#placed = placed;
    this.#attributes = new ChainAttributes(world.intern);
  }

  configure(chain: ServiceChain): void {
    this.#unfollow();
    this.#chain = chain;
    const known = this.#inside;
    this.#inside = new Map(
      chain.prefixes.map((prefix) => [routeKey(prefix), known.get(routeKey(prefix)) ?? new Set()] as const),
    );
    for (const [key, inside] of known)
      if (!this.#inside.has(key)) for (const each of [key, ...inside]) this.#dirty.add(each);
    this.#world.watch(this, chain.destination);
    this.#world.watch(this, chain.connected, routeKey(hostPrefix(chain.address)));
    this.#groups.join(chain.group, this);
    this.#lookAtAll();
  }

  get isConnected(): boolean {
    return this.#connected.length > 0;
  }

  groupChanged(): void {
    this.#lookAtAll();
  }

  routeChanged(instance: string, key: RouteKey): void {
    const { connected, destination, address } = this.#chain ?? {};
    if (instance === connected && address !== undefined && key === routeKey(hostPrefix(address))) {
      this.#isConnectedDirty = true;
      this.#world.mark(this);
    }
    if (instance !== destination || typeof key !== typeof address) return;
    this.#dirty.add(key);
    this.#world.mark(this);
  }

  instanceChanged(): void {
    this.#lookAtAll();
  }

  work(limit: number): number {
    const chain = this.#chain;
    if (chain === undefined) return 1;
    if (this.#isConnectedDirty) this.#reconnect(chain);
    const [own, destination] = [this.#world.instance(this.#instance), this.#world.instance(chain.destination)];
    const isUp = own !== undefined && this.#groups.isUp(chain.group);
    const part = [...this.#dirty.values().take(limit)];
    for (const key of part) {
      this.#dirty.delete(key);
      const original = destination && own && this.#original(chain, own, destination, key);
      this.#count(key, original !== undefined);
      const isTold = original !== undefined || (this.#inside.get(key)?.size ?? 0) > 0;
      this.#placed.set(
        key,
        isUp && isTold && destination !== undefined ? this.#ways(own, destination, key, original) : [],
      );
    }
    if (this.#dirty.size > 0) this.#world.mark(this);
    return part.length + 1;
  }

  clear(): void {
    this.#placed.clear();
  }

  close(): void {
    this.#unfollow();
    this.#chain = undefined;
    this.#connected = [];
    this.#inside.clear();
    this.#dirty.clear();
    this.#placed.clear();
  }

  #unfollow(): void {
    if (this.#chain === undefined) return;
    const { group, destination, connected, address } = this.#chain;
    this.#groups.leave(group, this);
    this.#world.unwatch(this, destination);
    this.#world.unwatch(this, connected, routeKey(hostPrefix(address)));
  }

  /** Everything that it depends on may be another: every route that is there, was there, or is to be. */
  #lookAtAll(): void {
    const { destination, address } = this.#chain ?? {};
    const table = this.#world.instance(destination ?? "");
    for (const key of (typeof address === "number" ? table?.keys() : table?.inet6Keys()) ?? []) this.#dirty.add(key);
    for (const key of this.#placed.keys()) this.#dirty.add(key);
    for (const [key, inside] of this.#inside) for (const each of [key, ...inside]) this.#dirty.add(each);
    this.#isConnectedDirty = true;
    this.#attributes = new ChainAttributes(this.#world.intern);
    this.#world.mark(this);
  }

  #reconnect({ connected, address, group }: ServiceChain): void {
    this.#isConnectedDirty = false;
    const paths = connectedPaths(this.#world.instance(connected), address);
    if (samePaths(paths, this.#connected)) return;
    this.#groups.change(group, this, () => {
      this.#connected = paths;
    });
    this.#lookAtAll();
    this.#isConnectedDirty = false;
  }

  /**
   * The path of the destination's route that is told, undefined where it is not: the service's own address, what is not to
   * be told, and what comes from another network that may not pass. What has been in our network or in the destination
   * already does not count there: a route that a chain tells must not stand in the way of the one it tells of.
   */
  #original(chain: ServiceChain, own: VrfTable, destination: VrfTable, key: RouteKey): Path | undefined {
    const { autonomousSystem } = this.#world;
    const [ours, theirs] = [own.settings.virtualNetworkId, destination.settings.virtualNetworkId];
    const [best] = destination.paths(key, ({ attributes }) => {
      return attributes.originVnPath === undefined || !hasComeThrough(attributes, autonomousSystem, [ours, theirs]);
    });
    if (best === undefined || prefixOfKey(key).address === chain.address) return undefined;
    const { communities } = best.attributes;
    if (communities.includes(NO_ADVERTISE) || communities.includes(NO_REORIGINATE)) return undefined;
    const origin = this.#world.originOf(best, destination);
    if (origin !== 0 && origin === theirs) return best;
    const isTransit = destination.settings.allowTransit === true && theirs !== 0;
    return isTransit && origin !== ours ? best : undefined;
  }

  /** Notes whether a route is inside the aggregates; the first one makes an aggregate, the last one takes it along. */
  #count(key: RouteKey, isThere: boolean): void {
    const prefix = prefixOfKey(key);
    for (const [aggregate, inside] of this.#inside) {
      if (!isMoreSpecific(prefix, prefixOfKey(aggregate))) continue;
      const before = inside.size;
      if (isThere) inside.add(key);
      else inside.delete(key);
      if (before > 0 !== inside.size > 0) this.#dirty.add(aggregate);
    }
  }

  #ways(own: VrfTable, destination: VrfTable, key: RouteKey, original: Path | undefined): readonly Way[] {
    const prefix = prefixOfKey(key);
    const targets = this.#world.exportTargets(own, prefix, destination.settings.virtualNetworkId);
    const recipe = {
      autonomousSystem: this.#world.autonomousSystem,
      destinationNetwork: destination.settings.virtualNetworkId,
      retainAsPath: this.#chain?.retainAsPath === true,
    };
    return this.#connected.map((hop) => {
      const given = this.#attributes.told(hop.attributes, original?.attributes, recipe);
      const made = own.policy?.apply(given, prefix, ["service-chain"]);
      const attributes = this.#attributes.targeted(made ?? given, targets);
      return { hop, attributes, feasible: own.policy === undefined || made !== undefined };
    });
  }
}
