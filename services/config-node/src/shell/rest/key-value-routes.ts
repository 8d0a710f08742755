import { ContrailError } from "@contrail/errors";
import type { ObjectStore } from "@contrail/store";
import type { FastifyInstance } from "fastify";
import { denied, type View } from "../../core/access/view.ts";
import { bad } from "../../core/request-body.ts";
import { bodyObject, type RestContext, textOf } from "./context.ts";

/** Longest key, in UTF-16 units. */
const MAX_KEY = 1_024;
/** Notes that one listing holds, and UTF-16 units of their keys and values together. */
const MAX_LISTED = 10_000;
const MAX_LISTED_TEXT = 16 * 1024 * 1024;

/**
 * POST /useragent-kv: a small store that clients keep their own notes in. RETRIEVE without a key gives all of them; of a
 * key that is not there: 404 for RETRIEVE, nothing for DELETE.
 */
export function keyValueRoutes(app: FastifyInstance, { store, gate }: RestContext): void {
  app.post("/useragent-kv", async (request) => {
    const body = bodyObject(request);
    const operation = textOf(body, "operation");
    if (operation === undefined) throw bad("Error: Key/value store API needs 'operation' parameter");
    if (!("key" in body)) throw bad("Error: Key/value store API needs 'key' parameter");
    const key = textOf(body, "key") ?? "";
    const notes = `useragent${notesOf(gate.viewOf(request))}:`;
    switch (operation) {
      case "STORE":
        await store.writeKey(notes + checked(key), textOf(body, "value") ?? "");
        return {};
      case "RETRIEVE":
      case "GET": {
        if (key === "") return { value: await listed(store, notes) };
        const value = await store.readKey(notes + key);
        if (value === undefined)
          throw new ContrailError("config.not_found", `Unknown User-Agent key ${key.slice(0, 100)}`);
        return { value };
      }
      case "DELETE":
        await store.writeKey(notes + checked(key), undefined);
        return {};
      default:
        throw bad("Bad Request: operation should be STORE, RETRIEVE or DELETE");
    }
  });
}

function checked(key: string): string {
  if (key === "") throw bad("Error: Key/value store API needs 'key' parameter");
  if (key.length > MAX_KEY) throw bad(`key: longer than ${MAX_KEY} characters`);
  if (!key.isWellFormed()) throw bad("key: holds half of a surrogate pair");
  return key;
}

/** All notes under a prefix, by key ascending. Throws "config.bad_request" where they are too many for one answer. */
async function listed(store: ObjectStore, prefix: string) {
  const found: { readonly key: string; readonly value: string }[] = [];
  let size = 0;
  for await (const [stored, value] of store.keys()) {
    if (!stored.startsWith(prefix)) continue;
    const key = stored.slice(prefix.length);
    size += key.length + value.length;
    if (found.length === MAX_LISTED || size > MAX_LISTED_TEXT) {
      throw bad(`there are more than ${MAX_LISTED} keys, or more than ${MAX_LISTED_TEXT} characters in them: name one`);
    }
    found.push({ key, value });
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Each project has notes of its own; the administrator's are those without a login. */
function notesOf({ caller }: View): string {
  if (caller.tenant === undefined) return "";
  if (caller.tenant.projectUuid === undefined) throw denied(`${caller.name}'s token is for no project`);
  return `@${caller.tenant.projectUuid}`;
}
