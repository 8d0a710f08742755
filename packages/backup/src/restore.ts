import { ContrailError } from "@contrail/errors";
import type { ObjectStore } from "@contrail/store";
import { type BackupRecord, KEPT_RECORDS } from "./backup-file.ts";
import { type CheckedBackup, readBackup } from "./read-backup.ts";
import type { Progress } from "./snapshot.ts";

/** Key that is there while a store is being filled: such a store is not to be used. */
const RESTORING = "restore";
/** Writes under way at a time. */
const TOGETHER = 64;

/** True where a backup was put back into a store, and not to its end. */
export async function isRestoring(store: ObjectStore): Promise<boolean> {
  return (await store.readKey(RESTORING)) !== undefined;
}

/**
 * Fills an empty store from a backup, which is read twice: nothing is written before it is known to be whole. lines:
 * opens it. One that was interrupted can be made again with the same file. Rejects with "backup.conflict" where the store
 * holds something else, "backup.bad_request" where the file is not whole.
 */
export async function restoreBackup(
  store: ObjectStore,
  lines: () => AsyncIterable<string>,
  progress: Progress,
): Promise<CheckedBackup> {
  const checked = await readBackup(lines(), () => undefined);
  const { objects, allocations, keys } = checked.counts;
  progress(`the file is whole: ${objects} objects, ${allocations} numbers, ${keys} keys`);
  await begin(store, checked.sha256);
  const writes = new Writes();
  let count = 0;
  await readBackup(lines(), async (record) => {
    if (++count % 10_000 === 0) progress(`${count} records written`);
    await writes.add(write(store, record));
  }).finally(() => writes.ended());
  writes.check();
  await store.writeKey(RESTORING, undefined);
  return checked;
}

/** Writes under way, a bounded number at a time. */
class Writes {
  readonly #under = new Set<Promise<void>>();
  #failure: unknown;

  /** Resolves when there is room for the next one. Rejects where an earlier one has failed. */
  async add(writing: Promise<unknown>): Promise<void> {
    const over = writing.then(
      () => undefined,
      (reason: unknown) => {
        this.#failure ??= reason;
      },
    );
    this.#under.add(over);
    void over.then(() => this.#under.delete(over));
    if (this.#under.size >= TOGETHER) await Promise.race(this.#under);
    this.check();
  }

  async ended(): Promise<void> {
    await Promise.all(this.#under);
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

async function begin(store: ObjectStore, sha256: string): Promise<void> {
  const begun = await store.readKey(RESTORING);
  if (begun === sha256) return;
  if (begun !== undefined) throw inUse("another backup was put into it, and not to its end");
  for await (const { type, fqName } of store.all()) throw inUse(`it holds ${type} ${fqName.join(":")}`);
  for await (const [key] of store.keys()) throw inUse(`it holds the key ${key.slice(0, 100)}`);
  for (const of of KEPT_RECORDS) {
    for (const { id } of await store.records(of)) throw inUse(`it holds the ${of} ${id.slice(0, 100)}`);
  }
  await store.writeKey(RESTORING, sha256);
}

function write(store: ObjectStore, record: BackupRecord): Promise<unknown> {
  switch (record.kind) {
    case "object":
      return store.restore(record.object);
    case "allocation": {
      const { pool, value, owner } = record;
      return store.allocate({ pool, owner, first: value, last: value, wanted: value });
    }
    case "key":
      return store.writeKey(record.key, record.value);
    case "record":
      return store.swapRecord(record.of, record.id, undefined, record.text);
  }
}

function inUse(why: string): ContrailError {
  return new ContrailError("backup.conflict", `the store is not empty: ${why}`);
}
