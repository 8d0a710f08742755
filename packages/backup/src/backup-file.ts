import { createHash } from "node:crypto";
import { type ConfigObject, canonicalText, type JsonObject } from "@contrail/schema";

/** Kinds of records of the store that are kept: users and API keys, by their hashes, and the version of the model. Sessions begin anew. */
export const KEPT_RECORDS = ["user", "key", "model"] as const;
export type KeptRecord = (typeof KEPT_RECORDS)[number];

/** One thing that a store holds. Leases, the outbox and tombstones are not in a backup: they begin anew. */
export type BackupRecord =
  | { readonly kind: "object"; readonly object: ConfigObject }
  | { readonly kind: "allocation"; readonly pool: string; readonly value: bigint; readonly owner: string }
  | { readonly kind: "key"; readonly key: string; readonly value: string }
  | { readonly kind: "record"; readonly of: KeptRecord; readonly id: string; readonly text: string };

/** How many records of each kind there are. */
export interface BackupCounts {
  readonly objects: number;
  readonly allocations: number;
  readonly keys: number;
  /** Users, API keys and the version of the model. */
  readonly records: number;
}

/** The first line of every backup of this form. */
export const HEADER = canonicalText({ backup: "opencontrail", format: 1 });

/** A record as a line, the same for the same content whatever store it came from: keys sorted, no spaces. */
export function encodeRecord(record: BackupRecord): string {
  switch (record.kind) {
    case "object":
      return canonicalText({ object: objectJson(record.object) });
    case "allocation":
      return canonicalText({ allocation: { pool: record.pool, value: String(record.value), owner: record.owner } });
    case "key":
      return canonicalText({ key: { name: record.key, value: record.value } });
    case "record":
      return canonicalText({ record: { kind: record.of, id: record.id, text: record.text } });
  }
}

/** The lines of a backup, each without its end: header, records in the order given, and what there should be of them. */
export function* encodeBackup(lines: Iterable<string>, counts: BackupCounts): Generator<string, void, undefined> {
  const digest = new LineDigest();
  digest.add(HEADER);
  yield HEADER;
  for (const line of lines) {
    digest.add(line);
    yield line;
  }
  yield endLine(counts, digest.hex());
}

/** The last line. */
export function endLine(counts: BackupCounts, sha256: string): string {
  return canonicalText({ end: { ...counts, sha256 } });
}

/** SHA-256 over lines, each with a line feed. */
export class LineDigest {
  readonly #hash = createHash("sha256");

  add(line: string): void {
    this.#hash.update(line).update("\n");
  }

  hex(): string {
    return this.#hash.digest("hex");
  }
}

function objectJson(object: ConfigObject): JsonObject {
  const { type, uuid, fqName, parentType, parentUuid, revision, refs, properties, derived, epoch } = object;
  return {
    type,
    uuid,
    name: fqName,
    parent: { type: parentType ?? null, uuid: parentUuid ?? null },
    revision,
    references: refs.map(({ toType, toUuid, toFqName, attr }) => ({
      type: toType,
      uuid: toUuid,
      name: toFqName,
      attribute: attr,
    })),
    properties,
    derived,
    epoch,
  };
}
