import type { Destination, PathSource } from "./path.ts";

/** Destinations that a source has left, with the place that has been reached among them. */
interface Left {
  readonly source: PathSource;
  readonly destinations: Set<Destination>;
  /** One for all parts: a new one would have to pass over all that has been taken out. */
  readonly rest: Iterator<Destination>;
}

/**
 * What sources have left behind: destinations with paths of a source that went away, perhaps with a million of them.
 * They are taken out in parts, and until then their paths stay in use. A source may come back meanwhile: what it says
 * anew of a destination ends what it has left there, see take.
 */
export class Departures {
  readonly #left: Left[] = [];

  get isEmpty(): boolean {
    return this.#left.length === 0;
  }

  /** A source leaves these; the set is owned from here on. */
  add(source: PathSource, destinations: Set<Destination>): void {
    if (destinations.size > 0) this.#left.push({ source, destinations, rest: destinations.values() });
  }

  /** Takes out a destination that a source has left; false where it has not. */
  take(destination: Destination, source: PathSource): boolean {
    return this.#left.some((left) => left.source === source && left.destinations.delete(destination));
  }

  /** Takes out the next one and gives it to the callback; false where there is none. */
  takeNext(taken: (destination: Destination, source: PathSource) => void): boolean {
    for (let [left] = this.#left; left !== undefined; [left] = this.#left) {
      const { source, destinations, rest } = left;
      const { value, done } = rest.next();
      if (done !== true) {
        destinations.delete(value);
        taken(value, source);
        return true;
      }
      this.#left.shift();
    }
    return false;
  }
}
