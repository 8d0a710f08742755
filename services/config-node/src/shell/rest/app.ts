import { ContrailError, wireStatus } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import { createHttpApp } from "@contrail/runtime";
import type { FastifyInstance, FastifyReply } from "fastify";
import { quotedList } from "../../core/api-text.ts";
import { addressRoutes } from "./address-routes.ts";
import { useJsonBodies } from "./body-parser.ts";
import { collectionRoutes } from "./collection-routes.ts";
import { baseUrl, type RestContext } from "./context.ts";
import { documentationRoutes } from "./documentation-routes.ts";
import { homepageRoutes } from "./homepage.ts";
import { keyValueRoutes } from "./key-value-routes.ts";
import { nameRoutes } from "./name-routes.ts";
import { objectRoutes } from "./object-routes.ts";
import { operatorRoutes } from "./operator-routes.ts";
import { permissionRoutes } from "./permission-routes.ts";
import { propertyRoutes } from "./property-routes.ts";
import { referenceRoutes } from "./reference-routes.ts";
import { tagRoutes } from "./tag-routes.ts";
import { watchRoutes } from "./watch-routes.ts";

/** Longest text of a refusal, in UTF-16 units; a hundred hrefs fit. */
const MAX_TEXT = 16_384;

/** The VNC REST API as one application. Errors are plain text; nothing a client sends gives a 5xx. */
export function createRestApp(context: RestContext, logger: Logger): FastifyInstance {
  const app = createHttpApp({ explain: (reason, _request, reply) => refuse(reply, 400, reason.message) });
  useJsonBodies(app);
  app.setErrorHandler((reason, request, reply) => {
    const { status, text } = explain(reason, logger, baseUrl(request));
    if (reason instanceof ContrailError && reason.fields.reserved === true) context.countReserved();
    return refuse(reply, status, text);
  });
  app.setNotFoundHandler((request, reply) => refuse(reply, 404, `Not found: '${request.url}'`));
  addRoutes(app, context);
  return app;
}

/** Every route of the interface. */
export function addRoutes(app: FastifyInstance, context: RestContext): void {
  homepageRoutes(app);
  documentationRoutes(app);
  nameRoutes(app, context);
  referenceRoutes(app, context);
  propertyRoutes(app, context);
  permissionRoutes(app, context);
  keyValueRoutes(app, context);
  addressRoutes(app, context);
  tagRoutes(app, context);
  operatorRoutes(app, context);
  watchRoutes(app, context);
  collectionRoutes(app, context);
  objectRoutes(app, context);
}

/** Bodies of refusals are plain text. */
function refuse(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type("text/plain; charset=utf-8").serializer(String).send(text.slice(0, MAX_TEXT));
}

function explain(reason: unknown, logger: Logger, base: string): { status: number; text: string } {
  const status = reason instanceof Error && "statusCode" in reason ? Number(reason.statusCode) : undefined;
  if (status !== undefined && status >= 400 && status < 500) return { status, text: (reason as Error).message };
  const error = ContrailError.from(reason);
  const { http } = wireStatus(error.code);
  if (http >= 500) logger.error("request failed", { code: error.code, message: error.message, stack: error.stack });
  return { status: http, text: withHrefs(error, base) };
}

/** A refusal that names objects by their paths, with hrefs as the client sees us. */
function withHrefs(error: ContrailError, base: string): string {
  const { text, paths } = error.fields;
  if (typeof text !== "string" || !Array.isArray(paths)) return error.message;
  return `${text}: ${quotedList(paths.map((path) => base + String(path)))}`;
}
