import { FAMILIES, type FamilyName, type RouteOf } from "@contrail/bgp";
import { Departures } from "./departures.ts";
import { KeyedTable } from "./keyed-table.ts";
import type { Destination, KeyedFamily, Path, PathSource } from "./path.ts";
import type { PathTable } from "./path-table.ts";
import { RouteTargetTable } from "./route-target-table.ts";
import { type VpnAddress, VpnTable } from "./vpn-table.ts";

/** Paths of one peer to one destination (RFC 7911); who has more ways than these has no use for the last of them. */
const MAX_PATHS = 32;
/** One part in so many of a slice is for what sources have left behind. */
const DEPARTURES_SHARE = 4;

/**
 * One table for each family, and what in them waits to be looked at: every change marks its destination, settle() works
 * the marked ones off.
 */
export class Tables {
  readonly vpn = new VpnTable();
  readonly routeTargets = new RouteTargetTable();
  readonly #keyed: ReadonlyMap<KeyedFamily, KeyedTable>;
  readonly #dirty = new Set<Destination>();
  readonly #departures = new Departures();

  constructor() {
    const keyed = FAMILIES.filter((family): family is KeyedFamily => family !== "inet-vpn");
    this.#keyed = new Map(
      keyed.map((family) => [family, family === "route-target" ? this.routeTargets : new KeyedTable(family)]),
    );
  }

  /** Some destinations wait to be looked at. */
  get isDirty(): boolean {
    return this.#dirty.size > 0 || !this.#departures.isEmpty;
  }

  /** The table of a family, for reading. */
  of(family: FamilyName): Pick<PathTable<Destination>, "all" | "size" | "ofSource" | "ofTarget" | "countOf"> {
    return family === "inet-vpn" ? this.vpn : this.keyed(family);
  }

  keyed(family: KeyedFamily): KeyedTable {
    const table = this.#keyed.get(family);
    if (table === undefined) throw new RangeError(`no table of family ${family}`);
    return table;
  }

  putVpn(at: VpnAddress, path: Path): void {
    const destination = this.vpn.open(at);
    this.#endDeparture(destination, path.source);
    const known = pathOf(destination, path.source, path.pathId);
    if (known === undefined && isFull(destination, path.source)) return;
    if (known !== undefined && samePath(known, path)) known.stale = path.stale;
    else {
      this.vpn.put(destination, path);
      this.#dirty.add(destination);
    }
  }

  takeVpn(at: VpnAddress, source: PathSource, pathId = 0): void {
    const destination = this.vpn.find(at);
    if (destination !== undefined) this.#drop(destination, source, pathId);
  }

  put(family: KeyedFamily, route: RouteOf<KeyedFamily>, path: Path): void {
    const table = this.keyed(family);
    const destination = table.open(route);
    this.#endDeparture(destination, path.source);
    const known = pathOf(destination, path.source, path.pathId);
    if (known === undefined && isFull(destination, path.source)) return;
    if (known !== undefined && samePath(known, path) && sameRoute(known.route, path.route)) known.stale = path.stale;
    else {
      table.put(destination, path);
      this.#dirty.add(destination);
    }
  }

  take(family: KeyedFamily, route: RouteOf<KeyedFamily>, source: PathSource, pathId = 0): void {
    const destination = this.keyed(family).find(route);
    if (destination !== undefined) this.#drop(destination, source, pathId);
  }

  #drop(destination: Destination, source: PathSource, pathId: number): void {
    this.#endDeparture(destination, source);
    const taken =
      destination.family === "inet-vpn"
        ? this.vpn.take(destination, source, pathId)
        : this.keyed(destination.family).take(destination, source, pathId);
    if (taken) this.#dirty.add(destination);
  }

  /** Marks what a source has said in these families: it stays in use until sweep. */
  markStale(source: PathSource, families: readonly FamilyName[]): void {
    for (const family of families) {
      for (const destination of this.of(family).ofSource(source)) {
        for (const path of destination.paths) if (path.source === source) path.stale = true;
      }
    }
  }

  /** Takes away what is still stale of a source in these families. */
  sweep(source: PathSource, families: readonly FamilyName[]): void {
    for (const family of families) {
      for (const destination of [...this.of(family).ofSource(source)]) {
        for (const path of destination.paths) {
          if (path.source === source && path.stale) this.#drop(destination, source, path.pathId);
        }
      }
    }
  }

  /** Gives the paths of a source in these families another form, or takes them away where there is none. */
  revise(
    source: PathSource,
    families: readonly FamilyName[],
    revised: (path: Path, family: FamilyName) => Path | undefined,
  ): void {
    for (const family of families) {
      for (const destination of [...this.of(family).ofSource(source)]) {
        for (const path of destination.paths) {
          if (path.source !== source) continue;
          const next = revised(path, family);
          if (next === undefined) this.#drop(destination, source, path.pathId);
          else if (next !== path) this.#replace(destination, next);
        }
      }
    }
  }

  /**
   * Takes away everything of a source in these families. It counts as gone at once; its paths are taken out by settle(),
   * except for memberships, which are few.
   */
  remove(source: PathSource, families: readonly FamilyName[]): void {
    for (const family of families) {
      if (family === "route-target") this.#removeMemberships(source);
      else this.#departures.add(source, (family === "inet-vpn" ? this.vpn : this.keyed(family)).detach(source));
    }
  }

  #removeMemberships(source: PathSource): void {
    for (const destination of [...this.routeTargets.ofSource(source)]) {
      for (const path of destination.paths) if (path.source === source) this.#drop(destination, source, path.pathId);
    }
    this.routeTargets.forgetSource(source);
  }

  /** What a source has left of a destination goes before anything new of it comes. */
  #endDeparture(destination: Destination, source: PathSource): void {
    if (!this.#departures.isEmpty && this.#departures.take(destination, source)) this.#depart(destination, source);
  }

  #depart(destination: Destination, source: PathSource): void {
    destination.paths = destination.paths.filter((path) => path.source !== source);
    this.#dirty.add(destination);
  }

  #replace(destination: Destination, path: Path): void {
    if (destination.family === "inet-vpn") this.vpn.put(destination, path);
    else this.keyed(destination.family).put(destination, path);
    this.#dirty.add(destination);
  }

  /**
   * Works off at most so many marked destinations, and of what has been left; true where some are left. changed: its best
   * path is another than before; touched: another of its paths is.
   */
  settle(
    limit: number,
    changed: (destination: Destination, before: Path | undefined) => void,
    touched: (destination: Destination) => void,
  ): boolean {
    const depart = (destination: Destination, source: PathSource): void => this.#depart(destination, source);
    let done = 0;
    // What has been left goes though others say something new all the time.
    const share = Number.isFinite(limit) && this.#dirty.size > 0 ? Math.ceil(limit / DEPARTURES_SHARE) : 0;
    for (let taken = 0; taken < share && this.#departures.takeNext(depart); taken++);
    // Few are marked at a time: the rest of it is marked when all else has been worked off.
    while (this.#dirty.size > 0 || this.#departures.takeNext(depart)) {
      for (const destination of this.#dirty) {
        if (done++ === limit) return true;
        this.#dirty.delete(destination);
        this.#settleOne(destination, changed, touched);
      }
    }
    return false;
  }

  #settleOne(
    destination: Destination,
    changed: (destination: Destination, before: Path | undefined) => void,
    touched: (destination: Destination) => void,
  ): void {
    const settled =
      destination.family === "inet-vpn"
        ? this.vpn.settle(destination)
        : this.keyed(destination.family).settle(destination);
    // Of memberships other paths than the best may have gone out: see exportedPath.
    if (settled !== undefined) changed(destination, settled.before);
    else if (destination.family === "route-target") changed(destination, destination.best);
    else touched(destination);
  }
}

function pathOf({ paths }: Destination, source: PathSource, pathId: number): Path | undefined {
  return paths.find((path) => path.source === source && path.pathId === pathId);
}

/** A peer's paths beyond the bound are passed over: to rank them would cost more the more there are. */
function isFull({ paths }: Destination, source: PathSource): boolean {
  if (paths.length < MAX_PATHS) return false;
  return paths.filter((path) => path.source === source).length >= MAX_PATHS;
}

function samePath(a: Path, b: Path): boolean {
  return (
    a.attributes === b.attributes &&
    a.nextHop === b.nextHop &&
    a.label === b.label &&
    a.instance === b.instance &&
    a.feasible === b.feasible
  );
}

/** Routes are flat records of numbers. */
function sameRoute(a: Path["route"], b: Path["route"]): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.get(key) === value);
}
