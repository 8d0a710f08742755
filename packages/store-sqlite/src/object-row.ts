import { type ConfigObject, type ConfigReference, type JsonObject, parseJson, stringifyJson } from "@contrail/schema";

/** A row of table object, in the order of its columns; what passes between the threads is flat, and cheap to copy. */
export type ObjectRow = readonly [
  uuid: string,
  type: string,
  fqName: string,
  parentType: string | null,
  parentUuid: string | null,
  revision: bigint,
  refs: string,
  properties: string,
  derived: bigint,
  epoch: bigint,
];

/** The row of an object; lists and properties are JSON text in the bigint-aware form of @contrail/schema. */
export function rowOf(object: ConfigObject): ObjectRow {
  return [
    object.uuid,
    object.type,
    JSON.stringify(object.fqName),
    object.parentType ?? null,
    object.parentUuid ?? null,
    object.revision,
    stringifyJson(object.refs.map(({ toType, toUuid, toFqName, attr }) => ({ toType, toUuid, toFqName, attr }))),
    stringifyJson(object.properties),
    object.derived ? 1n : 0n,
    object.epoch,
  ];
}

/** The object of a row that rowOf() made. */
export function objectOf(row: ObjectRow): ConfigObject {
  const [uuid, type, fqName, parentType, parentUuid, revision, refs, properties, derived, epoch] = row;
  return {
    uuid,
    type,
    fqName: JSON.parse(fqName) as string[],
    parentType: parentType ?? undefined,
    parentUuid: parentUuid ?? undefined,
    revision,
    refs: parseJson(refs) as unknown as ConfigReference[],
    properties: parseJson(properties) as JsonObject,
    derived: derived !== 0n,
    epoch,
  };
}
