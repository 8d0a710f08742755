import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { ObjectStore } from "@contrail/store";
import { configWire, fromWireChange } from "@contrail/wire";

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
  const found = await loggedObjects(bus, from);
  const problems = [...stored].flatMap(([uuid, revision]) =>
    found.get(uuid) === revision ? [] : [`${uuid} is ${revision} in the store and ${found.get(uuid)} in the log`],
  );
  return { objects: stored.size, problems };
}

/** Revision of each object that exists by the log from an offset on; of other keyspaces too. */
async function loggedObjects(bus: Bus, from: bigint): Promise<ReadonlyMap<string, bigint>> {
  const end = await bus.highWaterMark(CONFIG_TOPIC);
  const found = new Map<string, bigint>();
  const controller = new AbortController();
  for await (const { records, highWaterMark } of bus.read(CONFIG_TOPIC, from, controller.signal)) {
    for (const { value } of records) {
      const change = value === undefined ? undefined : fromWireChange(configWire.ObjectChange.decode(value));
      if (change === undefined) continue;
      const { uuid, revision } = change.kind === "upsert" ? change.object : change;
      if (change.kind === "upsert") found.set(uuid, revision);
      else found.delete(uuid);
    }
    const last = records.at(-1)?.offset;
    if ((last !== undefined && last + 1n >= end) || (records.length === 0 && highWaterMark >= end)) controller.abort();
  }
  return found;
}
