import { type JsonObject, type JsonValue, type ObjectType, objectType, parseJson } from "@contrail/schema";
import { Document } from "yaml";
import { meaningOf } from "./model-keys.ts";
import { namesIn } from "./object-name.ts";
import { canonical, shownAttribute, shownPermissions } from "./server-values.ts";

/** How objects are written into a file. */
export interface ExportOptions {
  /** Keep the uuids of objects and subnets: for a restore, not for a copy. */
  readonly uuids: boolean;
  /** References to these are left out: the system makes them again. */
  readonly isDerivedTarget: (uuid: string) => boolean;
}

/** What a client may write of a stored object: without what is read-only, derived, a default, or made by the server. */
export function exportedObject(typeName: string, stored: JsonObject, options: ExportOptions): JsonObject {
  const type = objectType(typeName);
  if (type === undefined) return stored;
  const shown: Record<string, JsonValue> = { fq_name: stored.fq_name ?? [] };
  if (needsParentType(type, stored)) shown.parent_type = stored.parent_type ?? null;
  if (options.uuids) shown.uuid = stored.uuid ?? null;
  const lists: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(stored).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === undefined || value === null) continue;
    const meaning = meaningOf(type, key);
    if (meaning.kind === "property") {
      const exported = exportedValue(type, key, value, stored, options);
      if (exported !== undefined) shown[key] = exported;
    } else if (meaning.kind === "references") {
      const references = exportedReferences(key, value, options);
      if (references.length > 0) lists[key] = references;
    }
  }
  return { ...shown, ...lists };
}

/** Objects as a file that `apply` takes: a document each. */
export function yamlText(objects: readonly (readonly [type: string, object: JsonObject])[]): string {
  return objects.map(([type, object]) => `---\n${yamlDocument({ [type]: object })}`).join("");
}

/** One value as a YAML document; lists of plain values stand on one line. */
export function yamlDocument(value: JsonObject): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  inline(document.contents);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Names are easier to read on one line. */
function inline(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  if (!("items" in node) || !Array.isArray(node.items)) {
    if ("value" in node) inline(node.value); // A pair.
    return;
  }
  const isPlain = node.items.every(
    (item) => typeof item === "object" && item !== null && !("items" in item) && !("key" in item),
  );
  if (isPlain && node.items.length > 0) Object.assign(node, { flow: true });
  for (const item of node.items) inline(item);
}

function needsParentType({ parents }: ObjectType, stored: JsonObject): boolean {
  const given = stored.parent_type;
  return given !== undefined && given !== "config-root" && (parents.length > 1 || !parents.includes(String(given)));
}

function exportedValue(
  type: ObjectType,
  key: string,
  value: JsonValue,
  stored: JsonObject,
  { uuids }: ExportOptions,
): JsonValue | undefined {
  if (key === "id_perms" || key === "perms2") return shownPermissions(key, value);
  if (key === "display_name") return value === namesIn(stored.fq_name)?.at(-1) ? undefined : value;
  // The subnet's own uuid is new where the network is made again.
  if (type.name === "instance-ip" && key === "subnet_uuid" && !uuids) return undefined;
  const text = type.properties[key]?.defaultJson;
  return text !== undefined && canonical(parseJson(text)) === canonical(value) ? undefined : value;
}

function exportedReferences(key: string, value: JsonValue, options: ExportOptions): readonly JsonValue[] {
  if (!Array.isArray(value)) return [];
  const references = value as readonly JsonObject[]; // References are objects.
  return references
    .filter(({ uuid }) => !options.isDerivedTarget(String(uuid)))
    .map(({ to, attr = null }) => {
      const shown = shownAttribute(key, attr, options.uuids);
      return { to: to ?? [], ...(shown === null ? {} : { attr: shown }) };
    });
}
