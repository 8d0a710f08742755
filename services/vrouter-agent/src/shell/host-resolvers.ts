import { readFileSync } from "node:fs";
import type { Clock } from "@contrail/clock";
import { resolvConfServers, resolverList } from "../core/resolvers.ts";

const RESOLV_CONF = "/etc/resolv.conf";
/** How long what was read of the file counts. */
const FRESH_MS = 5_000;

/** Who the host asks for names: the servers of the setting, or those of resolv.conf as it is now. */
export function hostResolvers(setting: string, clock: Clock, file = RESOLV_CONF): () => readonly string[] {
  const set = resolverList(setting);
  if (set.length > 0) return () => set;
  let read: readonly string[] = [];
  let readAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - readAtMs < FRESH_MS) return read;
    readAtMs = nowMs;
    try {
      read = resolvConfServers(readFileSync(file, "utf8"));
    } catch {
      read = []; // No file: the host has no names of the outside, and its machines neither.
    }
    return read;
  };
}
