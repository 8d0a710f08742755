import { isRowDelta, type RowDelta, rowKey, type TableDelta } from "@contrail/forwarding";

/** The rows that the engine should hold: what a new engine process is given. */
export class RowLedger {
  readonly #rows = new Map<string, RowDelta>();

  note(batch: readonly TableDelta[]): void {
    for (const delta of batch) {
      if (isRowDelta(delta)) this.#rows.set(rowKey(delta), delta);
      else this.#rows.delete(rowKey(delta));
    }
  }

  rows(): readonly RowDelta[] {
    return [...this.#rows.values()];
  }

  clear(): void {
    this.#rows.clear();
  }
}
