import type { Bus } from "@contrail/bus";
import type { ObjectStore } from "@contrail/store";
import { replayLog } from "./log-replay.ts";

/**
 * How many objects a store has, and a line for each that a reader of the log alone does not end with in its newest state. An
 * older state may come again before it (decision 0036).
 */
export async function findUnlogged(
  store: ObjectStore,
  bus: Bus,
  from: bigint,
): Promise<{ readonly objects: number; readonly problems: readonly string[] }> {
  const stored = new Map<string, bigint>();
  for await (const { uuid, revision } of store.all()) stored.set(uuid, revision);
  const found = await replayLog(bus, from); // Of other keyspaces too.
  const problems = [...stored].flatMap(([uuid, revision]) => {
    const logged = found.get(uuid)?.revision;
    return logged === revision ? [] : [`${uuid} is ${revision} in the store and ${logged} in the log`];
  });
  return { objects: stored.size, problems };
}
