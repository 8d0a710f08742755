import type { ConfigObject, ConfigReference, JsonObject, JsonValue } from "@contrail/schema";
import { canonicalText, objectType, parseJson } from "@contrail/schema";
import { changedIdPerms, DEFAULT_PERMS2 } from "./permissions.ts";
import type { BodyInput } from "./request-body.ts";

/**
 * An object after an update: properties that were given replace, null removes; a reference list that was given replaces
 * the whole list of its type. What a client may not change stays as it is. Undefined where nothing changes.
 */
export function mergeUpdate(
  object: ConfigObject,
  input: BodyInput,
  references: ReadonlyMap<string, readonly ConfigReference[]>,
): ConfigObject | undefined {
  const properties: Record<string, JsonValue | undefined> = { ...object.properties };
  for (const [key, value] of input.properties) {
    const before = properties[key];
    if (key === "id_perms" || key === "perms2") properties[key] = mergedPermissions(key, before, value);
    else if (isReadOnly(object.type, key) && before !== undefined) continue;
    else if (value === null && key === "display_name") properties[key] = object.fqName.at(-1) ?? "";
    else if (value === null) delete properties[key];
    else if (before !== undefined || !isDefault(object.type, key, value)) properties[key] = value;
  }
  const kept = object.refs.filter((ref) => !references.has(ref.toType));
  const refs = [...kept, ...[...references.values()].flat()];
  const merged = { ...object, properties, refs };
  return sameContent(object, merged) ? undefined : merged;
}

/** Permissions are never cleared; a partial perms2 changes what it names. */
function mergedPermissions(key: string, before: JsonValue | undefined, given: JsonValue): JsonValue {
  const known = (before ?? {}) as JsonObject; // The model says IdPermsType and PermType2.
  const changes = (given ?? {}) as JsonObject;
  return key === "id_perms" ? changedIdPerms(known, changes) : { ...DEFAULT_PERMS2, ...known, ...changes };
}

/** Properties that are given at the creation or by the server only: one that comes back in an update is ignored. */
function isReadOnly(type: string, key: string): boolean {
  const operations = objectType(type)?.properties[key]?.operations;
  return operations === "R" || operations === "CR";
}

/** Reads show defaults that are not stored: putting one back changes nothing. */
function isDefault(type: string, key: string, value: JsonValue): boolean {
  const text = objectType(type)?.properties[key]?.defaultJson;
  return text !== undefined && canonicalText(parseJson(text)) === canonicalText(value);
}

/** True where two states of an object have the same properties and references, whatever their order. */
export function sameContent(a: ConfigObject, b: ConfigObject): boolean {
  return sameProperties(a, b) && referenceKey(a) === referenceKey(b);
}

function sameProperties(a: ConfigObject, b: ConfigObject): boolean {
  const keys = new Set([...Object.keys(a.properties), ...Object.keys(b.properties)]);
  for (const key of keys) if (canonicalText(a.properties[key]) !== canonicalText(b.properties[key])) return false;
  return true;
}

function referenceKey(object: ConfigObject): string {
  const keys = object.refs.map((ref) => `${ref.toType} ${ref.toUuid} ${canonicalText(ref.attr)}`);
  return keys.sort().join("\n");
}
