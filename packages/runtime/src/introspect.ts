import { ContrailError, wireStatus } from "@contrail/errors";
import type { FastifyInstance } from "fastify";
import { createHttpApp } from "./http-server.ts";
import type { ScrapedMeter } from "./prom-meter.ts";

/** A page of a service's inner state: gives plain JSON; parameters are those of the query string. */
export type IntrospectPage = (query: Readonly<Record<string, string>>) => unknown | Promise<unknown>;

/** The introspect application: an index, /healthz, /metrics, and each page under its own name. bigint shows as text. */
export function createIntrospect(
  meter: ScrapedMeter,
  pages: Readonly<Record<string, IntrospectPage>>,
): FastifyInstance {
  const app = createHttpApp();
  app.setReplySerializer((payload) =>
    JSON.stringify(payload, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
  );
  app.setErrorHandler((reason, _request, reply) => {
    const known = reason instanceof Error && "statusCode" in reason ? Number(reason.statusCode) : undefined;
    const error = ContrailError.from(reason);
    return reply.code(known ?? wireStatus(error.code).http).send({ error: error.message });
  });
  app.get("/", () => ({ pages: ["/healthz", "/metrics", ...Object.keys(pages).map((name) => `/${name}`)] }));
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/metrics", async (_request, reply) =>
    reply
      .type("text/plain")
      .serializer(String)
      .send(await meter.scrape()),
  );
  for (const [name, page] of Object.entries(pages)) {
    // Query values are text: fastify's default parser gives a string for each name.
    app.get(`/${name}`, async (request) => page(request.query as Record<string, string>));
  }
  return app;
}
