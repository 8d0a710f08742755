import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import { type ConfigObject, canonicalText } from "@contrail/schema";
import { configWire, fromWireChange } from "@contrail/wire";

/** The objects that are there for a reader of the log alone, from an offset on. */
export async function replayLog(bus: Bus, from: bigint): Promise<ReadonlyMap<string, ConfigObject>> {
  const end = await bus.highWaterMark(CONFIG_TOPIC);
  const found = new Map<string, ConfigObject>();
  if (end <= from) return found;
  const controller = new AbortController();
  for await (const { records, highWaterMark } of bus.read(CONFIG_TOPIC, from, controller.signal)) {
    for (const { value } of records) {
      const change = value === undefined ? undefined : fromWireChange(configWire.ObjectChange.decode(value));
      if (change?.kind === "upsert") found.set(change.object.uuid, change.object);
      if (change?.kind === "remove") found.delete(change.uuid);
    }
    const last = records.at(-1)?.offset;
    if ((last !== undefined && last + 1n >= end) || (records.length === 0 && highWaterMark >= end)) controller.abort();
  }
  return found;
}

/** Where two states of a whole configuration differ, a line for each object. */
export function differences(
  stored: ReadonlyMap<string, ConfigObject>,
  replayed: ReadonlyMap<string, ConfigObject>,
): readonly string[] {
  const uuids = new Set([...stored.keys(), ...replayed.keys()]);
  return [...uuids].flatMap((uuid) => {
    const [inStore, inLog] = [stored.get(uuid), replayed.get(uuid)].map(textOf);
    return inStore === inLog ? [] : [`${uuid} is in the store ${inStore}, by the log ${inLog}`];
  });
}

/** The whole object, the same for the same content. */
function textOf(object: ConfigObject | undefined): string {
  if (object === undefined) return "not there";
  const { type, uuid, fqName, parentUuid, revision, derived, properties } = object;
  const refs = object.refs.map(({ toType, toUuid, attr }) => `${toType} ${toUuid} ${canonicalText(attr)}`).toSorted();
  const identity = `${type} ${uuid} ${parentUuid} ${derived} ${revision} ${canonicalText(fqName)}`;
  return `${identity} ${canonicalText(properties)} ${refs.join(" ")}`;
}
