import type { AllocationRequest } from "@contrail/store";

/** What a node believes of a pool: a hint where to try; the table decides. */
export class Pool {
  readonly #taken = new Map<bigint, string>();
  /** Where a search began and ended last: below (or above, from the end) there was nothing free. */
  readonly #reached = new Map<string, bigint>();

  owner(value: bigint): string | undefined {
    return this.#taken.get(value);
  }

  take(value: bigint, owner: string): void {
    this.#taken.set(value, owner);
  }

  /** owner: freed only if it is theirs. */
  release(value: bigint): void {
    if (this.#taken.delete(value)) this.#reached.clear();
  }

  replace(rows: readonly { readonly value: bigint; readonly owner: string }[]): void {
    this.#taken.clear();
    this.#reached.clear();
    for (const { value, owner } of rows) this.#taken.set(value, owner);
  }

  /** The lowest or highest number that is believed to be free. */
  free({ first, last, fromEnd }: AllocationRequest): bigint | undefined {
    const key = `${first} ${last} ${fromEnd ?? false}`;
    const from = this.#reached.get(key);
    if (fromEnd) {
      for (let value = from ?? last; value >= first; value--) if (this.#isFree(key, value)) return value;
    } else {
      for (let value = from ?? first; value <= last; value++) if (this.#isFree(key, value)) return value;
    }
    return undefined;
  }

  #isFree(key: string, value: bigint): boolean {
    if (this.#taken.has(value)) return false;
    this.#reached.set(key, value);
    return true;
  }
}
