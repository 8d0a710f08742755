import {
  type ConfigObject,
  type ConfigReference,
  type JsonObject,
  type JsonValue,
  objectType,
  underscored,
} from "@contrail/schema";

/** An object as the API gives it, as graphs hold it. What stands in it of children and back references is left out. */
export function toConfigObject(type: string, object: JsonObject): ConfigObject {
  const refs = (objectType(type)?.links ?? []).flatMap(({ to }) => referencesIn(object, to));
  return {
    type,
    uuid: String(object.uuid),
    fqName: namesIn(object.fq_name),
    parentType: undefined,
    parentUuid: undefined,
    revision: 1n,
    refs,
    properties: object,
    derived: false,
    epoch: 0n,
  };
}

function referencesIn(object: JsonObject, toType: string): readonly ConfigReference[] {
  const listed = object[`${underscored(toType)}_refs`];
  if (!Array.isArray(listed)) return [];
  return (listed as readonly JsonObject[]).map(({ to, uuid, attr = null }) => {
    return { toType, toUuid: String(uuid), toFqName: namesIn(to), attr };
  });
}

function namesIn(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
