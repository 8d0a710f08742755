import type { LargeSet } from "./large-set.ts";
import type { Destination, PathSource } from "./path.ts";

/** Destinations that a source has left, with the place that has been reached among them. */
interface Left {
  readonly source: PathSource;
  readonly destinations: LargeSet<Destination>;
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
  add(source: PathSource, destinations: LargeSet<Destination>): void {
    if (destinations.size > 0) this.#left.push({ source, destinations, rest: destinations.values() });
  }

  /** Takes out a destination that a source has left; false where it has not. */
  take(destination: Destination, source: PathSource): boolean {
    const left = this.#left.find((each) => each.source === source && each.destinations.delete(destination));
    if (left !== undefined) this.#endIfEmpty(left);
    return left !== undefined;
  }

  /** Takes out the next one, with the source that has left it; undefined where there is none. */
  takeNext(): { readonly destination: Destination; readonly source: PathSource } | undefined {
    const [left] = this.#left;
    const next = left?.rest.next();
    if (left === undefined || next === undefined || next.done === true) return undefined;
    left.destinations.delete(next.value);
    this.#endIfEmpty(left);
    return { destination: next.value, source: left.source };
  }

  #endIfEmpty(left: Left): void {
    if (left.destinations.size === 0) this.#left.splice(this.#left.indexOf(left), 1);
  }
}
