import {
  baseProperties,
  type JsonObject,
  type JsonValue,
  type Link,
  type ObjectType,
  objectTypes,
  type Property,
  parseJson,
  type Struct,
  struct,
  underscored,
} from "@contrail/schema";

const SCALARS: Readonly<Record<string, JsonObject>> = {
  string: { type: "string" },
  integer: { type: "integer", format: "int64" },
  uint64: { type: "integer", description: "64 bits; signed in answers" },
  boolean: { type: "boolean" },
};

/** A reference to a schema of the document. */
export function schemaRef(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** A text of a uuid. */
export const UUID: JsonObject = { type: "string", format: "uuid" };
/** The name of an object, from the root down. */
export const FQ_NAME: JsonObject = {
  type: "array",
  items: { type: "string", minLength: 1, maxLength: 1_024 },
  minItems: 1,
  maxItems: 16,
};

/** Schemas of all complex types that objects use, and of all object types, by name. */
export function modelSchemas(): Record<string, JsonValue> {
  const schemas: Record<string, JsonValue> = {};
  const backwards = backLinks();
  for (const type of objectTypes()) {
    schemas[type.name] = objectSchema(type, backwards.get(type.name) ?? []);
    for (const property of Object.values(type.properties)) addStruct(schemas, property.type);
    for (const { attribute } of type.links) if (attribute !== undefined) addStruct(schemas, attribute);
  }
  for (const property of Object.values(baseProperties())) addStruct(schemas, property.type);
  return schemas;
}

/** Types that refer to each type, or may stand below it. */
function backLinks(): ReadonlyMap<string, readonly { readonly key: string; readonly attribute?: string }[]> {
  const found = new Map<string, { key: string; attribute?: string }[]>();
  const add = (to: string, entry: { key: string; attribute?: string }): void => {
    found.set(to, [...(found.get(to) ?? []), entry]);
  };
  for (const { name, parents, links } of objectTypes()) {
    for (const parent of parents) add(parent, { key: `${underscored(name)}s` });
    for (const { to, attribute } of links) {
      add(to, { key: `${underscored(name)}_back_refs`, ...(attribute === undefined ? {} : { attribute }) });
    }
  }
  return found;
}

function objectSchema(
  type: ObjectType,
  incoming: readonly { readonly key: string; readonly attribute?: string }[],
): JsonObject {
  const properties: Record<string, JsonValue> = {
    uuid: UUID,
    fq_name: FQ_NAME,
    name: { type: "string", readOnly: true },
    href: { type: "string", readOnly: true },
    parent_type: { type: ["string", "null"], enum: [...type.parents, null] },
    parent_uuid: { ...UUID, readOnly: true },
    parent_href: { type: "string", readOnly: true },
  };
  for (const [name, property] of Object.entries({ ...baseProperties(), ...type.properties })) {
    properties[name] ??= propertySchema(property, true);
  }
  for (const link of type.links) properties[`${underscored(link.to)}_refs`] = referencesSchema(link);
  for (const { key, attribute } of incoming) properties[key] ??= { ...shownReferences(attribute), readOnly: true };
  return { type: "object", properties };
}

function addStruct(schemas: Record<string, JsonValue>, name: string): void {
  const fields = struct(name);
  if (fields === undefined || schemas[name] !== undefined) return;
  schemas[name] = structSchema(fields);
  for (const { type } of Object.values(fields)) addStruct(schemas, type);
}

function structSchema(fields: Struct): JsonObject {
  const properties = Object.entries(fields).map(([name, field]) => [name, propertySchema(field, true)] as const);
  return { type: "object", properties: Object.fromEntries(properties), additionalProperties: false };
}

/** A property's schema; nullable: null may be sent for it, and stands for nothing. */
function propertySchema(property: Property, nullable: boolean): JsonObject {
  const one = itemSchema(property);
  const plain: JsonObject = property.list === true ? { type: "array", items: one } : one;
  const notes = {
    ...(property.operations?.includes("U") === false ? { readOnly: property.operations === "R" } : {}),
    ...(property.defaultJson === undefined ? {} : { default: parseJson(property.defaultJson) }),
  };
  if (!nullable) return { ...plain, ...notes };
  return { anyOf: [plain, { type: "null" }], ...notes };
}

function itemSchema(property: Property): JsonObject {
  const scalar = SCALARS[property.type];
  if (scalar === undefined) return schemaRef(property.type);
  return {
    ...scalar,
    ...(property.values === undefined ? {} : { enum: property.values }),
    ...(property.min === undefined ? {} : { minimum: property.min }),
    ...(property.max === undefined ? {} : { maximum: property.max }),
  };
}

/** A list of references as it is sent, with name or uuid, and read, with both. */
function referencesSchema({ attribute }: Link): JsonObject {
  const list = shownReferences(attribute);
  return { anyOf: [list, { type: "null" }] };
}

function shownReferences(attribute: string | undefined): JsonObject {
  const attr = attribute === undefined ? {} : { anyOf: [schemaRef(attribute), { type: "null" }] };
  const properties = {
    to: { anyOf: [FQ_NAME, { type: "null" }] },
    uuid: { type: ["string", "null"] },
    href: { type: ["string", "null"] },
    attr,
  };
  return { type: "array", items: { type: "object", properties } };
}
