import { readFileSync } from "node:fs";

/** Descriptors that are left for files, databases, threads and our own connections. */
const RESERVED = 96;
/** Listeners that share what is left: that of clients must not take introspect's. */
const LISTENERS = 2;
/** However little there is. */
const LEAST = 8;

/** Connections that a listener takes at most, of those that are wanted: more would leave no descriptors for anything else. */
export function connectionBound(wanted: number, openFiles: number | undefined = openFilesLimit()): number {
  if (openFiles === undefined) return wanted;
  return Math.min(wanted, Math.max(LEAST, Math.floor((openFiles - RESERVED) / LISTENERS)));
}

/** Descriptors that this process may have (RLIMIT_NOFILE); undefined where the system does not say, or sets no limit. */
function openFilesLimit(): number | undefined {
  try {
    const found = /^Max open files +([0-9]+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined; // No Linux, or no /proc.
  }
}
