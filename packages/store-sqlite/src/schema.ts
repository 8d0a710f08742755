import type { DatabaseSync } from "node:sqlite";
import { ContrailError } from "@contrail/errors";
import { leaveWal } from "./in-use.ts";

/**
 * Makes the tables, and brings those of an older version to their present form. Throws "store.unavailable" where a node of
 * that version is at work on them.
 */
export function prepareTables(database: DatabaseSync): void {
  if (isInOrderOfUuids(database)) takeOver(database);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec(TABLES);
  if (columnsOf(database, "allocation").includes("claimed_ms")) return;
  database.exec("ALTER TABLE allocation ADD COLUMN claimed_ms INTEGER NOT NULL DEFAULT 0");
}

/** In files of earlier releases objects and references lie in the order of uuids. */
function isInOrderOfUuids(database: DatabaseSync): boolean {
  const columns = columnsOf(database, "object");
  return columns.length > 0 && !columns.includes("position");
}

function takeOver(database: DatabaseSync): void {
  if (!leaveWal(database)) {
    const text = "the store is of an earlier release, and a node of that one is at work on it: stop it first";
    throw new ContrailError("store.unavailable", text);
  }
  database.exec("BEGIN IMMEDIATE");
  // Another process may have come first.
  if (isInOrderOfUuids(database)) database.exec(`${SET_ASIDE} ${TABLES} ${TAKE_OVER}`);
  database.exec("COMMIT");
}

/** None where the table is not there. */
function columnsOf(database: DatabaseSync, table: string): string[] {
  return database
    .prepare("SELECT name FROM pragma_table_info(?)")
    .all(table)
    .map(({ name }) => String(name));
}

/**
 * Tables of the object store. All lists and objects are JSON text in the bigint-aware form of @contrail/schema. Objects and
 * their references lie in the order in which they were made: by their random uuids each would change pages of its own.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS object (
    position INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, type TEXT NOT NULL, fq_name TEXT NOT NULL,
    parent_type TEXT, parent_uuid TEXT, revision INTEGER NOT NULL, refs TEXT NOT NULL, properties TEXT NOT NULL,
    derived INTEGER NOT NULL, epoch INTEGER NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS object_by_name ON object (type, fq_name);
  CREATE INDEX IF NOT EXISTS object_by_parent ON object (parent_uuid) WHERE parent_uuid IS NOT NULL;
  CREATE TABLE IF NOT EXISTS reference (
    from_position INTEGER NOT NULL, to_uuid TEXT NOT NULL, PRIMARY KEY (from_position, to_uuid)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS reference_by_target ON reference (to_uuid);
  CREATE TABLE IF NOT EXISTS tombstone (uuid TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outbox (
    position INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL);
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

const SET_ASIDE = `
  DROP INDEX IF EXISTS object_by_name; DROP INDEX IF EXISTS object_by_parent; DROP INDEX IF EXISTS reference_by_target;
  ALTER TABLE object RENAME TO object_by_uuid;
  ALTER TABLE reference RENAME TO reference_by_uuid;
`;
const TAKE_OVER = `
  INSERT INTO object (uuid, type, fq_name, parent_type, parent_uuid, revision, refs, properties, derived, epoch)
    SELECT uuid, type, fq_name, parent_type, parent_uuid, revision, refs, properties, derived, epoch FROM object_by_uuid;
  INSERT INTO reference SELECT position, to_uuid FROM reference_by_uuid JOIN object ON uuid = from_uuid;
  DROP TABLE object_by_uuid;
  DROP TABLE reference_by_uuid;
`;
