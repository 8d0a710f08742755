import { type JsonObject, type JsonValue, type ObjectType, objectTypes, underscored } from "@contrail/schema";
import { type OperationSketch, operation } from "./operation.ts";
import { FQ_NAME, schemaRef, UUID } from "./schemas.ts";

/** Parameters of lists, in the order in which they are shown. */
export const LIST_PARAMETERS = [
  ...["detail", "count", "shared", "parent_id", "parent_fq_name_str", "back_ref_id", "obj_uuids", "fq_names"],
  ...["fields", "filters", "exclude_hrefs", "page_marker", "page_limit"],
] as const;

/** The paths of every object type: its collection and its objects. */
export function objectPaths(): Record<string, JsonValue> {
  const paths: Record<string, JsonValue> = {};
  for (const type of objectTypes()) {
    paths[`/${type.name}s`] = { get: operation(list(type)), post: operation(create(type)) };
    paths[`/${type.name}/{uuid}`] = {
      parameters: [{ $ref: "#/components/parameters/uuid" }],
      get: operation(read(type)),
      put: operation(update(type)),
      delete: operation(remove(type)),
    };
  }
  return paths;
}

function wrapped({ name }: ObjectType, schema: JsonObject): JsonObject {
  return { type: "object", properties: { [name]: schema }, required: [name] };
}

function list(type: ObjectType): OperationSketch {
  const item = { anyOf: [{ $ref: "#/components/schemas/ObjectSummary" }, wrapped(type, schemaRef(type.name))] };
  const some = { anyOf: [{ type: "array", items: item }, { $ref: "#/components/schemas/Count" }] };
  const properties = { [`${type.name}s`]: some, marker: { type: ["string", "null"] } };
  return {
    id: `list_${underscored(type.name)}`,
    tag: type.name,
    summary: `List objects of type ${type.name}`,
    parameters: LIST_PARAMETERS,
    answer: { type: "object", properties, required: [`${type.name}s`] },
    refusals: [400, 403, 503],
  };
}

function create(type: ObjectType): OperationSketch {
  const identity = { type: "object", properties: { uuid: UUID, fq_name: FQ_NAME, href: { type: "string" } } };
  return {
    id: `create_${underscored(type.name)}`,
    tag: type.name,
    summary: `Create an object of type ${type.name}`,
    body: wrapped(type, { allOf: [schemaRef(type.name), { type: "object", required: ["fq_name"] }] }),
    answer: wrapped(type, identity),
    refusals: [400, 403, 404, 409, 412, 413, 503],
  };
}

function read(type: ObjectType): OperationSketch {
  return {
    id: `read_${underscored(type.name)}`,
    tag: type.name,
    summary: `Read an object of type ${type.name}`,
    parameters: ["fields", "exclude_back_refs", "exclude_children", "exclude_hrefs", "If-None-Match"],
    answer: wrapped(type, schemaRef(type.name)),
    refusals: [304, 400, 403, 404],
  };
}

function update(type: ObjectType): OperationSketch {
  const identity = { type: "object", properties: { uuid: UUID, href: { type: "string" } } };
  return {
    id: `update_${underscored(type.name)}`,
    tag: type.name,
    summary: `Change what is given of an object of type ${type.name}; null clears, a list of references replaces`,
    parameters: ["If-Match"],
    body: wrapped(type, schemaRef(type.name)),
    answer: wrapped(type, identity),
    mayBeEmpty: true,
    refusals: [400, 403, 404, 409, 412, 413, 503],
  };
}

function remove(type: ObjectType): OperationSketch {
  return {
    id: `delete_${underscored(type.name)}`,
    tag: type.name,
    summary: `Delete an object of type ${type.name}`,
    refusals: [400, 403, 404, 409, 503],
  };
}
