import { type FamilyName, type Origin, originNetworkOf, type PathAttributes } from "@contrail/bgp";
import type { Backlog } from "../fair-share.ts";
import type { Infeasibility } from "../import-policy.ts";
import { InstanceWatch, type Watcher } from "../instance-watch.ts";
import type { IpPrefix, RouteKey } from "../ip-prefix.ts";
import type { Path, PathSource } from "../path.ts";
import type { Tables } from "../tables.ts";
import type { VrfTable } from "../vrf-table.ts";
import { ChainGroups } from "./chain-groups.ts";
import type { Derivation, DerivationWorld } from "./derivation.ts";
import { InstanceDerivations } from "./instance-derivations.ts";
import { type InstanceFeatures, isPlain, NO_FEATURES } from "./instance-features.ts";
import { PeerDerivation } from "./peer-derivation.ts";
import { PlacedRoutes } from "./placed-routes.ts";

/** What derived routes need of the tables. */
export interface DerivedRoutesOptions {
  readonly tables: Tables;
  readonly autonomousSystem: number;
  readonly routerId: number;
  instance(name: string): VrfTable | undefined;
  /** The network of a path that names none. */
  unnamedOriginOf(path: Path, table: VrfTable): number;
  intern(attributes: PathAttributes): PathAttributes;
  /** Why what a peer inside an instance says is never used. */
  infeasibility(peer: PathSource, attributes: PathAttributes, family: FamilyName): Infeasibility | undefined;
  /** The ORIGIN that routes of a peer inside an instance get, whatever it says. */
  originFrom(peer: PathSource): Origin | undefined;
  /** What agents have published in an instance may leave with other targets than before. */
  republish(instance: string): void;
}

/**
 * Routes that the control node makes of others: static routes, aggregates, service chains, and what BGP peers inside
 * instances say. Costs nothing while there are none: instances that nobody follows tell nobody of their changes.
 */
export class DerivedRoutes implements DerivationWorld, Backlog {
  readonly #options: DerivedRoutesOptions;
  readonly #instances = new Map<string, InstanceDerivations>();
  readonly #peers = new Map<PathSource, { readonly instance: string; readonly derivation: PeerDerivation }>();
  readonly #watches = new Map<string, InstanceWatch>();
  readonly #groups = new ChainGroups();
  readonly #dirty = new Set<Derivation>();

  constructor(options: DerivedRoutesOptions) {
    this.#options = options;
  }

  get autonomousSystem(): number {
    return this.#options.autonomousSystem;
  }

  /** The routes of a BGP peer inside an instance, whether or not that is there; one object until the peer is forgotten. */
  peer(source: PathSource, instance: string): PeerDerivation {
    const known = this.#peers.get(source);
    if (known !== undefined) return known.derivation;
    const placed = new PlacedRoutes(this.#options.tables, source, instance, this.autonomousSystem);
    const derivation = new PeerDerivation(this, instance, placed, {
      infeasibility: (attributes, family) => this.#options.infeasibility(source, attributes, family),
      origin: () => this.#options.originFrom(source),
    });
    this.#peers.set(source, { instance, derivation });
    return derivation;
  }

  /** Routes of a peer inside an instance. */
  countOf(source: PathSource): number {
    return this.#peers.get(source)?.derivation.size ?? 0;
  }

  /** Why a route of a peer inside an instance is never used, for what the peer has said of it. */
  infeasibility(source: PathSource, key: RouteKey): Infeasibility | undefined {
    return this.#peers.get(source)?.derivation.infeasibility(key);
  }

  /** Its routes are looked at otherwise than before. */
  peerChanged(source: PathSource): void {
    this.#peers.get(source)?.derivation.instanceChanged();
  }

  forgetPeer(source: PathSource): void {
    this.#peers.get(source)?.derivation.close();
    this.#peers.delete(source);
  }

  /** What is to be derived in an instance, whether or not it is there yet. */
  configure(instance: string, features: InstanceFeatures): void {
    let derivations = this.#instances.get(instance);
    if (isPlain(features)) {
      derivations?.configure(NO_FEATURES);
      derivations?.close();
      if (!this.#instances.delete(instance)) return;
      this.#reconsider(instance);
      this.#options.republish(instance);
      return;
    }
    if (derivations === undefined) {
      const { tables, routerId } = this.#options;
      derivations = new InstanceDerivations(this, tables, this.#groups, instance, routerId);
      this.#instances.set(instance, derivations);
    }
    derivations.configure(features);
    this.#reconsider(instance);
    // Aggregates decide what routes of agents leave with.
    this.#options.republish(instance);
  }

  /** An instance has come or gone, or has other settings than before. */
  instanceChanged(name: string): void {
    const watch = this.#watches.get(name);
    const table = this.#options.instance(name);
    if (table !== undefined) table.watch = watch;
    watch?.instanceChanged();
    this.#reconsider(name);
  }

  #reconsider(name: string): void {
    this.#instances.get(name)?.reconsider();
    const isGone = this.#options.instance(name) === undefined;
    for (const { instance, derivation } of this.#peers.values()) {
      if (instance !== name) continue;
      if (isGone) derivation.clear();
      derivation.instanceChanged();
    }
  }

  get isEmpty(): boolean {
    return this.#dirty.size === 0;
  }

  /** A unit is one route; derivations come in turn. */
  work(limit: number): number {
    let done = 0;
    for (const derivation of this.#dirty) {
      if (done >= limit) break;
      this.#dirty.delete(derivation);
      done += derivation.work(limit - done);
    }
    return done;
  }

  instance(name: string): VrfTable | undefined {
    return this.#options.instance(name);
  }

  readonly intern = (attributes: PathAttributes): PathAttributes => this.#options.intern(attributes);

  originOf(path: Path, table: VrfTable): number {
    for (const community of path.attributes.extendedCommunities) {
      const origin = originNetworkOf(community);
      if (origin !== undefined) return origin;
    }
    return this.#options.unnamedOriginOf(path, table);
  }

  watch(watcher: Watcher, instance: string, key?: RouteKey): void {
    let watch = this.#watches.get(instance);
    if (watch === undefined) {
      watch = new InstanceWatch(instance);
      this.#watches.set(instance, watch);
      const table = this.#options.instance(instance);
      if (table !== undefined) table.watch = watch;
    }
    watch.add(watcher, key);
  }

  unwatch(watcher: Watcher, instance: string, key?: RouteKey): void {
    const watch = this.#watches.get(instance);
    watch?.remove(watcher, key);
    if (watch?.isEmpty !== true) return;
    this.#watches.delete(instance);
    const table = this.#options.instance(instance);
    if (table !== undefined) table.watch = undefined;
  }

  mark(derivation: Derivation): void {
    this.#dirty.add(derivation);
  }

  exportTargets(table: VrfTable, prefix: IpPrefix, origin: number): readonly bigint[] {
    const { name, exportTargets } = table.settings;
    const derivations = this.#instances.get(name);
    return derivations?.isAggregated(table, prefix, origin) === true ? derivations.insideTargets : exportTargets;
  }

  aggregateOrigin(table: VrfTable, prefix: IpPrefix): number {
    const destination = this.#instances.get(table.settings.name)?.destinationOf(prefix);
    const network = destination === undefined ? table : this.#options.instance(destination);
    return network?.settings.virtualNetworkId ?? 0;
  }
}
