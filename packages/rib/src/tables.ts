import { FAMILIES, type FamilyName, type RouteOf } from "@contrail/bgp";
import { Departures } from "./departures.ts";
import type { Backlog } from "./fair-share.ts";
import { KeyedTable } from "./keyed-table.ts";
import type { Destination, KeyedFamily, Path, PathSource } from "./path.ts";
import type { PathTable } from "./path-table.ts";
import { type Revision, Revisions } from "./revisions.ts";
import { RouteTargetTable } from "./route-target-table.ts";
import { type VpnAddress, VpnTable } from "./vpn-table.ts";

/** Paths of one peer to one destination (RFC 7911); who has more ways than these has no use for the last of them. */
const MAX_PATHS = 32;

/** Hears of destinations that have been looked at. */
export interface SettleListener {
  /** Its best path is another than before. */
  bestChanged(destination: Destination, before: Path | undefined): void;
  /** Its best path is the same; others may have changed. */
  otherChanged(destination: Destination): void;
}

/**
 * One table for each family, and what in them waits to be looked at: every change marks its destination, and what sources
 * have left behind waits beside these.
 */
export class Tables {
  readonly vpn = new VpnTable();
  readonly routeTargets = new RouteTargetTable();
  readonly #keyed: ReadonlyMap<KeyedFamily, KeyedTable>;
  readonly #dirty = new Set<Destination>();
  readonly #departures = new Departures();
  readonly #revisions = new Revisions();
  readonly #listener: SettleListener;
  /** Destinations that are marked, that sources have left, and that are revised: one unit is one destination. */
  readonly marked: Backlog;
  readonly departing: Backlog;
  readonly revising: Backlog;

  constructor(listener: SettleListener) {
    this.#listener = listener;
    const [dirty, departures, revisions] = [this.#dirty, this.#departures, this.#revisions];
    this.marked = {
      get isEmpty() {
        return dirty.size === 0;
      },
      work: (limit) => this.#settleMarked(limit),
    };
    this.departing = {
      get isEmpty() {
        return departures.isEmpty;
      },
      work: (limit) => this.#settleDeparting(limit),
    };
    this.revising = {
      get isEmpty() {
        return revisions.isEmpty;
      },
      work: (limit) => this.#reviseSome(limit),
    };
    const keyed = FAMILIES.filter((family): family is KeyedFamily => family !== "inet-vpn");
    this.#keyed = new Map(
      keyed.map((family) => [family, family === "route-target" ? this.routeTargets : new KeyedTable(family)]),
    );
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

  /** Marks what a source has said in these families: it stays in use until sweep; what is not to be kept goes. */
  markStale(
    source: PathSource,
    families: readonly FamilyName[],
    isKept: (destination: Destination, path: Path) => boolean,
  ): void {
    // What is marked from here on is not what has been swept before.
    this.#reviseSome(Number.POSITIVE_INFINITY, source);
    for (const family of families) {
      for (const destination of this.of(family).ofSource(source)) {
        for (const path of destination.paths) {
          if (path.source !== source) continue;
          if (isKept(destination, path)) path.stale = true;
          else this.#drop(destination, source, path.pathId);
        }
      }
    }
  }

  /**
   * Takes away what is still stale of a source in these families, bit by bit, see revising; what is kept for another
   * reason stays.
   */
  sweep(
    source: PathSource,
    families: Iterable<FamilyName>,
    isKept: (destination: Destination, path: Path) => boolean = () => false,
  ): void {
    this.revise(source, families, (destination, path) => (path.stale && !isKept(destination, path) ? undefined : path));
  }

  /** Gives the paths of a source in these families another form, or takes them away where there is none; bit by bit. */
  revise(source: PathSource, families: Iterable<FamilyName>, revised: Revision["revised"]): void {
    for (const family of families) {
      if (this.of(family).countOf(source) > 0)
        this.#revisions.add({ source, family, revised }, this.of(family).ofSource(source));
    }
  }

  /**
   * Takes away everything of a source in these families. It counts as gone at once; its paths are taken out bit by bit,
   * see departing, except for memberships, which are few.
   */
  remove(source: PathSource, families: readonly FamilyName[]): void {
    for (const family of families) {
      this.#revisions.drop(source, family);
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

  #settleMarked(limit: number): number {
    let done = 0;
    for (const destination of this.#dirty) {
      if (done === limit) break;
      this.#settle(destination);
      done++;
    }
    return done;
  }

  #settleDeparting(limit: number): number {
    let done = 0;
    for (; done < limit; done++) {
      const next = this.#departures.takeNext();
      if (next === undefined) break;
      this.#depart(next.destination, next.source);
      this.#settle(next.destination);
    }
    return done;
  }

  /** Looks at destinations that are revised, of any source or of one; those whose paths change are marked. */
  #reviseSome(limit: number, source?: PathSource): number {
    let done = 0;
    for (; done < limit; done++) {
      const next = this.#revisions.takeNext(source);
      if (next === undefined) break;
      for (const path of next.destination.paths) {
        if (path.source === next.revision.source) this.#revise(next.destination, path, next.revision);
      }
    }
    return done;
  }

  #revise(destination: Destination, path: Path, { source, revised }: Revision): void {
    const after = revised(destination, path);
    if (after === undefined) this.#drop(destination, source, path.pathId);
    else if (after !== path) this.#replace(destination, after);
  }

  #settle(destination: Destination): void {
    this.#dirty.delete(destination);
    const settled =
      destination.family === "inet-vpn"
        ? this.vpn.settle(destination)
        : this.keyed(destination.family).settle(destination);
    // Of memberships other paths than the best may have gone out: see exportedPath.
    if (settled !== undefined) this.#listener.bestChanged(destination, settled.before);
    else if (destination.family === "route-target") this.#listener.bestChanged(destination, destination.best);
    else this.#listener.otherChanged(destination);
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
