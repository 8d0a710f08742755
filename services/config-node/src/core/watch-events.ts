import type { ConfigGraph } from "@contrail/graph";
import type { ConfigChange, ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { stringifyJson } from "@contrail/schema";
import type { Sight } from "./access/sight.ts";
import { renderObject } from "./render.ts";
import type { WatchQuery } from "./watch-query.ts";

/** Objects in one event of the beginning. */
const PAGE = 200;

/**
 * One event of a stream (HTML Living Standard section 9.2.6):
 *
 *   id: 17
 *   event: update
 *   data: {"virtual-network": {…}}
 */
export function eventText(event: string, data: JsonValue, id?: bigint): string {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return `${idLine}event: ${event}\ndata: ${stringifyJson(data)}\n\n`;
}

/**
 * The objects as they are, in events of at most 200: [{"<type>": {…}}, …]; each type has one at least. Only the last has
 * the id: a watcher that is cut off before it begins again.
 */
export function* initialEvents(
  graph: ConfigGraph,
  query: WatchQuery,
  id: bigint,
  baseUrl: string,
  sight?: Sight,
): Generator<string, void, undefined> {
  const visible = (type: string) => [...graph.ofType(type)].filter((object) => sight?.admits(object) !== false);
  const pages = [...query.types.keys()].flatMap((type) => pagesOf(visible(type)));
  for (const [index, page] of pages.entries()) {
    const data = page.map((object) => shown(graph, object, query, baseUrl, sight));
    yield eventText("init", data, index === pages.length - 1 ? id : undefined);
  }
}

function pagesOf(objects: readonly ConfigObject[]): readonly (readonly ConfigObject[])[] {
  const pages = [objects.slice(0, PAGE)];
  for (let start = PAGE; start < objects.length; start += PAGE) pages.push(objects.slice(start, start + PAGE));
  return pages;
}

/** The event of a change: create, update or delete; undefined where the watcher did not ask for the type. */
export function changeEvent(
  graph: ConfigGraph,
  change: ConfigChange,
  query: WatchQuery,
  id: bigint,
  baseUrl: string,
  sight?: Sight,
): string | undefined {
  if (change.kind === "upsert") {
    const { object } = change;
    if (!query.types.has(object.type)) return undefined;
    const known = sight?.knows(object.uuid) ?? !isNew(object);
    if (sight?.admits(object) === false) return known ? removal(object, id) : undefined;
    return eventText(known ? "update" : "create", shown(graph, object, query, baseUrl, sight), id);
  }
  const { type, uuid } = change;
  if (sight?.forget(uuid) === false) return undefined;
  // One whose type is forgotten concerns everybody that knows its uuid.
  if (type === "") return eventText("delete", { uuid }, id);
  return query.types.has(type) ? removal(change, id) : undefined;
}

function removal({ type, uuid, fqName }: Pick<ConfigObject, "type" | "uuid" | "fqName">, id: bigint): string {
  return eventText("delete", { [type]: { uuid, fq_name: fqName } }, id);
}

function shown(
  graph: ConfigGraph,
  object: ConfigObject,
  query: WatchQuery,
  baseUrl: string,
  sight?: Sight,
): JsonObject {
  const fields = query.types.get(object.type);
  const options = { fields, backReferences: false, children: false, baseUrl, limits: sight?.limits };
  return { [object.type]: renderObject(graph, object, options) };
}

/** True where nothing has changed since the creation. */
function isNew({ properties }: ConfigObject): boolean {
  const perms = properties.id_perms as JsonObject | undefined; // The model says IdPermsType.
  return perms?.created !== undefined && perms.created === perms.last_modified;
}
