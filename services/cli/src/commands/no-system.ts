import { existsSync } from "node:fs";
import { type Directories, isBesideRootsSystem } from "../config.ts";
import { SystemLock } from "../supervisor/system-lock.ts";

const START = "no system is running; start one by: npm start";

/** Why no system answers, and what to do next. */
export function noSystemText({ lock }: Pick<Directories, "lock">, besideRoots = isBesideRootsSystem()): string {
  if (SystemLock.isHeld(lock)) return "the system starts or stops just now: run the command again when that is over";
  if (existsSync(lock)) {
    return `${START} (one that was killed has left processes or namespaces: that removes them, as contrail down does)`;
  }
  return besideRoots ? `${START} (root may have one: run the command as root to ask that)` : START;
}
