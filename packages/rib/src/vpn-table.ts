import { isRouteTarget } from "@contrail/bgp";
import { comparePaths } from "./best-path.ts";
import { type PathSource, prefixKey, type VpnDestination, type VpnPath } from "./path.ts";

/** Where a VPN destination is: route distinguisher (two halves) and prefix. */
export interface VpnAddress {
  readonly rdHigh: number;
  readonly rdLow: number;
  readonly address: number;
  readonly length: number;
}

/** bgp.l3vpn.0: every VPN destination with its paths, found by distinguisher and prefix, by source, and by route target. */
export class VpnTable {
  readonly #byDistinguisher = new Map<number, Map<number, VpnDestination>>();
  readonly #bySource = new Map<PathSource, Set<VpnDestination>>();
  readonly #byTarget = new Map<bigint, Set<VpnDestination>>();
  #size = 0;

  /** Destinations. */
  get size(): number {
    return this.#size;
  }

  get(at: VpnAddress): VpnDestination | undefined {
    return this.#byDistinguisher.get(distinguisherKey(at))?.get(prefixKey(at.address, at.length));
  }

  /** Puts a path in place of the source's older one; gives its destination. */
  put(at: VpnAddress, path: VpnPath): VpnDestination {
    const destination = this.get(at) ?? this.#make(at);
    const others = destination.paths.filter(({ source }) => source !== path.source);
    // By name first: MED orders only some pairs, so the result would depend on the order of arrival (RFC 3345).
    destination.paths = [...others, path].sort(byName).sort(comparePaths);
    this.#of(this.#bySource, path.source).add(destination);
    return destination;
  }

  /** Takes the source's path away; undefined where it had none. */
  take(at: VpnAddress, source: PathSource): VpnDestination | undefined {
    const destination = this.get(at);
    const paths = destination?.paths.filter((path) => path.source !== source);
    if (destination === undefined || paths?.length === destination.paths.length) return undefined;
    destination.paths = paths ?? [];
    this.#bySource.get(source)?.delete(destination);
    return destination;
  }

  /** Destinations that a source has a path to. */
  ofSource(source: PathSource): Iterable<VpnDestination> {
    return this.#bySource.get(source) ?? [];
  }

  /** Destinations that a source has a path to, counted. */
  countOf(source: PathSource): number {
    return this.#bySource.get(source)?.size ?? 0;
  }

  /** Destinations whose best path has a route target. */
  ofTarget(target: bigint): Iterable<VpnDestination> {
    return this.#byTarget.get(target) ?? [];
  }

  *all(): Iterable<VpnDestination> {
    for (const prefixes of this.#byDistinguisher.values()) yield* prefixes.values();
  }

  /**
   * Makes the first feasible path the best one; gives the best one before where that is another. A destination without
   * paths leaves the table.
   */
  settle(destination: VpnDestination): { readonly before: VpnPath | undefined } | undefined {
    const before = destination.best;
    const [first] = destination.paths;
    const after = first?.feasible ? first : undefined;
    if (destination.paths.length === 0) this.#drop(destination);
    if (before === after) return undefined;
    for (const target of targetsOf(before)) this.#forget(target, destination);
    for (const target of targetsOf(after)) this.#of(this.#byTarget, target).add(destination);
    destination.best = after;
    return { before };
  }

  forgetSource(source: PathSource): void {
    this.#bySource.delete(source);
  }

  #make(at: VpnAddress): VpnDestination {
    const { rdHigh, rdLow, address, length } = at;
    const made: VpnDestination = { rdHigh, rdLow, address, length, paths: [], best: undefined };
    const key = distinguisherKey(at);
    const prefixes = this.#byDistinguisher.get(key) ?? new Map<number, VpnDestination>();
    this.#byDistinguisher.set(key, prefixes.set(prefixKey(address, length), made));
    this.#size++;
    return made;
  }

  #drop(destination: VpnDestination): void {
    const prefixes = this.#byDistinguisher.get(distinguisherKey(destination));
    const key = prefixKey(destination.address, destination.length);
    if (prefixes?.get(key) !== destination) return;
    prefixes.delete(key);
    this.#size--;
    if (prefixes.size === 0) this.#byDistinguisher.delete(distinguisherKey(destination));
  }

  #forget(target: bigint, destination: VpnDestination): void {
    const destinations = this.#byTarget.get(target);
    destinations?.delete(destination);
    if (destinations?.size === 0) this.#byTarget.delete(target);
  }

  #of<K>(index: Map<K, Set<VpnDestination>>, key: K): Set<VpnDestination> {
    const known = index.get(key);
    if (known !== undefined) return known;
    const made = new Set<VpnDestination>();
    index.set(key, made);
    return made;
  }
}

function byName({ source: a }: VpnPath, { source: b }: VpnPath): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/** Route targets of a path. */
export function targetsOf(path: VpnPath | undefined): readonly bigint[] {
  return path?.attributes.extendedCommunities.filter(isRouteTarget) ?? [];
}

/** The distinguisher as one exact number: types are 0, 1 and 2, so the high half is below 2^18. */
function distinguisherKey({ rdHigh, rdLow }: VpnAddress): number {
  return (rdHigh & 0x1fffff) * 0x100000000 + rdLow;
}
