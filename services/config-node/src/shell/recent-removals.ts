import type { GraphChange } from "@contrail/graph";

/** Removed objects that are remembered; the longest removed are forgotten first. */
const MAX_REMEMBERED = 10_000;

/** What a removed object was. */
export interface RemovedName {
  readonly type: string;
  readonly fqName: readonly string[];
}

/** Types and names of objects that were removed a short time ago: the outbox holds their uuids only. */
export class RecentRemovals {
  readonly #names = new Map<string, RemovedName>();

  /** Takes a change of the graph in. */
  note({ uuid, before, after }: GraphChange): void {
    if (after !== undefined) this.#names.delete(uuid);
    if (before === undefined || after !== undefined) return;
    this.#names.delete(uuid);
    this.#names.set(uuid, { type: before.type, fqName: before.fqName });
    const oldest = this.#names.keys().next();
    if (this.#names.size > MAX_REMEMBERED && !oldest.done) this.#names.delete(oldest.value);
  }

  get(uuid: string): RemovedName | undefined {
    return this.#names.get(uuid);
  }
}
