import { ContrailError } from "@contrail/errors";
import type { FastifyInstance } from "fastify";
import { denied, type View } from "../../core/access/view.ts";
import { bad } from "../../core/request-body.ts";
import { bodyObject, type RestContext, textOf } from "./context.ts";

/** POST /useragent-kv: a small store that clients keep their own notes in. */
export function keyValueRoutes(app: FastifyInstance, { store, gate }: RestContext): void {
  app.post("/useragent-kv", async (request) => {
    const body = bodyObject(request);
    const key = textOf(body, "key");
    if (key === undefined || key === "") throw bad("Bad Request: key is missing");
    const stored = `useragent${notesOf(gate.viewOf(request))}:${key}`;
    switch (textOf(body, "operation")) {
      case "STORE":
        await store.writeKey(stored, textOf(body, "value") ?? "");
        return {};
      case "RETRIEVE":
      case "GET": {
        const value = await store.readKey(stored);
        if (value === undefined)
          throw new ContrailError("config.not_found", `Unknown User-Agent key ${key.slice(0, 100)}`);
        return { value };
      }
      case "DELETE":
        await store.writeKey(stored, undefined);
        return {};
      default:
        throw bad("Bad Request: operation should be STORE, RETRIEVE or DELETE");
    }
  });
}

/** Each project has notes of its own; the administrator's are those without a login. */
function notesOf({ caller }: View): string {
  if (caller.tenant === undefined) return "";
  if (caller.tenant.projectUuid === undefined) throw denied(`${caller.name}'s token is for no project`);
  return `@${caller.tenant.projectUuid}`;
}
