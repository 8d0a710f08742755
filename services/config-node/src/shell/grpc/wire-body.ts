import {
  type ConfigObject,
  type JsonObject,
  type JsonValue,
  type ObjectType,
  parseJson,
  underscored,
} from "@contrail/schema";
import type { configWire } from "@contrail/wire";
import { bad } from "../../core/request-body.ts";

/** The body of the REST API that a message stands for: {"<type>": {…}}. Throws "config.bad_request". */
export function bodyOf(type: ObjectType, message: configWire.Object): JsonObject {
  const content: Record<string, JsonValue | undefined> = {
    ...propertiesOf(message),
    uuid: message.uuid === "" ? undefined : message.uuid,
    fq_name: message.fqName.length === 0 ? undefined : message.fqName,
    parent_type: message.parentType === "" ? undefined : message.parentType,
  };
  for (const [key, list] of referencesOf(type, message)) content[key] = list;
  return { [type.name]: content };
}

/** The body that makes an object what a message says: what is not in the message is cleared. */
export function replacingBody(type: ObjectType, message: configWire.Object, before: ConfigObject): JsonObject {
  const cleared: Record<string, JsonValue> = {};
  for (const key of Object.keys(before.properties)) cleared[key] = null;
  for (const { toType } of before.refs) cleared[`${underscored(toType)}_refs`] = [];
  const given = bodyOf(type, message)[type.name] as JsonObject; // bodyOf makes it so.
  return { [type.name]: { ...cleared, ...given } };
}

function propertiesOf({ properties }: configWire.Object): JsonObject {
  if (properties.length === 0) return {};
  const value = parsed(properties, "properties");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw bad("properties must be a JSON object");
}

function referencesOf(type: ObjectType, { refs }: configWire.Object): ReadonlyMap<string, JsonValue[]> {
  const lists = new Map<string, JsonValue[]>();
  for (const { toType, toUuid, toFqName, attr } of refs) {
    if (!type.links.some(({ to }) => to === toType)) {
      throw bad(`Bad reference: ${type.name} has no references to ${toType.slice(0, 100)}`);
    }
    const key = `${underscored(toType)}_refs`;
    const item = {
      uuid: toUuid === "" ? null : toUuid,
      to: toFqName.length === 0 ? null : toFqName,
      attr: attr.length === 0 ? null : parsed(attr, `${key}.attr`),
    };
    lists.set(key, [...(lists.get(key) ?? []), item]);
  }
  return lists;
}

function parsed(bytes: Uint8Array, field: string): JsonValue {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw bad(`${field} must be JSON in UTF-8`);
  }
}
