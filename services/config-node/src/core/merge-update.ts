import type { ConfigObject, ConfigReference, JsonValue } from "@contrail/schema";
import { objectType, parseJson, stringifyJson } from "@contrail/schema";
import type { BodyInput } from "./request-body.ts";

/** Properties that the server writes itself whenever an object changes. */
const KEPT = new Set(["id_perms", "perms2"]);

/**
 * An object after an update: properties that were given replace, null removes; a reference list that was given replaces
 * the whole list of its type. Undefined where nothing changes.
 */
export function mergeUpdate(
  object: ConfigObject,
  input: BodyInput,
  references: ReadonlyMap<string, readonly ConfigReference[]>,
): ConfigObject | undefined {
  const properties: Record<string, JsonValue | undefined> = { ...object.properties };
  for (const [key, value] of input.properties) {
    if (KEPT.has(key)) continue;
    if (value === null) delete properties[key];
    else if (properties[key] !== undefined || !isDefault(object.type, key, value)) properties[key] = value;
  }
  const kept = object.refs.filter((ref) => !references.has(ref.toType));
  const refs = [...kept, ...[...references.values()].flat()];
  const merged = { ...object, properties, refs };
  return sameContent(object, merged) ? undefined : merged;
}

/** Reads show defaults that are not stored: putting one back changes nothing. */
function isDefault(type: string, key: string, value: JsonValue): boolean {
  const text = objectType(type)?.properties[key]?.defaultJson;
  return text !== undefined && stringifyJson(sorted(parseJson(text))) === stringifyJson(sorted(value));
}

/** True where two states of an object have the same properties and references, whatever their order. */
export function sameContent(a: ConfigObject, b: ConfigObject): boolean {
  return sameProperties(a, b) && referenceKey(a) === referenceKey(b);
}

function sameProperties(a: ConfigObject, b: ConfigObject): boolean {
  const keys = new Set([...Object.keys(a.properties), ...Object.keys(b.properties)]);
  for (const key of keys) {
    if (KEPT.has(key)) continue;
    if (stringifyJson(sorted(a.properties[key])) !== stringifyJson(sorted(b.properties[key]))) return false;
  }
  return true;
}

function referenceKey(object: ConfigObject): string {
  const keys = object.refs.map((ref) => `${ref.toType} ${ref.toUuid} ${stringifyJson(sorted(ref.attr))}`);
  return keys.sort().join("\n");
}

function sorted(value: JsonValue | undefined): JsonValue {
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => sorted(item));
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([x], [y]) => (x < y ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}
