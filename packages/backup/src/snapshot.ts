import { ContrailError } from "@contrail/errors";
import type { ObjectStore } from "@contrail/store";
import { type BackupCounts, type BackupRecord, encodeRecord, KEPT_RECORDS } from "./backup-file.ts";

/** Times that a store is read until two readings in a row are the same. */
const MAX_READINGS = 10;

/** Told now and then while something long goes on. */
export type Progress = (text: string) => void;

/** All that a store holds, as lines of a backup in their order. */
export interface Snapshot {
  readonly lines: readonly string[];
  readonly counts: BackupCounts;
}

/**
 * What a store holds at one moment: it is read until two readings are the same, since revisions only rise. Rejects with
 * "backup.conflict" where somebody writes to it all the time.
 */
export async function takeSnapshot(store: ObjectStore, progress: Progress): Promise<Snapshot> {
  let before = await readAll(store, progress);
  for (let reading = 2; reading <= MAX_READINGS; reading++) {
    const again = await readAll(store, progress);
    if (isSame(before, again)) return { lines: again, counts: countsOf(again) };
    progress(`the store was written to meanwhile, reading ${reading} of ${MAX_READINGS}`);
    before = again;
  }
  const advice = "stop those that write to it (CloudStack's plugin, contrail api), or take it when less is done";
  throw new ContrailError("backup.conflict", `the store was written to in each of ${MAX_READINGS} readings: ${advice}`);
}

async function readAll(store: ObjectStore, progress: Progress): Promise<readonly string[]> {
  const lines: string[] = [];
  const add = (record: BackupRecord): void => {
    lines.push(encodeRecord(record));
    if (lines.length % 10_000 === 0) progress(`${lines.length} records read`);
  };
  for await (const object of store.all()) add({ kind: "object", object });
  for (const pool of await store.pools()) {
    for (const { value, owner } of await store.allocations(pool)) add({ kind: "allocation", pool, value, owner });
  }
  for await (const [key, value] of store.keys()) add({ kind: "key", key, value });
  for (const of of KEPT_RECORDS) {
    for (const { id, text } of await store.records(of)) add({ kind: "record", of, id, text });
  }
  return lines.sort();
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

function countsOf(lines: readonly string[]): BackupCounts {
  const startsWith = (start: string): number => lines.filter((line) => line.startsWith(start)).length;
  return {
    objects: startsWith('{"object":'),
    allocations: startsWith('{"allocation":'),
    keys: startsWith('{"key":'),
    records: startsWith('{"record":'),
  };
}
