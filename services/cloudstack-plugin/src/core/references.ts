import type { JsonObject } from "@contrail/schema";

/** The uuids that an object refers to. name: as "virtual_machine_refs". */
export function referredUuids(object: JsonObject, name: string): readonly string[] {
  return referencesOf(object, name).map(({ uuid }) => String(uuid));
}

/** References of an object, or those to it, as the configuration API shows them. */
export function referencesOf(object: JsonObject, name: string): readonly JsonObject[] {
  return (object[name] ?? []) as readonly JsonObject[]; // References are a list of objects.
}

/** The last part of an object's fq_name. */
export function lastName({ fq_name: name }: JsonObject): string {
  return Array.isArray(name) ? String(name.at(-1) ?? "") : "";
}
