import type { JsonValue } from "@contrail/schema";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refuseHiddenNames } from "../../core/access/authorize.ts";
import { WRITE } from "../../core/access/object-access.ts";
import { renderObject } from "../../core/render.ts";
import { bad, readBody } from "../../core/request-body.ts";
import { etag } from "../object-service.ts";
import { baseUrl, markStale, queryOf, type RestContext, typeOfPath } from "./context.ts";

interface ObjectPath {
  readonly type: string;
  readonly uuid: string;
}

/** GET, PUT, DELETE /<type>/<uuid>. */
export function objectRoutes(app: FastifyInstance, context: RestContext): void {
  const { objects, gate } = context;

  app.get<{ Params: ObjectPath }>("/:type/:uuid", async (request, reply) => {
    const type = typeOfPath(request.params.type);
    const query = queryOf(request);
    const backReferences = !truthy(query.exclude_back_refs);
    const children = !truthy(query.exclude_children);
    const hasLinks = backReferences || children ? objects.cache.freshness.caughtUp() : true;
    const { object, isCurrent } = await objects.read(type, request.params.uuid);
    if (!isCurrent || !(await hasLinks)) markStale(reply);
    const view = gate.viewOf(request);
    view.requireRead(object);
    const tag = etag(object);
    reply.header("ETag", tag);
    if (noneMatches(request.headers["if-none-match"], tag)) return reply.code(304).send();
    // No field named is no choice made.
    const fields = (query.fields ?? "") === "" ? undefined : new Set(query.fields?.split(","));
    const shown = renderObject(objects.graph, object, {
      fields,
      backReferences,
      children,
      baseUrl: query.exclude_hrefs === undefined ? baseUrl(request) : undefined,
      limits: view.limits,
    });
    return reply.send({ [type.name]: shown });
  });

  app.put<{ Params: ObjectPath }>("/:type/:uuid", async (request, reply) => {
    const type = typeOfPath(request.params.type);
    const view = gate.viewOf(request);
    view.require(await objects.find(type, request.params.uuid), WRITE);
    const body = request.body as JsonValue | undefined; // Our own parser made it.
    if (body === undefined) return sendNothing(reply);
    const input = readBody(type, body, "update");
    const perms = input.properties.get("perms2");
    if (perms !== undefined && perms !== null && !("owner" in (perms as object))) {
      throw bad("owner in perms2 must be present");
    }
    context.countIgnored(input.ignored);
    refuseHiddenNames(view, objects.graph, input.references, "update");
    const object = await objects.update(type, request.params.uuid, input, ifMatch(request), view);
    reply.header("ETag", etag(object));
    return reply.send({ [type.name]: { uuid: object.uuid, href: `${baseUrl(request)}/${type.name}/${object.uuid}` } });
  });

  app.delete<{ Params: ObjectPath }>("/:type/:uuid", async (request, reply) => {
    await objects.remove(typeOfPath(request.params.type), request.params.uuid, gate.viewOf(request));
    return sendNothing(reply);
  });
}

/** 200 with an empty body and its length said: clients that keep the connection wait for it. */
function sendNothing(reply: FastifyReply): FastifyReply {
  return reply.code(200).serializer(String).header("Content-Length", "0").send("");
}

/** If-None-Match: one or several ETags, or * (RFC 9110 section 13.1.2). */
function noneMatches(header: string | undefined, tag: string): boolean {
  const given = header?.split(",").map((item) => item.trim().replace(/^W\//, "")) ?? [];
  return given.includes(tag) || given.includes("*");
}

function truthy(value: string | undefined): boolean {
  return value?.toLowerCase().includes("true") ?? false;
}

function ifMatch(request: FastifyRequest): string | undefined {
  const value = request.headers["if-match"];
  return value === "*" ? undefined : value;
}
