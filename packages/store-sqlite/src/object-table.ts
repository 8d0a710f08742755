import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ContrailError } from "@contrail/errors";
import { type ConfigObject, type ConfigReference, type JsonObject, parseJson, stringifyJson } from "@contrail/schema";
import type { OutboxEntry, Removed, StoredState } from "@contrail/store";

type Row = Readonly<Record<string, unknown>>;

/** Objects, names, references, tombstones and the outbox. Every method runs inside the caller's transaction. */
export class ObjectTable {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
  }

  write(object: ConfigObject, expectedRevision: bigint | undefined): ConfigObject {
    const before = this.read(object.uuid);
    this.#checkRevision(object.uuid, before, expectedRevision);
    this.#checkName(object);
    this.#checkTargets(object);
    return this.#put({ ...object, revision: this.#nextRevision(object.uuid, before) });
  }

  restore(object: ConfigObject): void {
    const { uuid, revision } = object;
    const there = this.read(uuid);
    if (there?.revision === revision) return;
    if (there !== undefined || this.#buried(uuid) > revision) {
      throw new ContrailError("store.conflict", `${uuid} is there, or was, in another revision`, { fields: { uuid } });
    }
    this.#checkName(object);
    this.#put(object);
  }

  #put(object: ConfigObject): ConfigObject {
    const { uuid, revision } = object;
    this.#statements.putObject.run(...columns(object));
    this.#statements.dropReferences.run(uuid);
    for (const ref of object.refs) this.#statements.putReference.run(uuid, ref.toUuid);
    this.#enqueue({ uuid, revision });
    return object;
  }

  remove(uuid: string, expectedRevision: bigint): Removed {
    const object = this.read(uuid);
    if (object === undefined) throw new ContrailError("store.not_found", `${uuid} does not exist`);
    this.#checkRevision(uuid, object, expectedRevision);
    refuse("store.children_conflict", this.#statements.children.all(uuid));
    refuse("store.referred_conflict", this.#statements.referrers.all(uuid, uuid));
    const revision = this.#nextRevision(uuid, object);
    this.#statements.dropObject.run(uuid);
    this.#statements.dropReferences.run(uuid);
    this.#statements.putTombstone.run(uuid, revision);
    this.#enqueue({ uuid, revision });
    return { object, revision };
  }

  read(uuid: string): ConfigObject | undefined {
    const row = this.#statements.object.get(uuid);
    return row === undefined ? undefined : fromRow(row);
  }

  state(uuid: string): StoredState | undefined {
    const object = this.#statements.revision.get(uuid);
    const row = object ?? this.#statements.tombstone.get(uuid);
    // INTEGER by the schema.
    return row === undefined ? undefined : { revision: row.revision as bigint, isThere: object !== undefined };
  }

  findName(type: string, fqName: readonly string[]): string | undefined {
    return this.#statements.byName.get(type, JSON.stringify(fqName))?.uuid as string | undefined; // TEXT by the schema.
  }

  page(after: string, limit: number): ConfigObject[] {
    return this.#statements.page.all(after, limit).map(fromRow);
  }

  outbox(limit: number): OutboxEntry[] {
    // Columns are TEXT and INTEGER by the schema.
    return this.#statements.outbox
      .all(limit)
      .map((row) => ({ uuid: row.uuid as string, revision: row.revision as bigint }));
  }

  published(entry: OutboxEntry): void {
    this.#statements.dropOutbox.run(entry.uuid, entry.revision);
  }

  #enqueue(entry: OutboxEntry): void {
    this.#statements.dropOutboxOf.run(entry.uuid);
    this.#statements.putOutbox.run(entry.uuid, entry.revision);
  }

  #checkRevision(uuid: string, before: ConfigObject | undefined, expected: bigint | undefined): void {
    if (before?.revision === expected) return;
    const message =
      before === undefined
        ? `${uuid} does not exist`
        : expected === undefined
          ? `${uuid} exists`
          : `${uuid} has revision ${before.revision}, not ${expected}`;
    const fields = { uuid, fqName: before?.fqName, revision: before?.revision };
    throw new ContrailError("store.conflict", message, { fields });
  }

  #checkName({ type, fqName, uuid }: ConfigObject): void {
    const named = this.findName(type, fqName);
    if (named === undefined || named === uuid) return;
    throw new ContrailError("store.name_conflict", `the name is taken by ${named}`, { fields: { uuid: named } });
  }

  #checkTargets(object: ConfigObject): void {
    const targets = object.refs.map((ref) => ref.toUuid);
    if (object.parentUuid !== undefined) targets.push(object.parentUuid);
    for (const target of targets) {
      if (target === object.uuid || this.#statements.exists.get(target) !== undefined) continue;
      throw new ContrailError("store.reference_bad_request", `${target} does not exist`, { fields: { uuid: target } });
    }
  }

  #nextRevision(uuid: string, before: ConfigObject | undefined): bigint {
    return (before?.revision ?? this.#buried(uuid)) + 1n;
  }

  /** Revision of the tombstone of a uuid; 0 where there is none. */
  #buried(uuid: string): bigint {
    return (this.#statements.tombstone.get(uuid)?.revision as bigint | undefined) ?? 0n; // INTEGER by the schema.
  }
}

function refuse(code: string, rows: readonly Row[]): void {
  if (rows.length === 0) return;
  const uuids = rows.map((row) => row.uuid);
  throw new ContrailError(code, `still in use by ${uuids.join(", ")}`, { fields: { uuids } });
}

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => {
    const prepared = database.prepare(sql);
    prepared.setReadBigInts(true);
    return prepared;
  };
  return {
    object: statement("SELECT * FROM object WHERE uuid = ?"),
    revision: statement("SELECT revision FROM object WHERE uuid = ?"),
    exists: statement("SELECT 1 FROM object WHERE uuid = ?"),
    byName: statement("SELECT uuid FROM object WHERE type = ? AND fq_name = ?"),
    page: statement("SELECT * FROM object WHERE uuid > ? ORDER BY uuid LIMIT ?"),
    putObject: statement("INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    dropObject: statement("DELETE FROM object WHERE uuid = ?"),
    children: statement("SELECT uuid FROM object WHERE parent_uuid = ? LIMIT 100"),
    referrers: statement("SELECT from_uuid AS uuid FROM reference WHERE to_uuid = ? AND from_uuid <> ? LIMIT 100"),
    putReference: statement("INSERT OR IGNORE INTO reference VALUES (?, ?)"),
    dropReferences: statement("DELETE FROM reference WHERE from_uuid = ?"),
    tombstone: statement("SELECT revision FROM tombstone WHERE uuid = ?"),
    putTombstone: statement("INSERT OR REPLACE INTO tombstone VALUES (?, ?)"),
    outbox: statement("SELECT uuid, revision FROM outbox ORDER BY position LIMIT ?"),
    putOutbox: statement("INSERT INTO outbox (uuid, revision) VALUES (?, ?)"),
    dropOutbox: statement("DELETE FROM outbox WHERE uuid = ? AND revision = ?"),
    dropOutboxOf: statement("DELETE FROM outbox WHERE uuid = ?"),
  };
}

function columns(object: ConfigObject) {
  return [
    object.uuid,
    object.type,
    JSON.stringify(object.fqName),
    object.parentType ?? null,
    object.parentUuid ?? null,
    object.revision,
    stringifyJson(object.refs.map(({ toType, toUuid, toFqName, attr }) => ({ toType, toUuid, toFqName, attr }))),
    stringifyJson(object.properties),
    object.derived ? 1 : 0,
    object.epoch,
  ] as const;
}

/** A row of table object; its columns have the types of the schema, and its JSON was written by columns(). */
function fromRow(row: Row): ConfigObject {
  return {
    uuid: row.uuid as string,
    type: row.type as string,
    fqName: JSON.parse(row.fq_name as string) as string[],
    parentType: (row.parent_type as string | null) ?? undefined,
    parentUuid: (row.parent_uuid as string | null) ?? undefined,
    revision: row.revision as bigint,
    refs: parseJson(row.refs as string) as unknown as ConfigReference[],
    properties: parseJson(row.properties as string) as JsonObject,
    derived: row.derived !== 0n,
    epoch: row.epoch as bigint,
  };
}
