import { randomUUID } from "node:crypto";
import { chmodSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Clock } from "@contrail/clock";
import type { Kind, Row, Rows } from "../core/rows.ts";
import type { IndexedField, World } from "../core/world.ts";
import { Table } from "./table.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS object (
    kind TEXT NOT NULL, uuid TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, uuid)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counter (kind TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;`;

/** First numbers, as CloudStack's database has them: below are its own. */
const FIRST_NUMBERS: Readonly<Partial<Record<Kind, number>>> = { network: 204, account: 1, user: 1 };

/** Kinds that grow without end are cut to so many, the oldest first. */
const KEPT: Readonly<Partial<Record<Kind, number>>> = { job: 20_000, event: 50_000, webhookDelivery: 5_000 };

type NewRow<K extends Kind> = Omit<Rows[K], "uuid" | "number" | "createdMs"> & { readonly uuid?: string };

/**
 * All objects: read from memory, kept in SQLite. A change is seen at once and is durable when commit() resolves;
 * changes that wait together share a transaction. A write that fails ends the process: memory must not run ahead.
 */
export class Store implements World {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #tables = new Map<Kind, Table<Row>>();
  readonly #counters = new Map<Kind, number>();
  readonly #dirty = new Map<string, { readonly kind: Kind; readonly uuid: string }>();
  readonly #dirtyCounters = new Set<Kind>();
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #count: StatementSync;
  #next: Promise<void> | undefined;

  /** Opens or makes the file; readable by its owner only, because it holds keys. Rows are in memory afterwards. */
  constructor(path: string, clock: Clock) {
    this.#clock = clock;
    this.#database = new DatabaseSync(path);
    chmodSync(path, 0o600);
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${SCHEMA}`);
    this.#put = this.#database.prepare("INSERT OR REPLACE INTO object (kind, uuid, number, body) VALUES (?, ?, ?, ?)");
    this.#remove = this.#database.prepare("DELETE FROM object WHERE kind = ? AND uuid = ?");
    this.#count = this.#database.prepare("INSERT OR REPLACE INTO counter (kind, last) VALUES (?, ?)");
    for (const { kind, body } of this.#database.prepare("SELECT kind, body FROM object ORDER BY number").iterate()) {
      this.#table(String(kind) as Kind).set(JSON.parse(String(body)) as Rows[Kind]); // Written by #flush.
    }
    for (const { kind, last } of this.#database.prepare("SELECT kind, last FROM counter").iterate()) {
      this.#counters.set(String(kind) as Kind, Number(last)); // Written by #flush.
    }
  }

  find<K extends Kind>(kind: K, uuid: string | undefined): Rows[K] | undefined {
    return uuid === undefined ? undefined : this.#table(kind).get(uuid);
  }

  all<K extends Kind>(kind: K): Iterable<Rows[K]> {
    return this.#table(kind).all();
  }

  where<K extends Kind>(kind: K, field: IndexedField<K>, value: string): readonly Rows[K][] {
    return this.#table(kind).where(String(field), value);
  }

  /** The key pair of an apikey parameter. */
  keyOf(apiKey: string): Rows["apiKey"] | undefined {
    return this.where("apiKey", "apiKey", apiKey)[0];
  }

  count(kind: Kind): number {
    return this.#table(kind).size;
  }

  /** Makes a row: uuid, number and time of making are given here. */
  make<K extends Kind>(kind: K, fields: NewRow<K>): Rows[K] {
    const number = (this.#counters.get(kind) ?? FIRST_NUMBERS[kind] ?? 0) + 1;
    this.#counters.set(kind, number);
    this.#dirtyCounters.add(kind);
    const own = { uuid: randomUUID(), number, createdMs: this.#clock.wallMs() };
    const row = { ...own, ...fields } as unknown as Rows[K]; // NewRow is Rows[K] without these three.
    this.put(kind, row);
    this.#trim(kind);
    return row;
  }

  /** Puts a newer form of a row in the place of the old one. */
  put<K extends Kind>(kind: K, row: Rows[K]): void {
    this.#table(kind).set(row);
    this.#dirty.set(`${kind} ${row.uuid}`, { kind, uuid: row.uuid });
  }

  /** Changes some fields of a row that is still there; gives the new form. */
  change<K extends Kind>(kind: K, uuid: string, fields: Partial<Rows[K]>): Rows[K] {
    const old = this.find(kind, uuid);
    if (old === undefined) throw new Error(`${kind} ${uuid} is gone`);
    const row = { ...old, ...fields };
    this.put(kind, row);
    return row;
  }

  drop(kind: Kind, uuid: string): void {
    this.#table(kind).delete(uuid);
    this.#dirty.set(`${kind} ${uuid}`, { kind, uuid });
  }

  /** Resolves when all changes made until now are on disk. */
  commit(): Promise<void> {
    if (this.#dirty.size === 0 && this.#next === undefined) return Promise.resolve();
    this.#next ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#next = undefined;
        try {
          this.#flush();
          resolve();
        } catch (reason) {
          reject(reason);
          queueMicrotask(() => {
            throw reason;
          });
        }
      });
    });
    return this.#next;
  }

  close(): void {
    this.#flush();
    this.#database.close();
  }

  #flush(): void {
    if (this.#dirty.size === 0 && this.#dirtyCounters.size === 0) return;
    this.#database.exec("BEGIN IMMEDIATE");
    for (const { kind, uuid } of this.#dirty.values()) {
      const row = this.find(kind, uuid);
      if (row === undefined) this.#remove.run(kind, uuid);
      else this.#put.run(kind, uuid, row.number, JSON.stringify(row));
    }
    for (const kind of this.#dirtyCounters) this.#count.run(kind, this.#counters.get(kind) ?? 0);
    this.#database.exec("COMMIT");
    this.#dirty.clear();
    this.#dirtyCounters.clear();
  }

  #trim(kind: Kind): void {
    const most = KEPT[kind];
    if (most === undefined || this.count(kind) <= most) return;
    const [oldest] = this.all(kind);
    if (oldest !== undefined) this.drop(kind, oldest.uuid);
  }

  #table<K extends Kind>(kind: K): Table<Rows[K]> {
    let table = this.#tables.get(kind);
    if (table === undefined) {
      table = new Table<Row>(kind);
      this.#tables.set(kind, table);
    }
    return table as unknown as Table<Rows[K]>; // Only rows of this kind are put under it.
  }
}
