import type { JsonObject, JsonValue } from "@contrail/schema";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { READ, WRITE } from "../../core/access/object-access.ts";
import { bad } from "../../core/request-body.ts";
import { bodyObject, type RestContext, textOf, typeOfPath } from "./context.ts";

/** Addresses that one call may ask for. */
const MAX_COUNT = 1_024;

/** POST /virtual-network/<uuid>/ip-alloc, ip-free, subnet-ip-count. */
export function addressRoutes(app: FastifyInstance, { objects, gate }: RestContext): void {
  const network = async (uuid: string, request: FastifyRequest, operation: "R" | "U") => {
    const { object: found } = await objects.read(typeOfPath("virtual-network"), uuid);
    const view = gate.viewOf(request);
    view.require(found, operation === "R" ? READ : WRITE);
    view.requireOperation(operation, found.type);
    return found;
  };

  app.post<{ Params: { uuid: string } }>("/virtual-network/:uuid/ip-alloc", async (request) => {
    const body = bodyObject(request);
    const count = body.count === undefined || body.count === null ? 1 : Number(body.count);
    if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) throw bad(`count must be 1 to ${MAX_COUNT}`);
    const subnet = textOf(body, "subnet");
    const family = textOf(body, "family");
    if (family !== undefined && family !== "v4" && family !== "v6") {
      throw bad(`family: v4 or v6 is wanted, not ${family.slice(0, 50)}`);
    }
    const { addresses } = objects.allocator;
    return {
      ip_addr: await addresses.allocate(await network(request.params.uuid, request, "U"), count, subnet, family),
    };
  });

  app.post<{ Params: { uuid: string } }>("/virtual-network/:uuid/ip-free", async (request, reply) => {
    await objects.allocator.addresses.free(
      await network(request.params.uuid, request, "U"),
      texts(bodyObject(request), "ip_addr"),
    );
    return reply.send({});
  });

  app.post<{ Params: { uuid: string } }>("/virtual-network/:uuid/subnet-ip-count", async (request) => {
    const found = await network(request.params.uuid, request, "R");
    const counts: number[] = [];
    for (const uuid of texts(bodyObject(request), "subnet_list")) {
      counts.push(await objects.allocator.addresses.count(found, uuid));
    }
    return { ip_count_list: counts };
  });
}

function texts(body: JsonObject, field: string): readonly string[] {
  const value = body[field];
  if (!Array.isArray(value)) throw bad(`Bad Request: ${field} must be a list of strings`);
  return value.map((item: JsonValue) => {
    if (typeof item === "string") return item;
    throw bad(`Bad Request: ${field} must be a list of strings`);
  });
}
