import type { DatabaseSync } from "node:sqlite";

/** Makes the tables, and gives those of an older version what they lack. */
export function prepareTables(database: DatabaseSync): void {
  database.exec(SCHEMA);
  const columns = database.prepare("PRAGMA table_info(allocation)").all();
  if (columns.some(({ name }) => name === "claimed_ms")) return;
  database.exec("ALTER TABLE allocation ADD COLUMN claimed_ms INTEGER NOT NULL DEFAULT 0");
}

/** Tables of the object store. All lists and objects are JSON text in the bigint-aware form of @contrail/schema. */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS object (
    uuid TEXT PRIMARY KEY, type TEXT NOT NULL, fq_name TEXT NOT NULL, parent_type TEXT, parent_uuid TEXT,
    revision INTEGER NOT NULL, refs TEXT NOT NULL, properties TEXT NOT NULL,
    derived INTEGER NOT NULL, epoch INTEGER NOT NULL) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS object_by_name ON object (type, fq_name);
  CREATE INDEX IF NOT EXISTS object_by_parent ON object (parent_uuid) WHERE parent_uuid IS NOT NULL;
  CREATE TABLE IF NOT EXISTS reference (
    from_uuid TEXT NOT NULL, to_uuid TEXT NOT NULL, PRIMARY KEY (from_uuid, to_uuid)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS reference_by_target ON reference (to_uuid);
  CREATE TABLE IF NOT EXISTS tombstone (uuid TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS log_mark (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
  INSERT OR IGNORE INTO log_mark VALUES ('config', 0);
  CREATE TABLE IF NOT EXISTS allocation (
    pool TEXT NOT NULL, value TEXT NOT NULL, owner TEXT NOT NULL, claimed_ms INTEGER NOT NULL,
    PRIMARY KEY (pool, value)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS allocation_by_owner ON allocation (owner);
  CREATE TABLE IF NOT EXISTS lease (
    name TEXT PRIMARY KEY, holder TEXT NOT NULL, epoch INTEGER NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS key_value (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
`;
