import { existsSync } from "node:fs";
import { join } from "node:path";
import { openStore, SQLITE_FILE, STORE_SETTINGS, type StoreSettings } from "@contrail/backends";
import { ContrailError } from "@contrail/errors";
import { silentLogger } from "@contrail/observability";
import { parseSettings } from "@contrail/runtime";
import type { ObjectStore } from "@contrail/store";
import { z } from "zod";
import { directories } from "../config.ts";

/** Settings as a configuration node takes them; without any: the store of the embedded system. */
export function storeSettings(argv: readonly string[]): StoreSettings {
  const embedded = join(directories().state, "config");
  const shape = z.object({ ...STORE_SETTINGS, dataDir: STORE_SETTINGS.dataDir.default(embedded) });
  return parseSettings(shape, argv, process.env);
}

/** Opens a store that is there. Rejects with the next step where there is none. */
export function openExisting(settings: StoreSettings): Promise<ObjectStore> {
  const file = join(settings.dataDir, SQLITE_FILE);
  if (settings.store === "sqlite" && !existsSync(file)) {
    const advice = "name another directory by: -- --data-dir DIRECTORY, or another store by: -- --store cassandra …";
    throw new ContrailError("backup.not_found", `${file}: no system has kept anything there; ${advice}`);
  }
  return openStore(settings, silentLogger);
}
