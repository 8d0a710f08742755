import { isRowDelta, type RowDelta, removalOf, rowKey, type TableDelta } from "@contrail/forwarding";

/**
 * Desired rows against those that were applied: gives what changed since the last time, as deltas.
 * Rows are compared by content, so a recalculation that ends in the same rows changes nothing.
 */
export class DesiredRows {
  readonly #applied = new Map<string, RowDelta>();
  /** Removals that failed. */
  readonly #owed = new Map<string, TableDelta>();

  /** Rows that are applied. */
  get size(): number {
    return this.#applied.size;
  }

  /** Deltas from the applied rows to the desired ones, which count as applied from now on. */
  change(desired: Iterable<RowDelta>): readonly TableDelta[] {
    const deltas: TableDelta[] = [];
    const wanted = new Set<string>();
    for (const delta of desired) {
      const key = rowKey(delta);
      wanted.add(key);
      this.#owed.delete(key);
      const applied = this.#applied.get(key);
      if (applied !== undefined && sameContent(applied.row, delta.row)) continue;
      this.#applied.set(key, delta);
      deltas.push(delta);
    }
    for (const [key, delta] of this.#applied) {
      if (wanted.has(key)) continue;
      const removal = removalOf(delta);
      if (removal === undefined) continue;
      this.#applied.delete(key);
      deltas.push(removal);
    }
    deltas.push(...this.#owed.values());
    this.#owed.clear();
    return deltas;
  }

  /** Takes changes back, as after a failed application: the next change brings them again, removals too. */
  forget(deltas: Iterable<TableDelta>): void {
    for (const delta of deltas) {
      if (isRowDelta(delta)) this.#applied.delete(rowKey(delta));
      else this.#owed.set(rowKey(delta), delta);
    }
  }

  /** Applied rows, for introspect. */
  rows(): readonly RowDelta[] {
    return [...this.#applied.values()];
  }
}

/** True for equal plain data. Thousands of rows are compared at every change, so no text is made of them. */
function sameContent(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), b as Readonly<Record<string, unknown>>]; // An object, as was just seen.
  if (left.length !== Object.keys(b).length) return false;
  return left.every(([name, value]) => name in right && sameContent(value, right[name]));
}
