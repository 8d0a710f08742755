import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { ObjectStore } from "@contrail/store";
import { configWire, fromWireChange } from "@contrail/wire";
import { expect } from "vitest";

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

/**
 * Expects that a reader of the log alone ends with every object of a store, each in its newest state; gives how many. An
 * older state may come again before it (decision 0036).
 */
export async function expectOnLog(store: ObjectStore, bus: Bus, from: bigint): Promise<number> {
  const stored = new Map<string, bigint>();
  for await (const { uuid, revision } of store.all()) stored.set(uuid, revision);
  const found = await loggedObjects(bus, from);
  expect([...stored].filter(([uuid, revision]) => found.get(uuid) !== revision)).toEqual([]);
  return stored.size;
}

/** Expects that every parent and every target of a reference is there; gives how many there are. */
export async function expectNoOrphans(store: ObjectStore): Promise<number> {
  const uuids = new Set<string>();
  const needed: { readonly by: string; readonly uuid: string }[] = [];
  for await (const { type, uuid, parentUuid, refs } of store.all()) {
    uuids.add(uuid);
    const by = `${type} ${uuid}`;
    if (parentUuid !== undefined) needed.push({ by, uuid: parentUuid });
    needed.push(...refs.map(({ toUuid }) => ({ by, uuid: toUuid })));
  }
  expect(needed.filter(({ uuid }) => !uuids.has(uuid))).toEqual([]);
  return needed.length;
}
