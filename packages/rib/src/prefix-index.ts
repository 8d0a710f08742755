import { fromCompactKey, toCompactKey } from "./compact-key.ts";

/**
 * Destinations by prefix key (see prefixKey). Nearly every prefix of an instance has one destination: it stands for
 * itself, and a set is made for two and more only. A set for each would be most of what an imported route takes.
 */
export class PrefixIndex<Place extends object> {
  /** By compact key. */
  readonly #byKey = new Map<number, Place | Set<Place>>();

  /** Prefixes. */
  get size(): number {
    return this.#byKey.size;
  }

  *keys(): Iterable<number> {
    for (const compact of this.#byKey.keys()) yield fromCompactKey(compact);
  }

  /** Destinations of a prefix, in no order. */
  of(key: number): Iterable<Place> {
    const known = this.#byKey.get(toCompactKey(key));
    if (known === undefined) return [];
    return known instanceof Set ? known : [known];
  }

  add(key: number, place: Place): void {
    const compact = toCompactKey(key);
    const known = this.#byKey.get(compact);
    if (known instanceof Set) known.add(place);
    else if (known === undefined) this.#byKey.set(compact, place);
    else if (known !== place) this.#byKey.set(compact, new Set([known, place]));
  }

  /** Takes a destination away; false where it was not there. */
  remove(key: number, place: Place): boolean {
    const compact = toCompactKey(key);
    const known = this.#byKey.get(compact);
    if (known === place) return this.#byKey.delete(compact);
    if (!(known instanceof Set) || !known.delete(place)) return false;
    const [only] = known;
    if (known.size === 1 && only !== undefined) this.#byKey.set(compact, only);
    return true;
  }
}
