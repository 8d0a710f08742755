import type { FamilyName } from "@contrail/bgp";
import type { Destination, Path, PathSource } from "./path.ts";

/** What concerns all paths of a source in a family. */
export interface Revision {
  readonly source: PathSource;
  readonly family: FamilyName;
  /** What becomes of a path: another form, the same, or none. */
  readonly revised: (destination: Destination, path: Path) => Path | undefined;
}

/**
 * What concerns all paths of sources, perhaps a million each, and is done bit by bit. A path that is said anew meanwhile
 * is as it would be had all been done before: it is not stale, and has been judged by what holds now.
 */
export class Revisions {
  readonly #pending: { readonly revision: Revision; readonly rest: Iterator<Destination> }[] = [];

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** destinations: those of the source, which may come and go meanwhile. */
  add(revision: Revision, destinations: Iterable<Destination>): void {
    this.#pending.push({ revision, rest: destinations[Symbol.iterator]() });
  }

  /** The next destination to look at, of any source or of one; undefined where there is none. */
  takeNext(source?: PathSource): { readonly destination: Destination; readonly revision: Revision } | undefined {
    for (;;) {
      const pending = this.#pending.find(({ revision }) => source === undefined || revision.source === source);
      if (pending === undefined) return undefined;
      const { value, done } = pending.rest.next();
      if (done !== true) return { destination: value, revision: pending.revision };
      this.#pending.splice(this.#pending.indexOf(pending), 1);
    }
  }

  /** All paths of a source in a family go: nothing else is to become of them. */
  drop(source: PathSource, family: FamilyName): void {
    for (const each of this.#pending.filter(({ revision }) => revision.source === source && revision.family === family))
      this.#pending.splice(this.#pending.indexOf(each), 1);
  }
}
