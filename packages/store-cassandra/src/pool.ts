import type { AllocationRequest } from "@contrail/store";

/** What a node believes of a pool: a hint where to try; the table decides. */
export class Pool {
  readonly #taken = new Map<bigint, string>();
  /** Where a search began and ended last: below (or above, from the end) there was nothing free. */
  readonly #reached = new Map<string, bigint>();
  #apart: { readonly step: bigint; readonly untilMs: number } | undefined;

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

  /** Until a time numbers are looked for so far beyond the first free one: another node takes those. */
  moveApart(step: bigint, untilMs: number): void {
    this.#apart = { step, untilMs };
  }

  /** True where the pool was moved apart, and the time is over: what others took meanwhile is not known here. */
  isOutdated(nowMs: number): boolean {
    return this.#apart !== undefined && nowMs >= this.#apart.untilMs;
  }

  /** The lowest or highest number that is believed to be free, or one further on where the pool was moved apart. */
  free(request: AllocationRequest): bigint | undefined {
    const first = this.#firstFree(request);
    if (first === undefined || this.#apart === undefined || request.inOrder) return first;
    for (let { step } = this.#apart; step > 0n; step /= 2n) {
      const beyond = this.#freeFrom(request, request.fromEnd ? first - step : first + step);
      if (beyond !== undefined) return beyond;
    }
    return first;
  }

  #firstFree(request: AllocationRequest): bigint | undefined {
    const { first, last, fromEnd = false } = request;
    const key = `${first} ${last} ${fromEnd}`;
    const found = this.#freeFrom(request, this.#reached.get(key) ?? (fromEnd ? last : first));
    if (found !== undefined) this.#reached.set(key, found);
    return found;
  }

  /** The free number next to one, itself included, in the direction of the search. */
  #freeFrom({ first, last, fromEnd }: AllocationRequest, from: bigint): bigint | undefined {
    const step = fromEnd ? -1n : 1n;
    for (let value = from; value >= first && value <= last; value += step) if (!this.#taken.has(value)) return value;
    return undefined;
  }
}
