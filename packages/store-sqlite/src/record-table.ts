import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { StoredRecord } from "@contrail/store";

/** Users, keys, sessions: rows that are changed only as they were read. Runs inside the caller's transaction. */
export class RecordTable {
  readonly #all: StatementSync;
  readonly #one: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#all = database.prepare("SELECT id, text FROM record WHERE kind = ?");
    this.#one = database.prepare("SELECT text FROM record WHERE kind = ? AND id = ?");
    this.#insert = database.prepare("INSERT OR IGNORE INTO record VALUES (?, ?, ?)");
    this.#update = database.prepare("UPDATE record SET text = ? WHERE kind = ? AND id = ? AND text = ?");
    this.#remove = database.prepare("DELETE FROM record WHERE kind = ? AND id = ? AND text = ?");
  }

  of(kind: string): readonly StoredRecord[] {
    return this.#all.all(kind).map(({ id, text }) => ({ id: String(id), text: String(text) }));
  }

  read(kind: string, id: string): string | undefined {
    return this.#one.get(kind, id)?.text as string | undefined; // TEXT by the schema.
  }

  swap(kind: string, id: string, before: string | undefined, after: string | undefined): boolean {
    if (before === undefined) return after === undefined || this.#insert.run(kind, id, after).changes > 0;
    if (after === undefined) return this.#remove.run(kind, id, before).changes > 0;
    return this.#update.run(after, kind, id, before).changes > 0;
  }
}
