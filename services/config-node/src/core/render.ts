import type { ConfigGraph } from "@contrail/graph";
import {
  baseProperties,
  type ConfigObject,
  type JsonObject,
  type JsonValue,
  objectType,
  parseJson,
  type Struct,
  underscored,
} from "@contrail/schema";

/** What a read or a detailed list shows of each object. */
export interface RenderOptions {
  /** Only these fields, beside identity; undefined: all. */
  readonly fields: ReadonlySet<string> | undefined;
  /** Lists of children and back references that are shown beside all else; undefined: none. */
  readonly also?: ReadonlySet<string> | undefined;
  readonly backReferences: boolean;
  readonly children: boolean;
  /** "http://host:8082", or undefined to leave hrefs out. */
  readonly baseUrl: string | undefined;
  /** What of it is left out for the reader; undefined: nothing. */
  readonly limits?: Limits | undefined;
}

/** What somebody sees of other objects and of a type's fields. */
export interface Limits {
  canRead(object: ConfigObject): boolean;
  canSee(object: ConfigObject): boolean;
  unreadableFields(typeName: string): ReadonlySet<string>;
}

/** Path of an object: "/virtual-network/<uuid>". */
export function pathOf(type: string, uuid: string): string {
  return `/${type}/${uuid}`;
}

/** An object as clients read it, without the outer key. */
export function renderObject(graph: ConfigGraph, object: ConfigObject, options: RenderOptions): JsonObject {
  const shown: Record<string, JsonValue> = identity(object, options);
  const withheld = options.limits?.unreadableFields(object.type);
  const wanted = (key: string): boolean => (options.fields?.has(key) ?? true) && withheld?.has(key) !== true;
  for (const [key, value] of Object.entries(object.properties)) {
    if (value !== undefined && (wanted(key) || ALWAYS.has(key))) shown[key] = value;
  }
  addDefaults(shown, objectType(object.type)?.properties ?? {}, wanted);
  addDefaults(shown, baseProperties(), wanted);
  addReferences(shown, graph, object, options, wanted);
  addIncoming(shown, graph, object, options, wanted);
  return shown;
}

/** The identity of an object: what a create answers and every read starts with. */
export function identity(object: ConfigObject, options: Pick<RenderOptions, "baseUrl">): Record<string, JsonValue> {
  const href = (type: string, uuid: string): Record<string, JsonValue> =>
    options.baseUrl === undefined ? {} : { href: options.baseUrl + pathOf(type, uuid) };
  const shown: Record<string, JsonValue> = {
    uuid: object.uuid,
    fq_name: object.fqName,
    name: object.fqName.at(-1) ?? "",
    ...href(object.type, object.uuid),
  };
  if (object.parentType !== undefined && object.parentUuid !== undefined) {
    shown.parent_type = object.parentType;
    shown.parent_uuid = object.parentUuid;
    if (options.baseUrl !== undefined)
      shown.parent_href = options.baseUrl + pathOf(object.parentType, object.parentUuid);
  } else if (objectType(object.type)?.parents.includes("config-root")) shown.parent_type = "config-root";
  return shown;
}

/** Properties that every read holds, whatever fields were asked for. */
const ALWAYS = new Set(["id_perms", "perms2", "display_name"]);

function addDefaults(shown: Record<string, JsonValue>, properties: Struct, wanted: (key: string) => boolean): void {
  for (const [key, property] of Object.entries(properties)) {
    if (property.defaultJson !== undefined && shown[key] === undefined && wanted(key)) {
      shown[key] = parseJson(property.defaultJson);
    }
  }
}

function addReferences(
  shown: Record<string, JsonValue>,
  graph: ConfigGraph,
  object: ConfigObject,
  options: RenderOptions,
  wanted: (key: string) => boolean,
): void {
  const lists = new Map<string, JsonValue[]>();
  for (const ref of object.refs) {
    const key = `${underscored(ref.toType)}_refs`;
    if (!wanted(key) || isWithheld(graph, ref.toUuid, options)) continue;
    const href = options.baseUrl === undefined ? {} : { href: options.baseUrl + pathOf(ref.toType, ref.toUuid) };
    append(lists, key, { to: ref.toFqName, uuid: ref.toUuid, ...href, attr: ref.attr });
  }
  for (const [key, list] of lists) shown[key] = list;
}

function addIncoming(
  shown: Record<string, JsonValue>,
  graph: ConfigGraph,
  object: ConfigObject,
  options: RenderOptions,
  wanted: (key: string) => boolean,
): void {
  const named = (key: string): boolean => options.fields?.has(key) === true || options.also?.has(key) === true;
  const shows = (key: string, all: boolean): boolean => (all ? wanted(key) : named(key));
  const anyNamed = (options.fields ?? options.also ?? new Set()).size > 0;
  if (!options.backReferences && !options.children && !anyNamed) return;
  const lists = new Map<string, JsonValue[]>();
  for (const uuid of graph.neighbours(object.uuid)) {
    const other = graph.get(uuid);
    if (other === undefined || options.limits?.canRead(other) === false) continue;
    const href = options.baseUrl === undefined ? {} : { href: options.baseUrl + pathOf(other.type, uuid) };
    const childKey = `${underscored(other.type)}s`;
    if (other.parentUuid === object.uuid && shows(childKey, options.children)) {
      append(lists, childKey, { to: other.fqName, uuid, ...href });
    }
    const backKey = `${underscored(other.type)}_back_refs`;
    if (!shows(backKey, options.backReferences)) continue;
    const ref = other.refs.find((candidate) => candidate.toUuid === object.uuid);
    if (ref !== undefined) append(lists, backKey, { to: other.fqName, uuid, ...href, attr: ref.attr });
  }
  for (const [key, list] of lists) shown[key] = list;
}

function isWithheld(graph: ConfigGraph, uuid: string, { limits }: RenderOptions): boolean {
  const target = limits === undefined ? undefined : graph.get(uuid);
  return target !== undefined && limits?.canSee(target) === false;
}

function append(lists: Map<string, JsonValue[]>, key: string, item: JsonValue): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
