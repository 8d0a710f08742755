import { ContrailError } from "@contrail/errors";
import {
  type ConfigObject,
  checkProperty,
  type JsonObject,
  type JsonValue,
  type ObjectType,
  type Property,
  struct,
} from "@contrail/schema";
import type { FastifyInstance, FastifyReply } from "fastify";
import { bad } from "../../core/request-body.ts";
import { bodyObject, markStale, queryOf, type RestContext, textOf, typeOfPath } from "./context.ts";

/** Elements that one call may change. */
const MAX_UPDATES = 1_000;

/** GET /prop-collection-get and POST /prop-collection-update: single elements of list and map properties. */
export function propertyRoutes(app: FastifyInstance, { objects, gate }: RestContext): void {
  const find = async (uuid: string, reply: FastifyReply): Promise<{ type: ObjectType; object: ConfigObject }> => {
    const { object, isCurrent } = await objects.current(uuid);
    if (object === undefined) throw new ContrailError("config.not_found", `Object Not Found: ${uuid.slice(0, 100)}`);
    if (!isCurrent) markStale(reply);
    return { type: typeOfPath(object.type), object };
  };

  app.get("/prop-collection-get", async (request, reply) => {
    const { uuid = "", fields = "", position } = queryOf(request);
    const { type, object } = await find(uuid, reply);
    const view = gate.viewOf(request);
    view.requireRead(object);
    view.requireOperation("R", type.name, fields.split(","));
    const shown = fields.split(",").map((field) => {
      const collection = collectionOf(type, field);
      const elements = readElements(collection, object.properties[field]);
      const pairs = elements.map((value, index) => [value, keyOf(collection, value) ?? String(index)] as const);
      return [field, pairs.filter(([, key]) => position === undefined || key === position)] as const;
    });
    return Object.fromEntries(shown);
  });

  app.post("/prop-collection-update", async (request, reply) => {
    const body = bodyObject(request);
    const { type, object } = await find(textOf(body, "uuid") ?? "", reply);
    const updates = Array.isArray(body.updates) ? (body.updates as readonly JsonValue[]) : undefined;
    if (updates === undefined) throw bad("Bad Request: updates must be a list");
    if (updates.length > MAX_UPDATES) throw bad(`Bad Request: updates: at most ${MAX_UPDATES} in one call`);
    const edit = (before: ConfigObject): ConfigObject =>
      updates.reduce((state: ConfigObject, update) => applyUpdate(type, state, update), before);
    await objects.change(type, object.uuid, edit, gate.viewOf(request));
    return reply.send({});
  });
}

/** A property whose elements are addressed one by one: its wrapper has one list field. */
interface Collection {
  readonly property: Property;
  readonly field: string;
  readonly element: Property;
}

function collectionOf(type: ObjectType, name: string): Collection {
  const property = Object.hasOwn(type.properties, name) ? type.properties[name] : struct("ObjectBase")?.[name];
  const wrapper = Object.entries(struct(property?.type ?? "") ?? {});
  const [first] = wrapper;
  if (property?.collection === undefined || first === undefined) {
    throw bad(`${name.slice(0, 100)} is no list or map property of ${type.name}`);
  }
  const [field, element] = first;
  return { property, field, element };
}

function readElements(collection: Collection, value: JsonValue | undefined): readonly JsonValue[] {
  const list = (value as JsonObject | null | undefined)?.[collection.field]; // The wrapper's one field is a list.
  return Array.isArray(list) ? list : [];
}

function keyOf(collection: Collection, element: JsonValue): string | undefined {
  const { mapKey } = collection.property;
  return mapKey === undefined ? undefined : String((element as JsonObject)[mapKey] ?? "");
}

function applyUpdate(type: ObjectType, object: ConfigObject, update: JsonValue): ConfigObject {
  const given =
    typeof update === "object" && update !== null && !Array.isArray(update) ? (update as JsonObject) : undefined;
  const field = typeof given?.field === "string" ? given.field : "";
  const collection = collectionOf(type, field);
  const elements = [...readElements(collection, object.properties[field])];
  edit(collection, elements, given ?? {});
  return { ...object, properties: { ...object.properties, [field]: { [collection.field]: elements } } };
}

function edit(collection: Collection, elements: JsonValue[], update: JsonObject): void {
  const operation = String(update.operation);
  const isMap = collection.property.collection === "map";
  const position = update.position === undefined || update.position === null ? undefined : String(update.position);
  const at = isMap ? elements.findIndex((item) => keyOf(collection, item) === position) : Number(position ?? -1);
  const value = (): JsonValue =>
    checkProperty({ type: collection.element.type }, update.value ?? null, String(update.field));
  const missing = (): ContrailError => bad(`no element at position ${position ?? ""} of ${String(update.field)}`);
  switch (`${operation} ${isMap ? "map" : "list"}`) {
    case "add list":
      elements.push(value());
      return;
    case "modify list":
      if (elements[at] === undefined) throw missing();
      elements[at] = value();
      return;
    case "delete list":
    case "delete map":
      if (elements[at] === undefined) throw missing();
      elements.splice(at, 1);
      return;
    case "set map": {
      const added = value();
      const known = elements.findIndex((item) => keyOf(collection, item) === keyOf(collection, added));
      if (known < 0) elements.push(added);
      else elements[known] = added;
      return;
    }
    default:
      throw bad(`operation ${operation.slice(0, 50)} does not fit a ${isMap ? "map" : "list"} property`);
  }
}
