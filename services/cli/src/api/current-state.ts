import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";
import type { WantedObject } from "./check-object.ts";
import { keyOf, type ObjectName, storedName } from "./object-name.ts";

/** Objects of one request. */
const CHUNK = 500;

/** What of a file's objects, their parents and their targets is there. */
export interface CurrentState {
  readonly find: (name: ObjectName) => JsonObject | undefined;
  /** The object of a type that has a uuid. */
  readonly withUuid: (type: string, uuid: string) => JsonObject | undefined;
  /** The object, of whatever type, that has a uuid which a file gives to a new object. */
  readonly takenBy: (uuid: string) => ObjectName | undefined;
}

/** Reads all that has to be looked at before anything is written. */
export async function readCurrent(vnc: VncClient, objects: readonly WantedObject[]): Promise<CurrentState> {
  const names = new Map<string, ObjectName>();
  const uuids = new Map<string, Set<string>>();
  for (const object of objects) {
    names.set(keyOf(object), object);
    if (object.parent !== undefined) names.set(keyOf(object.parent), object.parent);
    for (const { toType, to, uuid } of [...object.references.values()].flat()) {
      if (to !== undefined) names.set(keyOf({ type: toType, fqName: to }), { type: toType, fqName: to });
      else if (uuid !== undefined) uuids.set(toType, (uuids.get(toType) ?? new Set()).add(uuid));
    }
  }
  const byName = new Map<string, JsonObject>();
  const byUuid = new Map<string, JsonObject>();
  const note = (type: string, object: JsonObject): void => {
    byName.set(keyOf(storedName(type, object)), object);
    byUuid.set(`${type} ${String(object.uuid)}`, object);
  };
  for (const [type, list] of Map.groupBy(names.values(), (name) => name.type)) {
    for (const fqNames of chunks(list.map(({ fqName }) => fqName))) {
      for (const object of await vnc.readAll<string>(type, { fqNames })) note(type, object);
    }
  }
  for (const [type, list] of uuids) {
    for (const some of chunks([...list]))
      for (const object of await vnc.readAll<string>(type, { uuids: some })) note(type, object);
  }
  const taken = new Map<string, ObjectName>();
  for (const { uuid } of objects) {
    if (uuid === undefined) continue;
    const owner = await nameOfUuid(vnc, uuid);
    if (owner !== undefined) taken.set(uuid, owner);
  }
  return {
    find: (name) => byName.get(keyOf(name)),
    withUuid: (type, uuid) => byUuid.get(`${type} ${uuid}`),
    takenBy: (uuid) => taken.get(uuid),
  };
}

async function nameOfUuid(vnc: VncClient, uuid: string): Promise<ObjectName | undefined> {
  try {
    const { type, fq_name: fqName } = await vnc.call("POST", "/id-to-fqname", { uuid });
    return { type: String(type), fqName: fqName as readonly string[] }; // By the API.
  } catch (reason) {
    if (ContrailError.from(reason).code === "vnc.not_found") return undefined;
    throw reason;
  }
}

/** Parts of a list, each of as many as one request takes. */
export function chunks<T>(list: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / CHUNK) }, (_, index) =>
    list.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}
