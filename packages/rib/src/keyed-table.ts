import { type RouteOf, routeIdentity } from "@contrail/bgp";
import type { KeyedDestination, KeyedFamily } from "./path.ts";
import { PathTable } from "./path-table.ts";

/** The table of a family whose routes have many shapes: bgp.evpn.0, bgp.rtarget.0 and the like, by the route's identity. */
export class KeyedTable extends PathTable<KeyedDestination> {
  readonly family: KeyedFamily;
  readonly #byKey = new Map<string, KeyedDestination>();

  constructor(family: KeyedFamily) {
    super();
    this.family = family;
  }

  get size(): number {
    return this.#byKey.size;
  }

  find(route: RouteOf<KeyedFamily>): KeyedDestination | undefined {
    return this.#byKey.get(routeIdentity(this.family, route));
  }

  /** The destination, made without a path where there is none. */
  open(route: RouteOf<KeyedFamily>): KeyedDestination {
    const key = routeIdentity(this.family, route);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const number = this.number();
    const made: KeyedDestination = { family: this.family, number, key, route, paths: [], best: undefined };
    this.#byKey.set(key, made);
    return made;
  }

  all(): Iterable<KeyedDestination> {
    return this.#byKey.values();
  }

  protected drop(destination: KeyedDestination): boolean {
    return this.#byKey.get(destination.key) === destination && this.#byKey.delete(destination.key);
  }
}
