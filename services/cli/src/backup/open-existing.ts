import { existsSync } from "node:fs";
import { join } from "node:path";
import { openStore, SQLITE_FILE } from "@contrail/backends";
import { ContrailError } from "@contrail/errors";
import { silentLogger } from "@contrail/observability";
import type { ObjectStore } from "@contrail/store";
import type { StoreAccess } from "../config.ts";

/** Opens a store that is there. Rejects with the next step where there is none. */
export function openExisting(settings: StoreAccess): Promise<ObjectStore> {
  const file = join(settings.dataDir, SQLITE_FILE);
  if (settings.store === "sqlite" && !existsSync(file)) {
    const advice = "name another directory by: -- --data-dir DIRECTORY, or another store by: -- --store cassandra …";
    throw new ContrailError("backup.not_found", `${file}: no system has kept anything there; ${advice}`);
  }
  return openStore(settings, silentLogger, settings.identity);
}
