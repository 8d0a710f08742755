import { ContrailError } from "@contrail/errors";
import type { ConfigObject, ConfigReference, JsonObject, JsonValue } from "@contrail/schema";
import { quotedList } from "./api-text.ts";
import { bad } from "./request-body.ts";

/** The only tag type that an object may have several tags of. */
const REPEATED = "label";
/** Values of one type that a call may name. */
const MAX_VALUES = 1_000;

/** Where the tags of an object's own scope stand: the name of its project; undefined where it has none. */
export type ScopeName = readonly string[] | undefined;

/** What a body of set-tag wants of one tag type. */
interface TagRequest {
  readonly tagType: string;
  /** undefined: every tag of the type goes. */
  readonly global: boolean | undefined;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * The object with the tags that a body of set-tag asks for: {"<tag type>": {"is_global", "value"} | {"is_global",
 * "add_values", "delete_values"} | null}. find gives a tag by name, undefined where there is none. Throws
 * "config.bad_request", or "config.not_found" for a tag that does not exist.
 */
export function withTags(
  object: ConfigObject,
  scope: ScopeName,
  wanted: JsonObject,
  find: (fqName: readonly string[]) => ConfigObject | undefined,
): ConfigObject {
  let refs = object.refs;
  for (const [name, value] of Object.entries(wanted)) {
    const request = readRequest(object.type, name.toLowerCase(), value);
    const gone = (ref: ConfigReference): boolean => isGone(ref, request);
    refs = refs.filter((ref) => !gone(ref));
    const present = new Set(refs.filter((ref) => tagTypeOf(ref) === request.tagType).map(tagValueOf));
    const added = request.add.filter((item) => !present.has(item));
    refs = [
      ...refs,
      ...added.map((item) => locate(`${request.tagType}=${item}`, request.global === true, scope, find)),
    ];
  }
  return { ...object, refs };
}

/** Tags of the type that a request removes: those named, or, where only one may be, those of another value. */
function isGone(ref: ConfigReference, { tagType, global, add, remove }: TagRequest): boolean {
  if (tagTypeOf(ref) !== tagType) return false;
  if (global === undefined) return true;
  return tagType === REPEATED ? remove.includes(tagValueOf(ref)) : !add.includes(tagValueOf(ref));
}

function locate(
  name: string,
  isGlobal: boolean,
  scope: ScopeName,
  find: (fqName: readonly string[]) => ConfigObject | undefined,
): ConfigReference {
  if (!isGlobal && scope === undefined) throw notFound(`Not able to determine the scope of the tag '${name}'`);
  const fqName = isGlobal ? [name] : [...(scope ?? []), name];
  const tag = find(fqName);
  if (tag === undefined) throw notFound(`Tag with FQName ${quotedList(fqName)} not found`);
  return { toType: "tag", toUuid: tag.uuid, toFqName: tag.fqName, attr: null };
}

function readRequest(objectType: string, tagType: string, value: JsonValue | undefined): TagRequest {
  if (value === null || value === undefined) return { tagType, global: undefined, add: [], remove: [] };
  if (typeof value !== "object" || Array.isArray(value)) throw bad(`${tagType}: an object or null is wanted`);
  const given = value as JsonObject; // Neither null nor a list.
  const add = texts(given.add_values, `${tagType}.add_values`);
  const remove = texts(given.delete_values, `${tagType}.delete_values`);
  if (objectType === "address-group" && tagType !== REPEATED) {
    throw bad(`Invalid tag type ${tagType} for object type address_group`);
  }
  if (tagType !== REPEATED && add.length + remove.length > 0) {
    throw bad(`Tag type ${tagType} cannot be set multiple times on a same object.`);
  }
  const one = given.value ?? undefined;
  if (one !== undefined && typeof one !== "string") throw bad(`No valid value provided for tag type ${tagType}`);
  if (tagType !== REPEATED && one === undefined) throw bad(`No valid value provided for tag type ${tagType}`);
  return { tagType, global: given.is_global === true, add: one === undefined ? add : [...add, one], remove };
}

function texts(value: JsonValue | undefined, field: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MAX_VALUES) throw bad(`${field}: a list of at most ${MAX_VALUES} texts`);
  return [
    ...new Set(
      value.map((item: JsonValue) => {
        if (typeof item === "string") return item;
        throw bad(`${field}: texts are wanted`);
      }),
    ),
  ];
}

/** Tags are named "<type>=<value>". */
function tagTypeOf({ toType, toFqName }: ConfigReference): string | undefined {
  return toType === "tag" ? toFqName.at(-1)?.split("=", 1)[0] : undefined;
}

function tagValueOf({ toFqName }: ConfigReference): string {
  const name = toFqName.at(-1) ?? "";
  return name.slice(name.indexOf("=") + 1);
}

function notFound(text: string): ContrailError {
  return new ContrailError("config.not_found", text);
}
