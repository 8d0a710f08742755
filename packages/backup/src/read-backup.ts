import { ContrailError } from "@contrail/errors";
import { type ConfigObject, MODEL_VERSION, objectType, parseJson, parseVersion, versionText } from "@contrail/schema";
import { z } from "zod";
import { type BackupCounts, type BackupRecord, endLine, HEADER, KEPT_RECORDS, LineDigest } from "./backup-file.ts";

const WHOLE = z.union([z.number().int().nonnegative(), z.bigint().nonnegative()]).transform((value) => BigInt(value));
const NAME = z.array(z.string()).min(1);
const PROPERTIES = z.record(z.string(), z.unknown());

const OBJECT = z.strictObject({
  type: z.string().refine((type) => objectType(type) !== undefined, { error: "is no object type of this version" }),
  uuid: z.string().min(1),
  name: NAME,
  parent: z.strictObject({ type: z.string().nullable(), uuid: z.string().nullable() }),
  revision: WHOLE,
  references: z.array(z.strictObject({ type: z.string(), uuid: z.string(), name: NAME, attribute: z.unknown() })),
  properties: PROPERTIES,
  derived: z.boolean(),
  epoch: WHOLE,
});

const LINE = z.union([
  z.strictObject({ object: OBJECT }),
  z.strictObject({
    allocation: z.strictObject({ pool: z.string(), value: z.string().regex(/^[0-9]{1,39}$/), owner: z.string() }),
  }),
  z.strictObject({ key: z.strictObject({ name: z.string().min(1), value: z.string() }) }),
  z.strictObject({ record: z.strictObject({ kind: z.enum(KEPT_RECORDS), id: z.string().min(1), text: z.string() }) }),
]);

/** A backup that was read to its end. */
export interface CheckedBackup {
  readonly counts: BackupCounts;
  readonly sha256: string;
}

/**
 * Reads a backup's lines and hands each record on. Rejects with "backup.bad_request", naming the line, for one that is
 * damaged, cut off, of another form, or holds what does not fit together; each record before that has been handed on.
 */
export async function readBackup(
  lines: AsyncIterable<string>,
  take: (record: BackupRecord) => Promise<void> | void,
): Promise<CheckedBackup> {
  const digest = new LineDigest();
  const contents = new Contents();
  let number = 0;
  let end: string | undefined;
  for await (const line of lines) {
    number++;
    if (end !== undefined) throw bad(number, "there is more after the end");
    if (number === 1 && line !== HEADER) throw bad(1, `no backup of this form: ${HEADER} is wanted`);
    if (line.startsWith('{"end":')) {
      end = line;
      continue;
    }
    digest.add(line);
    if (number === 1) continue;
    const record = decoded(line, number);
    if (record.kind === "record" && record.of === "model") checkVersion(record.text, number);
    contents.add(record, number);
    await take(record);
  }
  const checked = { counts: contents.counts, sha256: digest.hex() };
  if (end === undefined) throw bad(number, "the end is missing: the file was cut off");
  if (end !== endLine(checked.counts, checked.sha256))
    throw bad(number, "the file was changed: its sum is another one");
  contents.checkEnds();
  return checked;
}

function decoded(line: string, number: number): BackupRecord {
  let json: unknown;
  try {
    json = parseJson(line);
  } catch {
    throw bad(number, "no JSON");
  }
  const read = LINE.safeParse(json);
  if (!read.success) throw bad(number, z.prettifyError(read.error).slice(0, 500));
  if ("key" in read.data) return { kind: "key", key: read.data.key.name, value: read.data.key.value };
  if ("record" in read.data) {
    const { kind: of, id, text } = read.data.record;
    return { kind: "record", of, id, text };
  }
  if ("allocation" in read.data) {
    const { pool, value, owner } = read.data.allocation;
    return { kind: "allocation", pool, value: BigInt(value), owner };
  }
  const { type, uuid, name, parent, revision, references, properties, derived, epoch } = read.data.object;
  const refs = references.map((ref) => ({
    toType: ref.type,
    toUuid: ref.uuid,
    toFqName: ref.name,
    attr: ref.attribute ?? null,
  }));
  const object = {
    ...{ type, uuid, fqName: name, revision, refs, properties, derived, epoch },
    parentType: parent.type ?? undefined,
    parentUuid: parent.uuid ?? undefined,
  };
  // The line is JSON: what zod calls unknown in it is a JsonValue.
  return { kind: "object", object: object as ConfigObject };
}

/** A store whose model this version does not know is not made: no node of it would start. */
function checkVersion(text: string, line: number): void {
  const found = parseVersion(text);
  const isKnown = found?.major === MODEL_VERSION.major && found.minor <= MODEL_VERSION.minor;
  if (isKnown) return;
  const own = versionText(MODEL_VERSION);
  throw bad(line, `the backup is of version ${text} of the model, and this is ${own}: use the release that wrote it`);
}

/** What is in a backup, as far as it has been read: each thing once, and nothing that leads to what is not there. */
class Contents {
  readonly #uuids = new Set<string>();
  readonly #names = new Set<string>();
  readonly #numbers = new Set<string>();
  readonly #keys = new Set<string>();
  readonly #records = new Set<string>();
  /** Line by uuid that somebody needs. */
  readonly #needed = new Map<string, number>();

  get counts(): BackupCounts {
    const [objects, allocations] = [this.#uuids.size, this.#numbers.size];
    return { objects, allocations, keys: this.#keys.size, records: this.#records.size };
  }

  add(record: BackupRecord, line: number): void {
    if (record.kind === "key") once(this.#keys, record.key, "key", line);
    else if (record.kind === "record") once(this.#records, `${record.of} ${record.id}`, "record", line);
    else if (record.kind === "allocation") once(this.#numbers, `${record.pool} ${record.value}`, "number", line);
    else this.#addObject(record.object, line);
  }

  #addObject({ type, uuid, fqName, parentUuid, refs }: ConfigObject, line: number): void {
    once(this.#uuids, uuid, "uuid", line);
    once(this.#names, `${type} ${JSON.stringify(fqName)}`, "name", line);
    for (const target of [parentUuid, ...refs.map(({ toUuid }) => toUuid)]) {
      if (target !== undefined && !this.#needed.has(target)) this.#needed.set(target, line);
    }
  }

  checkEnds(): void {
    for (const [uuid, line] of this.#needed) {
      if (!this.#uuids.has(uuid)) throw bad(line, `it refers to ${uuid}, which is not in the file`);
    }
  }
}

function once(known: Set<string>, item: string, what: string, line: number): void {
  if (known.has(item)) throw bad(line, `a second time the ${what} ${item.slice(0, 200)}`);
  known.add(item);
}

function bad(line: number, message: string): ContrailError {
  return new ContrailError("backup.bad_request", `line ${line}: ${message}`);
}
