import { DatabaseSync, type StatementSync } from "node:sqlite";

/** One record as it lies in the file. */
export interface FileRecord {
  readonly offset: bigint;
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** Records to be appended to one topic. */
export interface FileAppend {
  readonly topic: string;
  readonly records: readonly { readonly key: Uint8Array; readonly value: Uint8Array | undefined }[];
}

/** The durable file of a log server: all topics in one SQLite database. Synchronous; lives in the worker thread. */
export interface LogFile {
  /** Appends all in one transaction that is on disk when it returns; gives the first offset of each. */
  append(batch: readonly FileAppend[]): bigint[];
  /** At most limit records from an offset on, of 4 MiB together or one: a message of gRPC has 16 at most. */
  read(topic: string, fromOffset: bigint, limit: number): FileRecord[];
  highWaterMark(topic: string): bigint;
  /** Removes records that a later record of the same key replaces, and tombstones below an offset; gives how many. */
  compact(topic: string, tombstonesBelow: bigint): number;
  topics(): string[];
  close(): void;
}

const READ_BYTES = 4 * 1024 * 1024;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS topic (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS record (
    topic TEXT NOT NULL, position INTEGER NOT NULL, key BLOB NOT NULL, value BLOB,
    PRIMARY KEY (topic, position)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS record_by_key ON record (topic, key, position);
`;

/** Opens or makes the file. Throws where SQLite cannot. */
export function openLogFile(path: string): LogFile {
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  return new SqliteLogFile(database);
}

class SqliteLogFile implements LogFile {
  readonly #database: DatabaseSync;
  readonly #next: StatementSync;
  readonly #setNext: StatementSync;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #compact: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#next = database.prepare("SELECT next FROM topic WHERE name = ?");
    this.#setNext = database.prepare(
      "INSERT INTO topic (name, next) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET next = excluded.next",
    );
    this.#insert = database.prepare("INSERT INTO record (topic, position, key, value) VALUES (?, ?, ?, ?)");
    this.#select = database.prepare(
      "SELECT position, key, value FROM record WHERE topic = ? AND position >= ? ORDER BY position LIMIT ?",
    );
    this.#select.setReadBigInts(true);
    this.#next.setReadBigInts(true);
    this.#compact = database.prepare(`
      DELETE FROM record WHERE topic = ?1 AND (
        (value IS NULL AND position < ?2) OR
        EXISTS (SELECT 1 FROM record later
                WHERE later.topic = record.topic AND later.key = record.key AND later.position > record.position))`);
  }

  append(batch: readonly FileAppend[]): bigint[] {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const first = batch.map((append) => this.#appendOne(append));
      this.#database.exec("COMMIT");
      return first;
    } catch (reason) {
      // SQLite itself has ended a transaction for which the disk had no room.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw reason;
    }
  }

  #appendOne(append: FileAppend): bigint {
    const first = this.highWaterMark(append.topic);
    let offset = first;
    for (const record of append.records) {
      this.#insert.run(append.topic, offset, record.key, record.value ?? null);
      offset += 1n;
    }
    this.#setNext.run(append.topic, offset);
    return first;
  }

  read(topic: string, fromOffset: bigint, limit: number): FileRecord[] {
    const records: FileRecord[] = [];
    let bytes = 0;
    for (const row of this.#select.iterate(topic, fromOffset, limit)) {
      // The columns have these types by the schema.
      const key = row.key as Uint8Array;
      const value = (row.value as Uint8Array | null) ?? undefined;
      bytes += key.length + (value?.length ?? 0);
      if (records.length > 0 && bytes > READ_BYTES) break;
      records.push({ offset: row.position as bigint, key, value });
    }
    return records;
  }

  highWaterMark(topic: string): bigint {
    return (this.#next.get(topic)?.next as bigint | undefined) ?? 0n; // INTEGER by the schema.
  }

  compact(topic: string, tombstonesBelow: bigint): number {
    return Number(this.#compact.run(topic, tombstonesBelow).changes);
  }

  topics(): string[] {
    return this.#database
      .prepare("SELECT name FROM topic ORDER BY name")
      .all()
      .map((row) => String(row.name));
  }

  close(): void {
    this.#database.close();
  }
}
