import { ContrailError } from "@contrail/errors";
import {
  checkProperty,
  type JsonObject,
  type JsonValue,
  type Link,
  type ObjectType,
  objectType,
  type Property,
  struct,
} from "@contrail/schema";
import { meaningOf, writableKeys } from "./model-keys.ts";
import { suggestion } from "./nearest-name.ts";
import { namesIn, nameText, type ObjectName, parentOf } from "./object-name.ts";
import type { GivenObject } from "./read-documents.ts";

/** A reference as a file names it: by name, by uuid, or by both. */
export interface WantedReference {
  readonly toType: string;
  readonly to: readonly string[] | undefined;
  readonly uuid: string | undefined;
  /** null where there is none. */
  readonly attr: JsonValue;
}

/** An object of a file, checked against the model. */
export interface WantedObject extends ObjectName {
  /** The file that it is in, where there are several. */
  readonly file?: string;
  readonly uuid: string | undefined;
  readonly parent: ObjectName | undefined;
  /** Properties to set; null clears. */
  readonly properties: ReadonlyMap<string, JsonValue>;
  /** Whole lists of references by key ("network_policy_refs"). */
  readonly references: ReadonlyMap<string, readonly WantedReference[]>;
}

/** What was found in an object of a file. */
export interface CheckedObject {
  /** undefined where a problem leaves nothing to work with. */
  readonly wanted: WantedObject | undefined;
  /** Texts that name object and key; nothing is written while there is one. */
  readonly problems: readonly string[];
  /** What is left out. */
  readonly warnings: readonly string[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Checks an object of a file against the model, as the server would, and names what the server would drop silently. */
export function checkObject({ type: typeName, content, file }: GivenObject): CheckedObject {
  const type = objectType(typeName);
  if (type === undefined) return { wanted: undefined, problems: [`${typeName} is no object type`], warnings: [] };
  const fqName = namesIn(content.fq_name);
  if (fqName === undefined) {
    const text = `${inFile(file, typeName)}: fq_name is wanted, a list of names from the root down (or one text with ':' between)`;
    return { wanted: undefined, problems: [text], warnings: [] };
  }
  const problems: string[] = [];
  const warnings: string[] = [];
  const shown = placeText({ type: typeName, fqName, file });
  const parent = parentOf(type, fqName, content.parent_type ?? undefined);
  if (typeof parent === "string") problems.push(`${shown}: ${parent}`);
  const uuid = content.uuid ?? undefined;
  if (uuid !== undefined && !UUID.test(String(uuid))) problems.push(`${shown}: uuid ${String(uuid)} is none`);
  const properties = new Map<string, JsonValue>();
  const references = new Map<string, readonly WantedReference[]>();
  for (const [key, value = null] of Object.entries(content)) {
    const meaning = meaningOf(type, key);
    try {
      if (meaning.kind === "property") properties.set(key, checkedValue(meaning.property, value, key));
      else if (meaning.kind === "references") references.set(key, checkedReferences(meaning.link, value, key));
      else if (meaning.kind === "read-only") warnings.push(`${shown}: ${key} is the system's and is left out`);
      else if (meaning.kind === "unknown") warnings.push(`${shown}: ${unknownKey(type, key)}`);
    } catch (reason) {
      problems.push(`${shown}: ${ContrailError.from(reason).message}`);
    }
  }
  const wanted: WantedObject = {
    type: typeName,
    fqName,
    ...(file === undefined ? {} : { file }),
    uuid: uuid === undefined ? undefined : String(uuid).toLowerCase(),
    parent: typeof parent === "string" ? undefined : parent,
    properties,
    references,
  };
  return { wanted, problems, warnings };
}

/** An object of a file as texts about it name it: "a.yaml: virtual-network d:p:net1"; without the file where only one was given. */
export function placeText({ file, ...name }: ObjectName & { readonly file?: string | undefined }): string {
  return inFile(file, nameText(name));
}

function inFile(file: string | undefined, text: string): string {
  return file === undefined ? text : `${file}: ${text}`;
}

function unknownKey(type: ObjectType, key: string): string {
  return `${key} is no property of a ${type.name} and is left out${suggestion(key, writableKeys(type))}`;
}

function checkedValue(property: Property, value: JsonValue, key: string): JsonValue {
  if (value === null) return null;
  try {
    return checkProperty(property, value, key);
  } catch (reason) {
    throw explained(ContrailError.from(reason));
  }
}

/** A field that is none gets the name of one that is near. */
function explained(error: ContrailError): ContrailError {
  const [, type] = /: is no field of (\w+)$/.exec(error.message) ?? [];
  const fields = type === undefined ? undefined : struct(type);
  if (fields === undefined) return error;
  const field = String(error.fields.field).split(".").at(-1) ?? "";
  return new ContrailError("api.bad_request", `${error.message}${suggestion(field, Object.keys(fields))}`);
}

/** A target that stands twice counts once; the last attribute wins. */
function checkedReferences(link: Link, value: JsonValue, key: string): readonly WantedReference[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw bad(`${key}: a list is wanted`);
  const targets = new Map<string, WantedReference>();
  for (const [index, item] of (value as readonly JsonValue[]).entries()) {
    const reference = checkedReference(link, item, `${key}[${index}]`);
    targets.set(reference.uuid ?? JSON.stringify(reference.to), reference);
  }
  return [...targets.values()];
}

function checkedReference(link: Link, item: JsonValue, path: string): WantedReference {
  if (typeof item !== "object" || item === null || Array.isArray(item)) throw bad(`${path}: an object is wanted`);
  const given = item as JsonObject; // Just checked.
  const to = namesIn(given.to ?? undefined);
  const uuid = given.uuid ?? undefined;
  if (uuid !== undefined && !UUID.test(String(uuid))) throw bad(`${path}.uuid: ${String(uuid)} is none`);
  if (to === undefined && uuid === undefined) throw bad(`${path}: to is wanted, the name of a ${link.to}, or its uuid`);
  const attr = given.attr ?? null;
  if (attr !== null && link.attribute === undefined) throw bad(`${path}.attr: a reference to a ${link.to} has none`);
  return {
    toType: link.to,
    to,
    uuid: uuid === undefined ? undefined : String(uuid).toLowerCase(),
    attr: link.attribute === undefined ? null : checkedValue({ type: link.attribute }, attr, `${path}.attr`),
  };
}

function bad(text: string): ContrailError {
  return new ContrailError("api.bad_request", text);
}
