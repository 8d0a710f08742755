import { type DataPlane, type FlowRange, MOST_FLOWS, type SweepResult } from "@contrail/dataplane";
import { ContrailError } from "@contrail/errors";
import { type FlowEntry, isRowDelta, type RowDelta, rowKey, type TableDelta } from "@contrail/forwarding";

type RowOf<K extends RowDelta["kind"]> = Extract<RowDelta, { kind: K }>["row"];

/** A data plane that holds rows and forwards nothing, for tests of the agent's shell. Survives its agents. */
export class TableDataPlane implements DataPlane {
  readonly engine = "table";
  readonly rows = new Map<string, RowDelta>();
  /** Keys of rows that were there before the present agent and that it has not named. */
  #unnamed = new Set<string>();
  sweeps = 0;
  /** What flows() shows. */
  entries: readonly FlowEntry[] = [];
  /** Fails the next so many applications. */
  failures = 0;
  /** Keys of rows that there is no room for. */
  readonly roomless = new Set<string>();

  /** A new agent opens it. */
  reopen(): void {
    this.#unnamed = new Set(this.rows.keys());
    this.sweeps = 0;
  }

  rowsOf<K extends RowDelta["kind"]>(kind: K): RowOf<K>[] {
    // The kind tells the row's type.
    return [...this.rows.values()].flatMap((delta) => (delta.kind === kind ? [delta.row as RowOf<K>] : []));
  }

  apply(batch: readonly TableDelta[]): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(new Error("out of order"));
    }
    const refused = batch.map(rowKey).filter((key) => this.roomless.has(key));
    for (const delta of batch) {
      if (refused.includes(rowKey(delta))) continue;
      this.#unnamed.delete(rowKey(delta));
      if (isRowDelta(delta)) this.rows.set(rowKey(delta), delta);
      else this.rows.delete(rowKey(delta));
    }
    if (refused.length === 0) return Promise.resolve();
    return Promise.reject(new ContrailError("dataplane.over_quota", "no room", { fields: { rows: refused } }));
  }

  sweep(): Promise<SweepResult> {
    this.sweeps += 1;
    for (const key of this.#unnamed) this.rows.delete(key);
    const removedRows = this.#unnamed.size;
    this.#unnamed.clear();
    return Promise.resolve({ removedRows });
  }

  flows({ offset = 0, limit = MOST_FLOWS }: FlowRange = {}): ReturnType<DataPlane["flows"]> {
    return Promise.resolve(this.entries.slice(offset, offset + limit));
  }

  drops(): ReturnType<DataPlane["drops"]> {
    return Promise.resolve(new Map());
  }

  interfaceCounters(): ReturnType<DataPlane["interfaceCounters"]> {
    return Promise.resolve(new Map());
  }

  tableSizes(): ReturnType<DataPlane["tableSizes"]> {
    return Promise.resolve({ rows: this.rows.size });
  }

  ageFlows(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    this.rows.clear();
    return Promise.resolve();
  }
}
