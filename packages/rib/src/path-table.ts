import { esImportOf, isRouteTarget, type PathAttributes } from "@contrail/bgp";
import { comparePaths } from "./best-path.ts";
import { LargeSet } from "./large-set.ts";
import type { Destination, Path, PathSource } from "./path.ts";

/** The destinations of one family with their paths, found by source and by route target; how they are keyed is left open. */
export abstract class PathTable<Place extends Destination> {
  readonly #bySource = new Map<PathSource, LargeSet<Place>>();
  readonly #counts = new Map<PathSource, number>();
  readonly #byTarget = new Map<bigint, LargeSet<Place>>();
  /** Numbers below the next that no destination has. */
  readonly #unused: number[] = [];
  #nextNumber = 0;

  /** Destinations. */
  abstract get size(): number;

  abstract all(): Iterable<Place>;

  /** Takes a destination without paths out of the table; false where another has its place, or none. */
  protected abstract drop(destination: Place): boolean;

  /** A number for a destination that is made. */
  protected number(): number {
    return this.#unused.pop() ?? this.#nextNumber++;
  }

  /** Puts a path in place of the source's older one of that identifier, whose number it keeps. */
  put(destination: Place, path: Path): void {
    const { paths } = destination;
    const others = paths.filter(({ source, pathId }) => source !== path.source || pathId !== path.pathId);
    if (others.length === paths.length) {
      this.#count(path.source, 1);
      path.id = unusedId(paths);
    } else path.id = paths.find((each) => !others.includes(each))?.id ?? unusedId(others);
    // By name first: MED orders only some pairs, so the result would depend on the order of arrival (RFC 3345).
    destination.paths = others.length === 0 ? [path] : [...others, path].sort(byName).sort(comparePaths);
    of(this.#bySource, path.source).add(destination);
  }

  /** Takes the source's path of an identifier away; false where it had none. */
  take(destination: Place, source: PathSource, pathId: number): boolean {
    const paths = destination.paths.filter((path) => path.source !== source || path.pathId !== pathId);
    if (paths.length === destination.paths.length) return false;
    destination.paths = paths;
    this.#count(source, -1);
    if (!paths.some((path) => path.source === source)) this.#bySource.get(source)?.delete(destination);
    return true;
  }

  /** Destinations that a source has a path to. */
  ofSource(source: PathSource): Iterable<Place> {
    return this.#bySource.get(source) ?? [];
  }

  /** Paths of a source. */
  countOf(source: PathSource): number {
    return this.#counts.get(source) ?? 0;
  }

  /** Destinations whose best path has a route target. */
  ofTarget(target: bigint): Iterable<Place> {
    return this.#byTarget.get(target) ?? [];
  }

  /**
   * Makes the first feasible path the best one; gives the best one before where that is another. A destination without
   * paths leaves the table.
   */
  settle(destination: Place): { readonly before: Path | undefined } | undefined {
    const before = destination.best;
    const [first] = destination.paths;
    const after = first?.feasible ? first : undefined;
    if (destination.paths.length === 0 && this.drop(destination)) this.#unused.push(destination.number);
    if (before === after) return undefined;
    if (before?.attributes !== after?.attributes) {
      for (const target of targetsOf(before)) this.#forget(target, destination);
      for (const target of targetsOf(after)) of(this.#byTarget, target).add(destination);
    }
    destination.best = after;
    return { before };
  }

  /** Forgets a source and gives the destinations that it has paths to: to take these away is the caller's part. */
  detach(source: PathSource): LargeSet<Place> {
    const destinations = this.#bySource.get(source) ?? new LargeSet();
    this.forgetSource(source);
    return destinations;
  }

  forgetSource(source: PathSource): void {
    this.#bySource.delete(source);
    this.#counts.delete(source);
  }

  #count(source: PathSource, more: number): void {
    this.#counts.set(source, this.countOf(source) + more);
  }

  #forget(target: bigint, destination: Place): void {
    const destinations = this.#byTarget.get(target);
    destinations?.delete(destination);
    if (destinations?.size === 0) this.#byTarget.delete(target);
  }
}

function of<Key, Place extends Destination>(index: Map<Key, LargeSet<Place>>, key: Key): LargeSet<Place> {
  const known = index.get(key);
  if (known !== undefined) return known;
  const made = new LargeSet<Place>();
  index.set(key, made);
  return made;
}

function byName({ source: a, pathId: left }: Path, { source: b, pathId: right }: Path): number {
  return a.name < b.name ? -1 : Number(a.name > b.name) || left - right;
}

/** The lowest number that none of the paths has. */
function unusedId(paths: readonly Path[]): number {
  if (paths.length === 0) return 1;
  const used = new Set(paths.map(({ id }) => id));
  let id = 1;
  while (used.has(id)) id++;
  return id;
}

/** Route targets by attributes: these are interned, and asked for their targets for every route that has them. */
const TARGETS = new WeakMap<PathAttributes, readonly bigint[]>();
const NONE: readonly bigint[] = [];

/** Route targets of a path, that of an Ethernet segment among them (RFC 7432 section 7.6); none without a path. */
export function targetsOf(path: Path | undefined): readonly bigint[] {
  if (path === undefined) return NONE;
  const { attributes } = path;
  let targets = TARGETS.get(attributes);
  if (targets === undefined) {
    targets = attributes.extendedCommunities.filter(isTarget);
    TARGETS.set(attributes, targets);
  }
  return targets;
}

function isTarget(community: bigint): boolean {
  return isRouteTarget(community) || esImportOf(community) !== undefined;
}
