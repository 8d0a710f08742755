import type { ConfigGraph } from "@contrail/graph";
import { type JsonObject, type JsonValue, objectTypes } from "@contrail/schema";
import type { FastifyInstance } from "fastify";
import { AAA_MODES, type AaaMode } from "../../core/access/aaa-mode.ts";
import { renderObject } from "../../core/render.ts";
import { bad } from "../../core/request-body.ts";
import { type CheckResult, checkStore } from "../store-check.ts";
import { bodyObject, type RestContext } from "./context.ts";

/** Objects that one call of obj-cache shows, and how many where it says nothing. */
const MAX_CACHED = 1_000;
const DEFAULT_CACHED = 10;

/** Actions of OpenContrail's API server that stand for parts that this system does not have, and what there is. */
const ABSENT: Readonly<Record<string, string>> = {
  "fetch-records": "read the lists with detail=true, page by page",
  "start-profile": "use node --cpu-prof",
  "stop-profile": "use node --cpu-prof",
  "execute-job": "there are no fabric jobs",
  "abort-job": "there are no fabric jobs",
  "amqp-publish": "there is no AMQP broker; changes are told by GET /watch",
  "amqp-request": "there is no AMQP broker; changes are told by GET /watch",
  "hbs-get": "there are no host-based services",
};

/** Routes for operators: aaa-mode, obj-cache, db-check; those of parts that are not here are refused with the reason. */
export function operatorRoutes(app: FastifyInstance, { objects, store, gate, aaaMode }: RestContext): void {
  app.get("/aaa-mode", () => ({ "aaa-mode": aaaMode }));

  app.put("/aaa-mode", (request) => {
    gate.viewOf(request).requireAdministrator("set the aaa-mode");
    const mode = bodyObject(request)["aaa-mode"];
    if (mode === aaaMode) return { "aaa-mode": aaaMode };
    if (!AAA_MODES.includes(mode as AaaMode)) throw bad(`Invalid aaa-mode ${String(mode).slice(0, 50)}`);
    throw bad(`aaa-mode is ${aaaMode}: start the node with --aaa-mode ${String(mode)} to change it`);
  });

  const cached = (uuids: readonly JsonValue[] | undefined, count: number): JsonObject => {
    const wanted = uuids?.map((uuid) => String(uuid).toLowerCase()) ?? all(objects.graph);
    const shown: Record<string, JsonValue> = {};
    for (const uuid of wanted) {
      if (Object.keys(shown).length >= count) break;
      const object = objects.graph.get(uuid);
      const options = { fields: undefined, backReferences: false, children: false, baseUrl: undefined };
      if (object !== undefined) shown[uuid] = renderObject(objects.graph, object, options);
    }
    return shown;
  };
  app.get("/obj-cache", (request) => {
    gate.viewOf(request).requireAdministrator("look into the cache");
    return cached(undefined, DEFAULT_CACHED);
  });
  app.post("/obj-cache", (request) => {
    gate.viewOf(request).requireAdministrator("look into the cache");
    const { obj_uuids, count } = bodyObject(request);
    const limit = count === undefined || count === null ? DEFAULT_CACHED : Number(count);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_CACHED) throw bad(`count must be 1 to ${MAX_CACHED}`);
    if (obj_uuids === undefined || obj_uuids === null) return cached(undefined, limit);
    if (!Array.isArray(obj_uuids)) throw bad("Bad Request: obj_uuids must be a list");
    return cached(obj_uuids, limit);
  });

  // Whoever asks while one is under way gets its result: a check reads the whole store.
  const checking = new Map<boolean, Promise<CheckResult>>();
  app.post("/db-check", async (request) => {
    gate.viewOf(request).requireAdministrator("check the store");
    const { repair = false } = bodyObject(request);
    if (typeof repair !== "boolean") throw bad("Bad Request: repair must be true or false");
    const running =
      checking.get(repair) ?? checkStore(store, objects.graph, repair).finally(() => checking.delete(repair));
    checking.set(repair, running);
    const { problems, repaired } = await running;
    return { results: problems, repaired };
  });

  for (const [action, instead] of Object.entries(ABSENT)) {
    app.post(`/${action}`, () => {
      throw bad(`${action} is not supported: ${instead}`);
    });
  }
}

function* all(graph: ConfigGraph): Iterable<string> {
  for (const { name } of objectTypes()) for (const { uuid } of graph.ofType(name)) yield uuid;
}
