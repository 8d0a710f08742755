import { ContrailError } from "@contrail/errors";
import { type JsonObject, stringifyJson } from "@contrail/schema";
import type { FastifyInstance, FastifyReply } from "fastify";
import { indexPage, typePage } from "../../core/documentation-page.ts";
import { actionPaths } from "../../core/openapi/action-paths.ts";
import { openApiDocument } from "../../core/openapi/document.ts";
import type { RestContext } from "./context.ts";

/** GET /openapi.json, made at the first call, and pages to read at /documentation; nothing in them is loaded from elsewhere. */
export function documentationRoutes(app: FastifyInstance, { aaaMode }: Pick<RestContext, "aaaMode">): void {
  let document: string | undefined;
  app.get("/openapi.json", (_request, reply) => {
    document ??= stringifyJson(openApiDocument(aaaMode === "no-auth"));
    return reply.type("application/json; charset=utf-8").serializer(String).send(document);
  });
  app.get("/documentation", (_request, reply) => sendPage(reply, indexPage(actions())));
  app.get<{ Params: { name: string } }>("/documentation/:name", (request, reply) => {
    const { name } = request.params;
    const html = name === "index.html" ? indexPage(actions()) : typePage(name.replace(/\.html$/, ""));
    if (html === undefined) {
      throw new ContrailError("config.not_found", `No documentation of ${name.slice(0, 100)}: see /documentation`);
    }
    return sendPage(reply, html);
  });
}

function sendPage(reply: FastifyReply, html: string): FastifyReply {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return reply.type("text/html; charset=utf-8").header("Content-Security-Policy", policy).serializer(String).send(html);
}

/** "POST /chown" and what it does. */
function actions(): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  for (const [path, methods] of Object.entries(actionPaths())) {
    for (const [method, operation] of Object.entries(methods as JsonObject)) {
      if (method === "parameters") continue;
      found.push([`${method.toUpperCase()} ${path}`, String((operation as JsonObject).summary)]);
    }
  }
  return found;
}
