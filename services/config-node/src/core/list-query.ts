import type { ConfigGraph } from "@contrail/graph";
import { type ConfigObject, canonicalText, type JsonValue, objectType, parseJson } from "@contrail/schema";
import { bad } from "./request-body.ts";

/**
 * A list request, from a query string or the body of the bulk form. "shared" asks for what others share too: that is in
 * every list of whoever may see it, so it changes nothing.
 */
export interface ListQuery {
  readonly detail: boolean;
  readonly count: boolean;
  readonly excludeHrefs: boolean;
  readonly parentUuids: readonly string[] | undefined;
  readonly parentFqName: readonly string[] | undefined;
  readonly backReferenceUuids: readonly string[] | undefined;
  readonly uuids: readonly string[] | undefined;
  readonly fqNames: readonly string[] | undefined;
  readonly fields: readonly string[] | undefined;
  readonly filters: ReadonlyMap<string, readonly JsonValue[]>;
  /** undefined: no paging; "" : from the start; else the uuid after which the page begins. */
  readonly pageMarker: string | undefined;
  readonly pageLimit: number | undefined;
}

/** Properties that one request may filter by. */
const MAX_FILTERED = 100;

/** Reads a list request; booleans are true where the text holds "true". Throws "config.bad_request". */
export function readListQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  const marker = query.page_marker;
  return {
    detail: flag(query.detail),
    count: flag(query.count),
    excludeHrefs: query.exclude_hrefs !== undefined,
    parentUuids: uuids(query.parent_id),
    parentFqName: query.parent_fq_name_str === undefined ? undefined : String(query.parent_fq_name_str).split(":"),
    backReferenceUuids: uuids(query.back_ref_id),
    uuids: uuids(query.obj_uuids),
    fqNames: words(query.fq_names),
    fields: words(query.fields),
    filters: readFilters(query.filters),
    pageMarker:
      marker === undefined ? undefined : ["None", "0", "null", ""].includes(String(marker)) ? "" : String(marker),
    pageLimit: readLimit(query.page_limit),
  };
}

/** Objects of a type that a query asks for, in ascending order of uuid, and the next page's marker. */
export function selectObjects(
  graph: ConfigGraph,
  type: string,
  query: ListQuery,
  isShown: (object: ConfigObject) => boolean = () => true,
): { readonly objects: readonly ConfigObject[]; readonly marker: string | null } {
  const criteria = criteriaOf(graph, query);
  const found = [...candidates(graph, type, query)].filter((object) => matches(object, criteria) && isShown(object));
  found.sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
  if (query.pageMarker === undefined && query.pageLimit === undefined) return { objects: found, marker: null };
  const after = found.filter(({ uuid }) => uuid > (query.pageMarker ?? ""));
  const objects = after.slice(0, query.pageLimit ?? after.length);
  return { objects, marker: objects.length < after.length ? (objects.at(-1)?.uuid ?? null) : null };
}

function* candidates(graph: ConfigGraph, type: string, query: ListQuery): Iterable<ConfigObject> {
  if (query.uuids === undefined) {
    yield* graph.ofType(type);
    return;
  }
  for (const uuid of new Set(query.uuids)) {
    const object = graph.get(uuid);
    if (object?.type === type) yield object;
  }
}

/** A query as each object is held against it: a body may name a hundred thousand uuids. */
interface Criteria {
  readonly parentUuids: ReadonlySet<string> | undefined;
  readonly parentName: string | undefined;
  readonly names: ReadonlySet<string> | undefined;
  readonly backReferences: ReadonlySet<string> | undefined;
  /** Canonical texts by property. */
  readonly filters: readonly (readonly [field: string, texts: ReadonlySet<string>])[];
}

function criteriaOf(graph: ConfigGraph, query: ListQuery): Criteria {
  const { parentUuids, parentFqName, backReferenceUuids, fqNames, filters } = query;
  return {
    parentUuids: parentUuids && new Set(parentUuids),
    parentName: parentFqName?.join(":"),
    names: fqNames && new Set(fqNames),
    backReferences: backReferenceUuids && new Set(backReferenceUuids.filter((uuid) => graph.get(uuid) !== undefined)),
    filters: [...filters].map(([field, values]) => [field, new Set(values.map(canonicalText))] as const),
  };
}

function matches(object: ConfigObject, criteria: Criteria): boolean {
  const { parentUuids, parentName, names, backReferences, filters } = criteria;
  if (parentUuids !== undefined && !parentUuids.has(object.parentUuid ?? "")) return false;
  if (parentName !== undefined && object.fqName.slice(0, -1).join(":") !== parentName) return false;
  if (names !== undefined && !names.has(object.fqName.join(":"))) return false;
  if (backReferences !== undefined && !object.refs.some(({ toUuid }) => backReferences.has(toUuid))) return false;
  return filters.every(([field, texts]) => texts.has(canonicalText(shownValue(object, field))));
}

/** A property as reads show it, with its default; null where there is none. */
function shownValue(object: ConfigObject, field: string): JsonValue {
  if (field === "uuid") return object.uuid;
  if (field === "fq_name") return object.fqName;
  const defaultJson = objectType(object.type)?.properties[field]?.defaultJson;
  return object.properties[field] ?? (defaultJson === undefined ? null : parseJson(defaultJson));
}

function flag(value: unknown): boolean {
  return (
    value === true ||
    String(value ?? "")
      .toLowerCase()
      .includes("true")
  );
}

function words(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const all = Array.isArray(value) ? value.map(String) : String(value).split(",");
  return all.map((word) => word.trim()).filter((word) => word !== "");
}

function uuids(value: unknown): readonly string[] | undefined {
  return words(value)?.map((word) => word.toLowerCase());
}

function readLimit(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1) throw bad(`page_limit: a positive number is wanted, not ${String(value)}`);
  return limit;
}

/** Filters are field=="json", joined by commas that stand before another such field. */
function readFilters(value: unknown): ReadonlyMap<string, readonly JsonValue[]> {
  const filters = new Map<string, JsonValue[]>();
  if (value === undefined || value === null || value === "") return filters;
  for (const part of String(value).split(/,(?=[A-Za-z0-9_]+==)/)) {
    const split = part.indexOf("==");
    const field = part.slice(0, split).replaceAll("-", "_");
    try {
      if (split < 1) throw new SyntaxError("no ==");
      const value = parseJson(part.slice(split + 2));
      const known = filters.get(field);
      if (known === undefined) filters.set(field, [value]);
      else known.push(value);
    } catch {
      throw bad(`Invalid filter ${part.slice(0, 200)}`);
    }
  }
  if (filters.size > MAX_FILTERED) throw bad(`Invalid filter of ${filters.size} properties: at most ${MAX_FILTERED}`);
  return filters;
}
