import { isRowDelta, type RowDelta, removalOf, rowKey, type TableDelta } from "@contrail/forwarding";

/** A row that the data plane holds, or may hold. */
interface AppliedRow {
  /** Undefined where its removal was not applied. */
  readonly delta: RowDelta | undefined;
  /** Undefined for the settings, which stay. */
  readonly removal: TableDelta | undefined;
  /** Undefined where it is not known what the data plane holds: the next change says it again. */
  readonly content: string | undefined;
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
      if (held?.content !== undefined && held.delta?.row === delta.row) continue;
      const content = JSON.stringify(delta.row);
      if (held?.content === content) continue;
      this.#applied.set(key, { delta, removal: removalOf(delta), content });
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
      this.#applied.set(rowKey(delta), { delta: row, removal, content: undefined });
    }
  }

  /** Applied rows, for introspect. */
  rows(): readonly RowDelta[] {
    return [...this.#applied.values()].flatMap(({ delta }) => delta ?? []);
  }
}
