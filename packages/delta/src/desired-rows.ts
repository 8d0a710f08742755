import { isRowDelta, type RowDelta, removalOf, rowKey, type TableDelta } from "@contrail/forwarding";

/** A row that the data plane holds, or may hold. */
interface AppliedRow {
  /** Undefined where its removal was not applied. */
  readonly delta: RowDelta | undefined;
  /** Undefined for the settings, which stay. */
  readonly removal: TableDelta | undefined;
  /** False where it is not known what the data plane holds: the next change says it again. */
  readonly certain: boolean;
}

/**
 * Desired rows against those that were applied: gives what changed since the last time, as deltas.
 * Rows are compared by content, so a recalculation that ends in the same rows changes nothing.
 */
export class DesiredRows {
  readonly #applied = new Map<string, AppliedRow>();

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
      const held = this.#applied.get(key);
      if (held?.certain === true && sameContent(held.delta?.row, delta.row)) continue;
      this.#applied.set(key, { delta, removal: removalOf(delta), certain: true });
      deltas.push(delta);
    }
    for (const [key, { removal }] of this.#applied) {
      if (wanted.has(key) || removal === undefined) continue;
      this.#applied.delete(key);
      deltas.push(removal);
    }
    return deltas;
  }

  /** After a failed application, of which any part may have happened: the next change brings or removes these rows again. */
  forget(deltas: Iterable<TableDelta>): void {
    for (const delta of deltas) {
      const row = isRowDelta(delta) ? delta : undefined;
      const removal = row === undefined ? delta : removalOf(row);
      this.#applied.set(rowKey(delta), { delta: row, removal, certain: false });
    }
  }

  /** Applied rows, for introspect. */
  rows(): readonly RowDelta[] {
    return [...this.#applied.values()].flatMap(({ delta }) => delta ?? []);
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
