import { ContrailError } from "@contrail/errors";
import {
  baseProperties,
  checkProperty,
  type JsonObject,
  type JsonValue,
  type Link,
  type ObjectType,
  underscored,
} from "@contrail/schema";

/** A reference as a client names it: by name, by uuid, or both. */
export interface ReferenceInput {
  readonly to: readonly string[] | undefined;
  readonly uuid: string | undefined;
  readonly attr: JsonValue;
}

/** The body of a create or update, taken apart; what is not there was not in the body. */
export interface BodyInput {
  readonly uuid: string | undefined;
  readonly fqName: readonly string[] | undefined;
  readonly parentType: string | undefined;
  /** Properties to set; null clears. */
  readonly properties: ReadonlyMap<string, JsonValue>;
  /** Whole reference lists by target type; null clears. */
  readonly references: ReadonlyMap<string, readonly ReferenceInput[]>;
  /** Keys that are neither property nor reference: ignored, counted. */
  readonly ignored: number;
}

/** Longest name component, and longest name as joined. */
const MAX_COMPONENT = 1_024;
/** Depth of a name. */
const MAX_COMPONENTS = 16;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Keys that clients send back as they read them; the server derives them. */
const DERIVED_KEYS = new Set(["uuid", "fq_name", "parent_type", "parent_uuid", "parent_href", "href", "name"]);
/** Properties that the server alone keeps. */
const SERVER_PROPERTIES = new Set(["configuration_version", "tag_id", "tag_type_id"]);

/** Takes a body {"<type>": {…}} apart. Throws "config.bad_request" naming the field. */
export function readBody(type: ObjectType, body: JsonValue, operation: "create" | "update"): BodyInput {
  const content = objectOf(objectOf(body, "the body")[type.name], `the body's key ${JSON.stringify(type.name)}`);
  const links = linksOf(type);
  const base = baseProperties();
  const properties = new Map<string, JsonValue>();
  const references = new Map<string, readonly ReferenceInput[]>();
  let ignored = 0;
  for (const [key, value] of Object.entries(content)) {
    if (value === undefined || DERIVED_KEYS.has(key) || SERVER_PROPERTIES.has(key)) continue;
    const property = Object.hasOwn(type.properties, key)
      ? type.properties[key]
      : Object.hasOwn(base, key)
        ? base[key]
        : undefined;
    const link = links.get(key);
    if (property !== undefined) {
      if (value !== null)
        properties.set(
          key,
          explain(operation, () => checkProperty(property, value, key)),
        );
      else if (operation === "update") properties.set(key, null);
    } else if (link !== undefined) {
      if (value !== null || operation === "update")
        references.set(link.to, readReferences(link, value ?? [], key, operation));
    } else ignored++;
  }
  // An update may hold the object as it was read: identity is not looked at.
  const identity = operation === "create" ? content : {};
  return {
    uuid: readUuid(identity.uuid),
    fqName: readFqName(identity.fq_name),
    parentType: readParentType(identity.parent_type),
    properties,
    references,
    ignored,
  };
}

const LINKS = new Map<ObjectType, ReadonlyMap<string, Link>>();

/** The links of a type by their keys in a body; made once for each type of the model. */
function linksOf(type: ObjectType): ReadonlyMap<string, Link> {
  const known = LINKS.get(type);
  if (known !== undefined) return known;
  const links = new Map(type.links.map((link) => [`${underscored(link.to)}_refs`, link] as const));
  LINKS.set(type, links);
  return links;
}

/** The reference list of one link; a target that stands twice is merged, the last attribute wins. */
function readReferences(link: Link, value: JsonValue, key: string, operation: string): ReferenceInput[] {
  if (!Array.isArray(value)) throw bad(`Bad reference in ${operation}: ${key} must be a list`);
  const merged = new Map<string, ReferenceInput>();
  for (const [index, item] of value.entries()) {
    const path = `${key}[${index}]`;
    const given = objectOf(item, `Bad reference in ${operation}: ${path}`);
    const to = readFqName(given.to, `${path}.to`);
    if (given.uuid !== undefined && given.uuid !== null && typeof given.uuid !== "string")
      throw bad(`Bad reference in ${operation}: ${path}.uuid must be a string`);
    const uuid = given.uuid?.toLowerCase();
    if (to === undefined && uuid === undefined)
      throw bad(`Bad reference in ${operation}: ${path} has neither to nor uuid`);
    merged.set(uuid ?? JSON.stringify(to), {
      to,
      uuid,
      attr: readAttribute(link, given.attr, `${path}.attr`, operation),
    });
  }
  return [...merged.values()];
}

/** A link's attribute, checked; null where the link has none or none was given. */
export function readAttribute(link: Link, value: JsonValue | undefined, path: string, operation: string): JsonValue {
  if (value === undefined || value === null || link.attribute === undefined) return null;
  const type = link.attribute;
  return explain(operation, () => checkProperty({ type }, value, path));
}

function readUuid(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && UUID.test(value)) return value.toLowerCase();
  throw bad(`Invalid UUID format: ${String(value).slice(0, 100)}`);
}

/** A name of 1 to 16 components; undefined where none was given. Throws naming what is wrong, and the field. */
export function readFqName(value: JsonValue | undefined, field = "fq_name"): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_COMPONENTS) {
    throw bad(`${field} must be a list of 1 to ${MAX_COMPONENTS} strings`);
  }
  for (const part of value as readonly JsonValue[]) {
    if (typeof part !== "string" || part === "") throw bad(`${field} must hold non-empty strings`);
    if (part.length > MAX_COMPONENT) throw bad(`${field}: a part is longer than ${MAX_COMPONENT} characters`);
    if (!part.isWellFormed()) throw bad(`${field}: a part holds half of a surrogate pair`);
    if (holdsControlCharacter(part)) throw bad(`${field}: a part holds a control character`);
  }
  return value as readonly string[]; // Checked just above.
}

function holdsControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function readParentType(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw bad("parent_type must be a string");
  // Old clients name a type with underscores.
  return value.includes("_") && !value.includes("-") ? value.replaceAll("_", "-") : value;
}

function objectOf(value: JsonValue | undefined, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw bad(`${what} must be a JSON object`);
}

function explain<T>(operation: string, check: () => T): T {
  try {
    return check();
  } catch (reason) {
    throw bad(`Bad property in ${operation}: ${ContrailError.from(reason).message}`);
  }
}

/** A 400 whose text the client sees. */
export function bad(text: string): ContrailError {
  return new ContrailError("config.bad_request", text);
}
