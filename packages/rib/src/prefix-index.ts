/**
 * Destinations by prefix key (see prefixKey). Nearly every prefix of an instance has one destination: it stands for
 * itself, and a set is made for two and more only. A set for each would be most of what an imported route takes.
 */
export class PrefixIndex<Place extends object> {
  readonly #byKey = new Map<number, Place | Set<Place>>();

  /** Prefixes. */
  get size(): number {
    return this.#byKey.size;
  }

  keys(): Iterable<number> {
    return this.#byKey.keys();
  }

  /** Destinations of a prefix, in no order. */
  of(key: number): Iterable<Place> {
    const known = this.#byKey.get(key);
    if (known === undefined) return [];
    return known instanceof Set ? known : [known];
  }

  add(key: number, place: Place): void {
    const known = this.#byKey.get(key);
    if (known instanceof Set) known.add(place);
    else if (known === undefined) this.#byKey.set(key, place);
    else if (known !== place) this.#byKey.set(key, new Set([known, place]));
  }

  /** Takes a destination away; false where it was not there. */
  remove(key: number, place: Place): boolean {
    const known = this.#byKey.get(key);
    if (known === place) return this.#byKey.delete(key);
    if (!(known instanceof Set) || !known.delete(place)) return false;
    const [only] = known;
    if (known.size === 1 && only !== undefined) this.#byKey.set(key, only);
    return true;
  }
}
