import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openStore, SQLITE_FILE } from "@contrail/backends";
import { type CheckedBackup, type Progress, restoreBackup } from "@contrail/backup";
import { ContrailError } from "@contrail/errors";
import { silentLogger } from "@contrail/observability";
import { isInUse } from "@contrail/store-sqlite";
import type { StoreAccess } from "../config.ts";
import { backupLines } from "./save.ts";

/** Files of the databases: the store's and the embedded log's, which begins anew with it. */
const DATABASES = /^(objects|log)\.db(-wal|-shm|-journal)?$/;

/** What was put back, and where what was there before is now. */
export interface PutBack extends CheckedBackup {
  readonly before: string | undefined;
}

/** Fills the store of the settings from a file. replace: what is in a SQLite store is put aside. */
export async function putBack(
  file: string,
  settings: StoreAccess,
  replace: boolean,
  progress: Progress,
): Promise<PutBack> {
  if (!existsSync(file)) throw new ContrailError("backup.not_found", `${file}: there is no such file`);
  if (settings.store === "sqlite") return fillDirectory(file, settings, replace, progress);
  if (replace) {
    const advice = "name a new one by --cassandra-keyspace, or drop the old one with cqlsh";
    throw new ContrailError("backup.bad_request", `--replace is for SQLite: a keyspace is not put aside; ${advice}`);
  }
  return { ...(await fill(file, settings, progress)), before: undefined };
}

/** Makes the new store beside the old one and puts it in its place when it is whole. */
async function fillDirectory(
  file: string,
  settings: StoreAccess,
  replace: boolean,
  progress: Progress,
): Promise<PutBack> {
  const { dataDir } = settings;
  const database = join(dataDir, SQLITE_FILE);
  const isThere = existsSync(database);
  if (isThere && !replace) {
    const advice = "stop the system that uses it (contrail down), then give --replace: it is put aside, not removed";
    throw new ContrailError("backup.conflict", `${database} is there already; ${advice}`);
  }
  if (isThere) refuseUsed(database);
  const part = join(dataDir, "restore.part");
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true, mode: 0o700 });
  try {
    const checked = await fill(file, { ...settings, dataDir: part }, progress);
    if (isThere) refuseUsed(database);
    const before = putAside(dataDir);
    for (const name of readdirSync(part)) renameSync(join(part, name), join(dataDir, name));
    return { ...checked, before };
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

async function fill(file: string, settings: StoreAccess, progress: Progress): Promise<CheckedBackup> {
  const store = await openStore(settings, silentLogger, settings.identity);
  try {
    return await restoreBackup(store, () => backupLines(file), progress);
  } catch (reason) {
    const { code, message } = ContrailError.from(reason);
    if (code !== "backup.bad_request") throw reason;
    throw new ContrailError(code, `${file}: ${message}`, { cause: reason });
  } finally {
    await store.close();
  }
}

/** Moves the databases of a directory into one of their own in it; gives that, or undefined where there are none. */
function putAside(dataDir: string): string | undefined {
  const names = readdirSync(dataDir).filter((name) => DATABASES.test(name));
  if (names.length === 0) return undefined;
  const aside = join(dataDir, `before-restore-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const name of names) renameSync(join(dataDir, name), join(aside, name));
  return aside;
}

function refuseUsed(database: string): void {
  if (!isInUse(database)) return;
  throw new ContrailError("backup.conflict", `${database} is in use; stop the system first: contrail down`);
}
