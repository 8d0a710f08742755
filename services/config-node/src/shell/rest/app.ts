import { ContrailError, wireStatus } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import { createHttpApp } from "@contrail/runtime";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { View } from "../../core/access/view.ts";
import { quotedList } from "../../core/api-text.ts";
import { accountRoutes } from "./account-routes.ts";
import { addressRoutes } from "./address-routes.ts";
import { useJsonBodies } from "./body-parser.ts";
import { collectionRoutes } from "./collection-routes.ts";
import { baseUrl, type RestContext, type RestParts } from "./context.ts";
import { documentationRoutes } from "./documentation-routes.ts";
import { Gate } from "./gate.ts";
import { homepageRoutes } from "./homepage.ts";
import { keyValueRoutes } from "./key-value-routes.ts";
import { nameRoutes } from "./name-routes.ts";
import { objectRoutes } from "./object-routes.ts";
import { operatorRoutes } from "./operator-routes.ts";
import { permissionRoutes } from "./permission-routes.ts";
import { propertyRoutes } from "./property-routes.ts";
import { referenceRoutes } from "./reference-routes.ts";
import { tagRoutes } from "./tag-routes.ts";
import { tokenRoutes } from "./token-routes.ts";
import { watchRoutes } from "./watch-routes.ts";

/** Longest text of a refusal, in UTF-16 units; a hundred hrefs fit. */
const MAX_TEXT = 16_384;

/** The VNC REST API as one application. Errors are plain text; nothing a client sends gives a 5xx. */
export function createRestApp(parts: RestParts, logger: Logger): FastifyInstance {
  const app = createHttpApp({ explain: (reason, _request, reply) => refuse(reply, 400, reason.message) });
  const gate = new Gate(parts);
  const context = { ...parts, gate };
  parts.serving.guard(app);
  gate.guard(app);
  useJsonBodies(app);
  app.setErrorHandler((reason, request, reply) => {
    const { status, text } = explain(reason, logger, { base: baseUrl(request), limits: gate.limitsOf(request), parts });
    gate.explain(request, text);
    if (!(reason instanceof ContrailError)) return refuse(reply, status, text);
    if (reason.fields.reserved === true) context.countReserved();
    const { retryAfterS } = reason.fields;
    if (typeof retryAfterS === "number") reply.header("Retry-After", String(retryAfterS));
    else if (status === 503) reply.header("Retry-After", "1");
    return refuse(reply, status, text);
  });
  app.setNotFoundHandler((request, reply) => refuse(reply, 404, `Not found: '${request.url}'`));
  addRoutes(app, context);
  return app;
}

/** Every route of the interface. */
export function addRoutes(app: FastifyInstance, context: RestContext): void {
  homepageRoutes(app);
  tokenRoutes(app, context);
  accountRoutes(app, context);
  documentationRoutes(app, context);
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

/** How the client sees us, and what it may not see. */
interface Reader {
  readonly base: string;
  readonly limits: View | undefined;
  readonly parts: RestParts;
}

function explain(reason: unknown, logger: Logger, reader: Reader): { status: number; text: string } {
  const status = reason instanceof Error && "statusCode" in reason ? Number(reason.statusCode) : undefined;
  if (status !== undefined && status >= 400 && status < 500) return { status, text: (reason as Error).message };
  const error = ContrailError.from(reason);
  const { http } = wireStatus(error.code);
  if (http >= 500) logger.error("request failed", { code: error.code, message: error.message, stack: error.stack });
  return { status: http, text: textFor(error, reader) };
}

/** A refusal that names objects by their paths, with hrefs as the client sees us; those that it may not read are left out. */
function textFor(error: ContrailError, { base, limits, parts }: Reader): string {
  const { graph } = parts.objects;
  const isShown = (uuid: string): boolean => {
    const object = graph.get(uuid);
    return limits === undefined || (object !== undefined && limits.canRead(object));
  };
  const { text, paths, holder, hidden } = error.fields;
  if (typeof holder === "string" && typeof hidden === "string" && !isShown(holder)) return hidden;
  if (typeof text !== "string" || !Array.isArray(paths)) return error.message;
  const shown = paths.map(String).filter((path) => isShown(path.slice(path.lastIndexOf("/") + 1)));
  return `${text}: ${quotedList(shown.map((path) => base + path))}`;
}
