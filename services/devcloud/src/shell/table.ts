import type { Kind, Row } from "../core/rows.ts";
import { INDEXES } from "../core/world.ts";

/** The rows of one kind in memory, in the order of making, with their indexes. */
export class Table<R extends Row> {
  readonly #rows = new Map<string, R>();
  readonly #indexes = new Map<string, Map<string, Set<string>>>();

  constructor(kind: Kind) {
    const fields: readonly string[] = (INDEXES as Partial<Record<Kind, readonly string[]>>)[kind] ?? []; // Some kinds have none.
    for (const field of fields) this.#indexes.set(field, new Map());
  }

  get(uuid: string): R | undefined {
    return this.#rows.get(uuid);
  }

  all(): Iterable<R> {
    return this.#rows.values();
  }

  get size(): number {
    return this.#rows.size;
  }

  where(field: string, value: string): readonly R[] {
    const index = this.#indexes.get(field);
    if (index === undefined) throw new Error(`no index on ${field}`);
    const found: R[] = [];
    for (const uuid of index.get(value) ?? []) {
      const row = this.#rows.get(uuid);
      if (row !== undefined) found.push(row);
    }
    return found;
  }

  /** Adds a row or puts a newer one in its place. */
  set(row: R): void {
    const old = this.#rows.get(row.uuid);
    this.#rows.set(row.uuid, row);
    for (const [field, index] of this.#indexes) {
      const before = old === undefined ? undefined : fieldOf(old, field);
      const now = fieldOf(row, field);
      if (before === now) continue;
      if (before !== undefined) unlink(index, before, row.uuid);
      if (now !== undefined) link(index, now, row.uuid);
    }
  }

  delete(uuid: string): void {
    const old = this.#rows.get(uuid);
    if (old === undefined) return;
    this.#rows.delete(uuid);
    for (const [field, index] of this.#indexes) {
      const before = fieldOf(old, field);
      if (before !== undefined) unlink(index, before, uuid);
    }
  }
}

function fieldOf(row: Row, field: string): string | undefined {
  const value = (row as unknown as Readonly<Record<string, unknown>>)[field]; // Indexed fields are texts or absent (INDEXES).
  return typeof value === "string" ? value : undefined;
}

function link(index: Map<string, Set<string>>, value: string, uuid: string): void {
  const set = index.get(value);
  if (set === undefined) index.set(value, new Set([uuid]));
  else set.add(uuid);
}

function unlink(index: Map<string, Set<string>>, value: string, uuid: string): void {
  const set = index.get(value);
  set?.delete(uuid);
  if (set?.size === 0) index.delete(value);
}
