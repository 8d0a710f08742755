import { ContrailError } from "@contrail/errors";
import type { FastifyInstance } from "fastify";
import { bad } from "../../core/request-body.ts";
import { bodyObject, type RestContext, textOf } from "./context.ts";

/** POST /useragent-kv: a small store that clients keep their own notes in. */
export function keyValueRoutes(app: FastifyInstance, { store }: RestContext): void {
  app.post("/useragent-kv", async (request) => {
    const body = bodyObject(request);
    const key = textOf(body, "key");
    if (key === undefined || key === "") throw bad("Bad Request: key is missing");
    const stored = `useragent:${key}`;
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
