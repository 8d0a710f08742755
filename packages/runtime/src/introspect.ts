import { ContrailError, wireStatus } from "@contrail/errors";
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from "fastify";
import { createHttpApp } from "./http-server.ts";
import { HTML_HEADERS, htmlPage } from "./introspect-html.ts";
import type { ScrapedMeter } from "./prom-meter.ts";

/** A page of a service's inner state: gives plain JSON; parameters are those of the query string. */
export type IntrospectPage = (query: Readonly<Record<string, string>>) => unknown | Promise<unknown>;

/**
 * The introspect application: an index, /healthz, /metrics, and each page under its own name. bigint shows as text. As
 * JSON, or as HTML for who asks for that, as browsers do.
 */
export function createIntrospect(
  meter: ScrapedMeter,
  pages: Readonly<Record<string, IntrospectPage>>,
): FastifyInstance {
  const app = createHttpApp();
  const paths = ["/healthz", "/metrics", ...Object.keys(pages).map((name) => `/${name}`)];
  const send = (request: FastifyRequest, reply: FastifyReply, content: unknown): FastifyReply => {
    if (!wantsHtml(request)) return reply.send(content);
    const title = request.url === "/" ? "introspect" : request.url.slice(1);
    return reply
      .headers(HTML_HEADERS)
      .serializer(String)
      .send(htmlPage(title, paths, content));
  };
  app.setReplySerializer((payload) =>
    JSON.stringify(payload, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
  );
  app.setErrorHandler((reason, request, reply) => {
    const known = reason instanceof Error && "statusCode" in reason ? Number(reason.statusCode) : undefined;
    const error = ContrailError.from(reason);
    return send(request, reply.code(known ?? wireStatus(error.code).http), { error: error.message });
  });
  app.setNotFoundHandler((request, reply) =>
    send(request, reply.code(404), { error: `there is no page ${request.url}`, pages: paths }),
  );
  // A HEAD is answered as the GET would be: programs ask by it whether somebody is there.
  const serve = (url: string, handler: RouteHandlerMethod) => app.route({ method: ["GET", "HEAD"], url, handler });
  serve("/", (request, reply) => send(request, reply, { pages: paths }));
  serve("/healthz", (request, reply) => send(request, reply, { status: "ok" }));
  serve("/metrics", async (_request, reply) =>
    reply
      .type("text/plain")
      .serializer(String)
      .send(await meter.scrape()),
  );
  for (const [name, page] of Object.entries(pages)) {
    serve(`/${name}`, async (request, reply) => send(request, reply, await page(queryOf(request))));
  }
  return app;
}

/** Browsers name text/html first; programs ask for JSON, or for anything. */
function wantsHtml({ headers }: FastifyRequest): boolean {
  const [first = ""] = (headers.accept ?? "").split(",");
  return first.trim().startsWith("text/html");
}

/** The parameters of a request; of a name that stands there several times, the last one. */
function queryOf({ query }: FastifyRequest): Readonly<Record<string, string>> {
  const entries = Object.entries(query as Readonly<Record<string, string | readonly string[]>>); // Fastify's own parser.
  return Object.fromEntries(
    entries.map(([name, value]) => [name, String(Array.isArray(value) ? value.at(-1) : value)]),
  );
}
