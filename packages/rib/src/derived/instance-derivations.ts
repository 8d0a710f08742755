import type { IpPrefix } from "../ip-prefix.ts";
import { type RouteKey, routeKey } from "../ip-prefix.ts";
import type { PathSource } from "../path.ts";
import type { Tables } from "../tables.ts";
import type { VrfTable } from "../vrf-table.ts";
import { AggregateDerivation } from "./aggregate-derivation.ts";
import { ChainDerivation } from "./chain-derivation.ts";
import type { ChainGroups } from "./chain-groups.ts";
import type { Derivation, DerivationWorld } from "./derivation.ts";
import { insideTarget } from "./inside-target.ts";
import type { InstanceFeatures } from "./instance-features.ts";
import { PlacedRoutes } from "./placed-routes.ts";
import { StaticDerivation } from "./static-derivation.ts";

type SourceKind = "service-chain" | "static" | "aggregate";

/** The derivations of one instance; each is kept as long as the features ask for its routes, however they change. */
export class InstanceDerivations {
  readonly #world: DerivationWorld;
  readonly #tables: Tables;
  readonly #groups: ChainGroups;
  readonly #instance: string;
  readonly #sources: Readonly<Record<SourceKind, PathSource>>;
  readonly #statics = new Map<RouteKey, StaticDerivation>();
  readonly #aggregates = new Map<RouteKey, AggregateDerivation>();
  /** By IP version, told by the type of its addresses. */
  readonly #chains = new Map<"number" | "bigint", ChainDerivation>();
  /** What routes inside the aggregates leave with; see insideTarget. */
  readonly insideTargets: readonly bigint[];
  #features: InstanceFeatures | undefined;

  constructor(world: DerivationWorld, tables: Tables, groups: ChainGroups, instance: string, routerId: number) {
    this.#world = world;
    this.#tables = tables;
    this.#groups = groups;
    this.#instance = instance;
    this.insideTargets = [insideTarget(instance)];
    const source = (kind: SourceKind): PathSource => ({ kind, name: `${kind} ${instance}`, routerId });
    this.#sources = {
      "service-chain": source("service-chain"),
      static: source("static"),
      aggregate: source("aggregate"),
    };
  }

  configure(features: InstanceFeatures): void {
    this.#features = features;
    const placed = (kind: SourceKind) => this.#placed(kind);
    const world = this.#world;
    const statics = Map.groupBy(features.staticRoutes, ({ prefix }) => routeKey(prefix));
    match(this.#statics, statics, (key) => new StaticDerivation(world, this.#instance, key, placed("static")));
    const aggregates = new Map(features.aggregates.map((each) => [routeKey(each.prefix), each] as const));
    match(
      this.#aggregates,
      aggregates,
      (key) => new AggregateDerivation(world, this.#instance, key, placed("aggregate")),
    );
    const chains = new Map(features.chains.map((each) => [versionOf(each), each] as const));
    match(
      this.#chains,
      chains,
      () => new ChainDerivation(world, this.#groups, this.#instance, placed("service-chain")),
    );
  }

  /** The instance's own settings, its policies or its aggregates are others than before. */
  reconsider(): void {
    const isGone = this.#world.instance(this.#instance) === undefined;
    for (const each of this.#all()) {
      if (isGone) each.clear();
      each.instanceChanged(this.#instance);
    }
  }

  close(): void {
    for (const each of this.#all()) each.close();
    for (const source of Object.values(this.#sources)) this.#tables.remove(source, ["inet-vpn", "inet6-vpn"]);
  }

  isAggregated(table: VrfTable, prefix: IpPrefix, origin: number): boolean {
    for (const aggregate of this.#aggregates.values()) if (aggregate.covers(table, prefix, origin)) return true;
    return false;
  }

  /** The instance whose routes a chain tells here. */
  destinationOf({ address }: IpPrefix): string | undefined {
    return this.#features?.chains.find((chain) => typeof chain.address === typeof address)?.destination;
  }

  *#all(): Iterable<Derivation> {
    yield* this.#statics.values();
    yield* this.#aggregates.values();
    yield* this.#chains.values();
  }

  #placed(kind: SourceKind): PlacedRoutes {
    return new PlacedRoutes(this.#tables, this.#sources[kind], this.#instance, this.#world.autonomousSystem);
  }
}

/** Makes what is wanted and is not there, configures what is, and closes the rest. */
function match<Key, Config, Item extends Derivation & { configure(config: Config): void }>(
  items: Map<Key, Item>,
  wanted: ReadonlyMap<Key, Config>,
  make: (key: Key) => Item,
): void {
  for (const [key, item] of items) {
    if (wanted.has(key)) continue;
    item.close();
    items.delete(key);
  }
  for (const [key, config] of wanted) {
    const item = items.get(key) ?? make(key);
    items.set(key, item);
    item.configure(config);
  }
}

function versionOf({ address }: { readonly address: number | bigint }): "number" | "bigint" {
  return typeof address === "number" ? "number" : "bigint";
}
