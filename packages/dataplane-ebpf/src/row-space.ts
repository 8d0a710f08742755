/** Rows one after the other: the first, and how many. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** Which rows of a table of fixed size are free; ranges are given whole, the first that is large enough. */
export class RowSpace {
  /** Ascending, none next to another. */
  #free: RowRange[];

  constructor(rows: number) {
    this.#free = [{ first: 0, count: rows }];
  }

  /** The first row of a range that is now taken; undefined where none is large enough. */
  take(count: number): number | undefined {
    const index = this.#free.findIndex((range) => range.count >= count);
    const range = this.#free[index];
    if (range === undefined) return undefined;
    this.#replace(index, { first: range.first + count, count: range.count - count });
    return range.first;
  }

  /** Marks a range as taken that was found so; it must be free. */
  claim({ first, count }: RowRange): void {
    const index = this.#free.findIndex((range) => range.first <= first && first + count <= range.first + range.count);
    const range = this.#free[index];
    if (range === undefined) throw new RangeError(`rows ${first} to ${first + count - 1} are not free`);
    const after = { first: first + count, count: range.first + range.count - first - count };
    this.#replace(index, { first: range.first, count: first - range.first }, after);
  }

  /** Gives a range back that was taken. */
  give(range: RowRange): void {
    const sorted = [...this.#free, range].sort((a, b) => a.first - b.first);
    this.#free = sorted.reduce<RowRange[]>((merged, { first, count }) => {
      const last = merged.at(-1);
      if (last === undefined || last.first + last.count < first) merged.push({ first, count });
      else merged[merged.length - 1] = { first: last.first, count: last.count + count };
      return merged;
    }, []);
  }

  /** Free rows in all. */
  freeRows(): number {
    return this.#free.reduce((sum, { count }) => sum + count, 0);
  }

  #replace(index: number, ...ranges: readonly RowRange[]): void {
    this.#free.splice(index, 1, ...ranges.filter(({ count }) => count > 0));
  }
}
