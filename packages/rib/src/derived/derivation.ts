import type { PathAttributes } from "@contrail/bgp";
import type { Watcher } from "../instance-watch.ts";
import type { IpPrefix, RouteKey } from "../ip-prefix.ts";
import type { Path } from "../path.ts";
import type { VrfTable } from "../vrf-table.ts";

/** Makes routes of an instance out of others, and keeps them so. */
export interface Derivation extends Watcher {
  /** Looks at what has changed, at so many routes at most; gives how many, at least one. It is marked again for the rest. */
  work(limit: number): number;
  /** Its routes go at once, until it is marked again: its instance has gone, and another may have its name. */
  clear(): void;
  /** Follows nothing any more; its routes go. */
  close(): void;
}

/** What derivations see of the tables. */
export interface DerivationWorld {
  readonly autonomousSystem: number;
  instance(name: string): VrfTable | undefined;
  /** The network that a path in an instance comes from; 0 where unknown. */
  originOf(path: Path, table: VrfTable): number;
  /** One object for equal attributes. */
  intern(attributes: PathAttributes): PathAttributes;
  /** Without a key: all routes of the instance. */
  watch(watcher: Watcher, instance: string, key?: RouteKey): void;
  unwatch(watcher: Watcher, instance: string, key?: RouteKey): void;
  /** It is to be asked to work. */
  mark(derivation: Derivation): void;
  /**
   * The targets that a route of an instance leaves with: that of its own alone where an aggregate of it tells others of
   * the route. origin: network that the route comes from.
   */
  exportTargets(table: VrfTable, prefix: IpPrefix, origin: number): readonly bigint[];
  /** The network that routes of an instance's aggregates come from. */
  aggregateOrigin(table: VrfTable, prefix: IpPrefix): number;
}
