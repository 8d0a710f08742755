import type { PathAttributes } from "@contrail/bgp";
import { prefixOfKey, type RouteKey } from "../ip-prefix.ts";
import type { Path, PathSource } from "../path.ts";
import type { Tables } from "../tables.ts";
import { type Distinguisher, derivedDistinguisher } from "./derived-distinguisher.ts";

/** One way of a derived route. */
export interface Way {
  /** The path whose next hop and label it has. */
  readonly hop: Path;
  readonly attributes: PathAttributes;
  /** False where a policy rejects it. */
  readonly feasible: boolean;
}

/** Next hops whose distinguishers are remembered: a hash takes longer than all else that is done with a route. */
const MAX_REMEMBERED = 1_024;

/** The routes that one derivation has in the tables, each under a distinguisher of its own for each way. */
export class PlacedRoutes {
  readonly #tables: Tables;
  readonly #source: PathSource;
  readonly #instance: string;
  readonly #autonomousSystem: number;
  readonly #placed = new Map<RouteKey, readonly Distinguisher[]>();
  /** By next hop, in the order of its ways. */
  readonly #distinguishers = new Map<Path["nextHop"], Distinguisher[]>();

  constructor(tables: Tables, source: PathSource, instance: string, autonomousSystem: number) {
    this.#tables = tables;
    this.#source = source;
    this.#instance = instance;
    this.#autonomousSystem = autonomousSystem;
  }

  keys(): Iterable<RouteKey> {
    return this.#placed.keys();
  }

  /** Makes a route have exactly these ways; without one it goes. */
  set(key: RouteKey, ways: readonly Way[]): void {
    const before = this.#placed.get(key);
    if (before === undefined && ways.length === 0) return;
    const now = this.#distinguished(ways);
    for (const { high, low } of before ?? []) {
      if (!now.some(([each]) => each.high === high && each.low === low)) this.#take(key, { high, low });
    }
    for (const [distinguisher, way] of now) this.#put(key, distinguisher, way);
    if (now.length === 0) this.#placed.delete(key);
    else
      this.#placed.set(
        key,
        now.map(([distinguisher]) => distinguisher),
      );
  }

  clear(): void {
    for (const key of [...this.#placed.keys()]) this.set(key, []);
  }

  /** Ways by one next hop are told apart by their order. */
  #distinguished(ways: readonly Way[]): readonly (readonly [Distinguisher, Way])[] {
    const used = new Map<Path["nextHop"], number>();
    return ways.map((way) => {
      const index = used.get(way.hop.nextHop) ?? 0;
      used.set(way.hop.nextHop, index + 1);
      return [this.#distinguisher(way.hop.nextHop, index), way] as const;
    });
  }

  #distinguisher(nextHop: Path["nextHop"], order: number): Distinguisher {
    const known = this.#distinguishers.get(nextHop)?.[order];
    if (known !== undefined) return known;
    const made = derivedDistinguisher(this.#autonomousSystem, this.#source.name, nextHop, order);
    if (this.#distinguishers.size >= MAX_REMEMBERED) this.#distinguishers.clear();
    const all = this.#distinguishers.get(nextHop) ?? [];
    all[order] = made;
    this.#distinguishers.set(nextHop, all);
    return made;
  }

  #put(key: RouteKey, { high: rdHigh, low: rdLow }: Distinguisher, { hop, attributes, feasible }: Way): void {
    const { address, length } = prefixOfKey(key);
    const { nextHop, label } = hop;
    const said = { source: this.#source, instance: this.#instance, attributes, nextHop, label, feasible };
    const path = { ...said, pathId: 0, id: 0, stale: false };
    if (typeof address === "number") {
      this.#tables.putVpn({ rdHigh, rdLow, address, length }, { ...path, route: undefined });
    } else {
      const route = { rdHigh, rdLow, address, length, label };
      this.#tables.put("inet6-vpn", route, { ...path, route });
    }
  }

  #take(key: RouteKey, { high: rdHigh, low: rdLow }: Distinguisher): void {
    const { address, length } = prefixOfKey(key);
    if (typeof address === "number") this.#tables.takeVpn({ rdHigh, rdLow, address, length }, this.#source);
    else this.#tables.take("inet6-vpn", { rdHigh, rdLow, address, length, label: 0 }, this.#source);
  }
}
