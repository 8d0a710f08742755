import { existsSync, rmSync } from "node:fs";
import { ContrailError } from "@contrail/errors";
import { type Directories, directories, isRoot } from "../config.ts";
import { removeLeftovers } from "../supervisor/namespaces.ts";
import { SystemLock } from "../supervisor/system-lock.ts";
import { callSystem } from "./connection.ts";
import { progress } from "./report.ts";

const DOWN_MS = 10_000;

/** `contrail down`: ends the running system; where none runs, removes what one left that was killed. */
export async function down(): Promise<number> {
  try {
    await callSystem("POST", "/down", undefined, { deadlineMs: DOWN_MS });
  } catch (reason) {
    if (ContrailError.from(reason).code !== "cli.unavailable" || !(await clearUp(directories()))) throw reason;
    progress("no system was running; what one left that was killed is removed");
  }
  return 0;
}

/** False where there is nothing of a killed system, or one that runs. A plain user's namespaces went with its processes. */
async function clearUp({ lock: path, run }: Directories): Promise<boolean> {
  if (!existsSync(path) || SystemLock.isHeld(path)) return false;
  const lock = new SystemLock(path);
  await lock.acquire();
  if (isRoot) await removeLeftovers();
  rmSync(run, { recursive: true, force: true });
  lock.release();
  return true;
}
