import type { RouteTargetRoute } from "@contrail/bgp";
import { KeyedTable } from "./keyed-table.ts";
import { Membership } from "./membership.ts";
import type { KeyedDestination, Path, PathSource } from "./path.ts";

/** bgp.rtarget.0: memberships, and for each peer what it has asked for. */
export class RouteTargetTable extends KeyedTable {
  readonly #bySource = new Map<PathSource, Membership>();
  #changed = new Map<PathSource, RouteTargetRoute[]>();

  constructor() {
    super("route-target");
  }

  /** What a peer has asked for; the same object until the peer is forgotten, so that a session may keep it. */
  membershipOf(source: PathSource): Membership {
    let membership = this.#bySource.get(source);
    if (membership === undefined) {
      membership = new Membership();
      this.#bySource.set(source, membership);
    }
    return membership;
  }

  /** Memberships that came or went since the last call, by peer. */
  takeChanged(): ReadonlyMap<PathSource, readonly RouteTargetRoute[]> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new Map();
    return changed;
  }

  override put(destination: KeyedDestination, path: Path): void {
    this.#move(destination, path.source, path.feasible);
    super.put(destination, path);
  }

  override take(destination: KeyedDestination, source: PathSource, pathId: number): boolean {
    this.#move(destination, source, false);
    return super.take(destination, source, pathId);
  }

  override forgetSource(source: PathSource): void {
    super.forgetSource(source);
    this.#bySource.delete(source);
    this.#changed.delete(source);
  }

  /** A path that is not feasible is our own membership come back: nobody has asked by it. */
  #move(destination: KeyedDestination, source: PathSource, asks: boolean): void {
    const asked = destination.paths.some((path) => path.source === source && path.feasible);
    if (asked === asks || source.kind === "local") return;
    const route = destination.route as RouteTargetRoute; // The table is of this family.
    if (asks) this.membershipOf(source).add(route);
    else this.membershipOf(source).remove(route);
    const changed = this.#changed.get(source);
    if (changed === undefined) this.#changed.set(source, [route]);
    else changed.push(route);
  }
}
