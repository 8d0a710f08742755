import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ContrailError } from "@contrail/errors";
import type { OutboxEntry, StoredState } from "@contrail/store";
import type { ObjectRow } from "./object-row.ts";

type Row = Readonly<Record<string, unknown>>;

/** Users of an object that a refusal names. */
const MAX_NAMED = 100;

/** An object to be written: its row, whose revision is not looked at, and the uuids that it refers to. */
export interface WrittenRow {
  readonly row: ObjectRow;
  readonly targets: readonly string[];
}

/** Where an object's row is, and its revision. */
interface Place {
  readonly position: bigint;
  readonly revision: bigint;
}

/** Objects, names, references, tombstones and the outbox. Every method runs inside the caller's transaction. */
export class ObjectTable {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
  }

  /** Gives the new revision. */
  write(written: WrittenRow, expectedRevision: bigint | undefined): bigint {
    const [uuid] = written.row;
    const before = this.#place(uuid);
    this.#checkRevision(uuid, before?.revision, expectedRevision);
    this.#checkName(written.row);
    this.#checkTargets(written);
    const revision = this.#nextRevision(uuid, before?.revision);
    this.#put(written, revision, before);
    return revision;
  }

  restore(written: WrittenRow): void {
    const [uuid, , , , , revision] = written.row;
    const there = this.#place(uuid);
    if (there?.revision === revision) return;
    if (there !== undefined || this.#buried(uuid) > revision) {
      throw new ContrailError("store.conflict", `${uuid} is there, or was, in another revision`, { fields: { uuid } });
    }
    this.#checkName(written.row);
    this.#put(written, revision, there);
  }

  /** Gives the row that was there, and the revision of its tombstone. besides: as in RemovalOptions. */
  remove(
    uuid: string,
    expectedRevision: bigint,
    besides: ReadonlySet<string> = new Set(),
  ): { readonly row: ObjectRow; readonly revision: bigint } {
    const row = this.read(uuid);
    if (row === undefined) throw new ContrailError("store.not_found", `${uuid} does not exist`);
    const [, , , , , before] = row;
    this.#checkRevision(uuid, before, expectedRevision);
    refuse("store.children_conflict", this.#statements.children.iterate(uuid), besides);
    refuse("store.referred_conflict", this.#statements.referrers.iterate(uuid, uuid), besides);
    const revision = this.#nextRevision(uuid, before);
    this.#statements.dropReferences.run(uuid);
    this.#statements.dropObject.run(uuid);
    this.#statements.putTombstone.run(uuid, revision);
    this.#enqueue({ uuid, revision });
    return { row, revision };
  }

  read(uuid: string): ObjectRow | undefined {
    const row = this.#statements.object.get(uuid);
    return row === undefined ? undefined : values(row);
  }

  state(uuid: string): StoredState | undefined {
    const object = this.#statements.place.get(uuid);
    const row = object ?? this.#statements.tombstone.get(uuid);
    // INTEGER by the schema.
    return row === undefined ? undefined : { revision: row.revision as bigint, isThere: object !== undefined };
  }

  /** fqName: as its column has it. */
  findName(type: string, fqName: string): string | undefined {
    return this.#statements.byName.get(type, fqName)?.uuid as string | undefined; // TEXT by the schema.
  }

  page(after: string, limit: number): ObjectRow[] {
    return this.#statements.page.all(after, limit).map(values);
  }

  outbox(limit: number): OutboxEntry[] {
    // Columns are TEXT and INTEGER by the schema.
    return this.#statements.outbox
      .all(limit)
      .map((row) => ({ uuid: row.uuid as string, revision: row.revision as bigint }));
  }

  published(entry: OutboxEntry, end: bigint): void {
    this.#statements.dropOutbox.run(entry.uuid, entry.revision);
    this.#statements.moveLogMark.run(end, end);
  }

  logged(): bigint {
    return this.#statements.logMark.get()?.position as bigint; // INTEGER, in the one row, by the schema.
  }

  #put({ row, targets }: WrittenRow, revision: bigint, before: Place | undefined): void {
    const [uuid, type, fqName, parentType, parentUuid, , refs, properties, derived, epoch] = row;
    const columns = [type, fqName, parentType, parentUuid, revision, refs, properties, derived, epoch];
    const position =
      before === undefined ? this.#statements.insertObject.run(uuid, ...columns).lastInsertRowid : before.position;
    if (before !== undefined) {
      this.#statements.updateObject.run(...columns, position);
      this.#statements.dropReferences.run(uuid);
    }
    for (const target of targets) this.#statements.putReference.run(position, target);
    this.#enqueue({ uuid, revision });
  }

  #enqueue(entry: OutboxEntry): void {
    this.#statements.dropOutboxOf.run(entry.uuid);
    this.#statements.putOutbox.run(entry.uuid, entry.revision);
  }

  #place(uuid: string): Place | undefined {
    return this.#statements.place.get(uuid) as Place | undefined; // INTEGER, both, by the schema.
  }

  #checkRevision(uuid: string, before: bigint | undefined, expected: bigint | undefined): void {
    if (before === expected) return;
    const message =
      before === undefined
        ? `${uuid} does not exist`
        : expected === undefined
          ? `${uuid} exists`
          : `${uuid} has revision ${before}, not ${expected}`;
    const fqName = this.read(uuid)?.[2];
    const fields = { uuid, fqName: fqName === undefined ? undefined : JSON.parse(fqName), revision: before };
    throw new ContrailError("store.conflict", message, { fields });
  }

  #checkName([uuid, type, fqName]: ObjectRow): void {
    const named = this.findName(type, fqName);
    if (named === undefined || named === uuid) return;
    throw new ContrailError("store.name_conflict", `the name is taken by ${named}`, { fields: { uuid: named } });
  }

  #checkTargets({ row, targets }: WrittenRow): void {
    const [uuid, , , , parentUuid] = row;
    for (const target of parentUuid === null ? targets : [...targets, parentUuid]) {
      if (target === uuid || this.#statements.exists.get(target) !== undefined) continue;
      throw new ContrailError("store.reference_bad_request", `${target} does not exist`, { fields: { uuid: target } });
    }
  }

  #nextRevision(uuid: string, before: bigint | undefined): bigint {
    return (before ?? this.#buried(uuid)) + 1n;
  }

  /** Revision of the tombstone of a uuid; 0 where there is none. */
  #buried(uuid: string): bigint {
    return (this.#statements.tombstone.get(uuid)?.revision as bigint | undefined) ?? 0n; // INTEGER by the schema.
  }
}

function refuse(code: string, users: Iterable<Row>, besides: ReadonlySet<string>): void {
  const uuids: string[] = [];
  for (const { uuid } of users) {
    if (!besides.has(String(uuid))) uuids.push(String(uuid));
    if (uuids.length === MAX_NAMED) break;
  }
  if (uuids.length === 0) return;
  throw new ContrailError(code, `still in use by ${uuids.join(", ")}`, { fields: { uuids } });
}

/** A row's columns, in the order of the table and with the types of the schema. */
function values(row: Row): ObjectRow {
  return Object.values(row) as unknown as ObjectRow;
}

/** Those of ObjectRow, in its order. */
const COLUMNS = "uuid, type, fq_name, parent_type, parent_uuid, revision, refs, properties, derived, epoch";

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => {
    const prepared = database.prepare(sql);
    prepared.setReadBigInts(true);
    return prepared;
  };
  return {
    object: statement(`SELECT ${COLUMNS} FROM object WHERE uuid = ?`),
    place: statement("SELECT position, revision FROM object WHERE uuid = ?"),
    exists: statement("SELECT 1 FROM object WHERE uuid = ?"),
    byName: statement("SELECT uuid FROM object WHERE type = ? AND fq_name = ?"),
    page: statement(`SELECT ${COLUMNS} FROM object WHERE uuid > ? ORDER BY uuid LIMIT ?`),
    insertObject: statement(`INSERT INTO object (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    updateObject: statement(
      `UPDATE object SET type = ?, fq_name = ?, parent_type = ?, parent_uuid = ?, revision = ?, refs = ?, properties = ?,
        derived = ?, epoch = ? WHERE position = ?`,
    ),
    dropObject: statement("DELETE FROM object WHERE uuid = ?"),
    children: statement("SELECT uuid FROM object WHERE parent_uuid = ?"),
    referrers: statement(
      "SELECT uuid FROM reference JOIN object ON position = from_position WHERE to_uuid = ? AND uuid <> ?",
    ),
    putReference: statement("INSERT OR IGNORE INTO reference VALUES (?, ?)"),
    dropReferences: statement(
      "DELETE FROM reference WHERE from_position = (SELECT position FROM object WHERE uuid = ?)",
    ),
    tombstone: statement("SELECT revision FROM tombstone WHERE uuid = ?"),
    putTombstone: statement("INSERT OR REPLACE INTO tombstone VALUES (?, ?)"),
    outbox: statement("SELECT uuid, revision FROM outbox ORDER BY position LIMIT ?"),
    putOutbox: statement("INSERT INTO outbox (uuid, revision) VALUES (?, ?)"),
    dropOutbox: statement("DELETE FROM outbox WHERE uuid = ? AND revision = ?"),
    dropOutboxOf: statement("DELETE FROM outbox WHERE uuid = ?"),
    logMark: statement("SELECT position FROM log_mark"),
    moveLogMark: statement("UPDATE log_mark SET position = ? WHERE position < ?"),
  };
}
