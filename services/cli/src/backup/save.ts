import { createReadStream, existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import {
  type BackupCounts,
  type CheckedBackup,
  encodeBackup,
  type Progress,
  readBackup,
  takeSnapshot,
} from "@contrail/backup";
import { ContrailError } from "@contrail/errors";
import type { ObjectStore } from "@contrail/store";

/** Characters that are written at a time. */
const CHUNK = 1 << 20;
/** Only its owner: objects tell of tenants, keys of clients. */
const PRIVATE = 0o600;

/** Lines of a backup's file, without their ends. */
export function backupLines(file: string): AsyncIterable<string> {
  // Infinity: a carriage return is no end of a line, alone or before one.
  return createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
}

/** Writes what a store holds into a new file, whole or not at all, and reads it again. */
export async function saveBackup(
  store: ObjectStore,
  file: string,
  replace: boolean,
  progress: Progress,
): Promise<CheckedBackup> {
  const part = `${file}.part`;
  await checkTarget(file, replace);
  try {
    const { lines, counts } = await takeSnapshot(store, progress);
    await writeLines(part, encodeBackup(lines, counts));
    const checked = await readBackup(backupLines(part), () => undefined);
    await rename(part, file);
    return checked;
  } catch (reason) {
    await rm(part, { force: true });
    throw reason;
  }
}

/** Writes what a store holds to standard output. */
export async function printBackup(store: ObjectStore, progress: Progress): Promise<BackupCounts> {
  const { lines, counts } = await takeSnapshot(store, progress);
  for (const text of chunks(encodeBackup(lines, counts))) {
    await new Promise((resolve) => process.stdout.write(text, resolve));
  }
  return counts;
}

async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  const handle = await open(file, "w", PRIVATE);
  try {
    for (const text of chunks(lines)) await handle.write(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function* chunks(lines: Iterable<string>): Generator<string, void, undefined> {
  let text = "";
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < CHUNK) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

async function checkTarget(file: string, replace: boolean): Promise<void> {
  if (!existsSync(dirname(file))) {
    throw new ContrailError("backup.not_found", `${file} cannot be written: there is no directory ${dirname(file)}`);
  }
  if (replace) return;
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return;
  await handle.close();
  throw new ContrailError("backup.conflict", `${file} is there; name another file, or give --force`);
}
