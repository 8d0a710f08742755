import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject, ObjectType } from "@contrail/schema";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { owned, refuseHiddenNames } from "../../core/access/authorize.ts";
import { denied } from "../../core/access/view.ts";
import { marked } from "../../core/caller.ts";
import { type ListQuery, readListQuery, selectObjects } from "../../core/list-query.ts";
import { identity, type RenderOptions, renderObject } from "../../core/render.ts";
import { readBody } from "../../core/request-body.ts";
import { baseUrl, bodyObject, markStale, queryOf, type RestContext, typeOfBody, typeOfPath } from "./context.ts";

/** POST and GET /<type>s, and POST /list-bulk-collection. */
export function collectionRoutes(app: FastifyInstance, context: RestContext): void {
  const { objects, gate } = context;

  app.post<{ Params: { types: string } }>("/:types", async (request, reply) => {
    const type = typeOfCollection(request.params.types);
    const view = gate.viewOf(request);
    const input = owned(marked(readBody(type, bodyObject(request), "create"), view.caller), view);
    context.countIgnored(input.ignored);
    refuseHiddenNames(view, objects.graph, input.references, "create");
    const object = await objects.create(type, input, view);
    return reply.send({ [type.name]: identity(object, { baseUrl: baseUrl(request) }) });
  });

  const send = async (type: ObjectType, query: ListQuery, request: FastifyRequest, reply: FastifyReply) => {
    if (!(await objects.cache.freshness.caughtUp())) markStale(reply);
    return reply.send(list(context, type, query, request));
  };

  app.get<{ Params: { types: string } }>("/:types", (request, reply) =>
    send(typeOfCollection(request.params.types), readListQuery(queryOf(request)), request, reply),
  );

  app.post("/list-bulk-collection", (request, reply) => {
    const body = bodyObject(request);
    return send(typeOfBody(body.type, "type"), readListQuery(body), request, reply);
  });
}

/** The type of a collection's path: the type with an s behind it, whatever its spelling. */
function typeOfCollection(name: string): ObjectType {
  return typeOfPath(name.endsWith("s") ? name.slice(0, -1) : `${name} (a collection ends in s)`);
}

function list(context: RestContext, type: ObjectType, query: ListQuery, request: FastifyRequest): JsonObject {
  const { graph } = context.objects;
  const view = context.gate.viewOf(request);
  view.requireOperation("R", type.name);
  const withheld = view.unreadableFields(type.name);
  const asked = [...query.filters.keys()].find((field) => withheld.has(field));
  if (asked !== undefined) throw denied(`${asked} of ${type.name} may not be read by ${view.caller.name}`);
  const { objects, marker } = selectObjects(graph, type.name, query, (object) => view.canRead(object));
  const key = `${type.name}s`;
  if (query.count) return { [key]: { count: objects.length } };
  const base = query.excludeHrefs ? undefined : baseUrl(request);
  const fields = query.fields === undefined ? undefined : new Set(query.fields);
  // A detailed list always holds all properties and references; fields adds children and back references.
  const { limits } = view;
  const none = { backReferences: false, children: false, baseUrl: base, limits };
  const detailed = { fields: undefined, also: fields, ...none };
  const shown = objects.map((object) =>
    query.detail ? { [type.name]: renderObject(graph, object, detailed) } : summary(graph, object, { fields, ...none }),
  );
  const paged = query.pageMarker !== undefined || query.pageLimit !== undefined;
  return paged ? { [key]: shown, marker } : { [key]: shown };
}

/** What a plain list shows of an object: its identity, and the fields that were asked for. */
function summary(graph: ConfigGraph, object: ConfigObject, options: RenderOptions): JsonObject {
  const { fields, baseUrl } = options;
  const href = baseUrl === undefined ? {} : { href: `${baseUrl}/${object.type}/${object.uuid}` };
  const short = { uuid: object.uuid, fq_name: object.fqName, ...href };
  if (fields === undefined) return short;
  const whole = renderObject(graph, object, options);
  const wanted = [...fields].map((field) => [field, whole[field]] as const);
  return { ...short, ...Object.fromEntries(wanted.filter(([, value]) => value !== undefined)) };
}
