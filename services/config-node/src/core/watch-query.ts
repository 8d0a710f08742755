import { type ObjectType, objectType } from "@contrail/schema";
import { bad } from "./request-body.ts";

/** What a watcher wants to see. */
export interface WatchQuery {
  /** Types, each with the fields that are shown; undefined: all properties and references. */
  readonly types: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  /** The log position to go on from; undefined: the objects as they are come first. */
  readonly from: bigint | undefined;
}

/**
 * Reads ?resource_type=a,b&a_fields=x,y with the Last-Event-ID of the event that was seen last (HTML Living Standard
 * section 9.2). Throws "config.bad_request".
 */
export function readWatchQuery(
  query: Readonly<Record<string, string | undefined>>,
  lastEventId: string | undefined,
): WatchQuery {
  const names = (query.resource_type ?? "").split(",").filter((name) => name !== "");
  if (names.length === 0) throw bad("resource_type required in request");
  const types = new Map<string, ReadonlySet<string> | undefined>();
  for (const name of names) {
    const type = typeNamed(name);
    const fields = query[`${name}_fields`] ?? query[`${type.name}_fields`];
    types.set(type.name, fields === undefined || fields === "" ? undefined : new Set(fields.split(",")));
  }
  if (lastEventId === undefined || lastEventId === "") return { types, from: undefined };
  if (!/^[0-9]{1,18}$/.test(lastEventId)) throw bad(`Last-Event-ID ${lastEventId.slice(0, 50)} is none of ours`);
  return { types, from: BigInt(lastEventId) + 1n };
}

function typeNamed(name: string): ObjectType {
  const type = objectType(name) ?? objectType(name.replaceAll("_", "-"));
  if (type === undefined) throw bad(`Invalid resource_type ${name.slice(0, 100)} in request`);
  return type;
}
