import { type JsonObject, type JsonValue, objectType, parseJson } from "@contrail/schema";
import type { WantedObject, WantedReference } from "./check-object.ts";
import { meaningOf } from "./model-keys.ts";
import { namesIn } from "./object-name.ts";
import { canonical, completed, completedAttribute } from "./server-values.ts";

/** One property or list of references that an update would change. */
export interface Change {
  /** "mtu", "network_policy_refs". */
  readonly key: string;
  /** undefined: not there. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
  /** True where the API takes it at the creation only: the update cannot be made. */
  readonly isFixed: boolean;
}

/** The uuid's name, for references that a file names by uuid only; undefined where there is no such object. */
export type NameOfUuid = (type: string, uuid: string) => readonly string[] | undefined;

/** What would have to change so that a stored object is as wanted, in the order of the file. Keys not named stay. */
export function differences(wanted: WantedObject, stored: JsonObject, nameOf: NameOfUuid): readonly Change[] {
  const changes: Change[] = [];
  for (const [key, value] of wanted.properties) {
    const before = storedValue(wanted.type, key, stored);
    const after = afterUpdate(wanted, key, value, before);
    if (canonical(before) === canonical(after)) continue;
    changes.push({
      key,
      before,
      after: after ?? undefined,
      isFixed: isFixed(wanted.type, key) && before !== undefined,
    });
  }
  for (const [key, references] of wanted.references) {
    const before = storedReferences(stored, key);
    const after = wantedReferences(key, references, before, nameOf);
    if (listText(before) !== listText(after))
      changes.push({ key, before: listOf(before), after: listOf(after), isFixed: false });
  }
  return changes;
}

/** Attributes by target, as text. */
type References = ReadonlyMap<string, JsonValue>;

/** A default that the server shows counts as what is there. */
function storedValue(type: string, key: string, stored: JsonObject): JsonValue | undefined {
  return stored[key] ?? defaultOf(type, key);
}

function afterUpdate(wanted: WantedObject, key: string, value: JsonValue, before: JsonValue | undefined): JsonValue {
  if (value === null && key === "display_name") return wanted.fqName.at(-1) ?? "";
  const filled = completed(key, value, before);
  return filled ?? defaultOf(wanted.type, key) ?? null;
}

function defaultOf(type: string, key: string): JsonValue | undefined {
  const text = objectType(type)?.properties[key]?.defaultJson;
  return text === undefined ? undefined : parseJson(text);
}

function isFixed(typeName: string, key: string): boolean {
  const type = objectType(typeName);
  const meaning = type === undefined ? undefined : meaningOf(type, key);
  return meaning?.kind === "property" && meaning.isFixed;
}

function storedReferences(stored: JsonObject, key: string): References {
  const list = Array.isArray(stored[key]) ? (stored[key] as readonly JsonObject[]) : []; // References are objects.
  return new Map(list.map((item) => [JSON.stringify(namesIn(item.to)), item.attr ?? null]));
}

function wantedReferences(
  key: string,
  references: readonly WantedReference[],
  before: References,
  nameOf: NameOfUuid,
): References {
  return new Map(
    references.map(({ toType, to, uuid, attr }) => {
      const target = JSON.stringify(to ?? (uuid === undefined ? undefined : (nameOf(toType, uuid) ?? [uuid])));
      return [target, completedAttribute(key, attr, before.get(target) ?? null)];
    }),
  );
}

function listText(references: References): string {
  return [...references]
    .map(([to, attr]) => `${to} ${canonical(attr)}`)
    .toSorted()
    .join("\n");
}

function listOf(references: References): JsonValue {
  return [...references].map(([to, attr]) => ({ to: parseJson(to), ...(attr === null ? {} : { attr }) }));
}
