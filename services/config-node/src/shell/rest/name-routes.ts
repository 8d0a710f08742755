import { ContrailError } from "@contrail/errors";
import type { FastifyInstance } from "fastify";
import { READ } from "../../core/access/object-access.ts";
import { quotedList } from "../../core/api-text.ts";
import { bad, readFqName } from "../../core/request-body.ts";
import { bodyObject, type RestContext, textOf, typeOfBody } from "./context.ts";

/** POST /fqname-to-id and /id-to-fqname. A negative answer is confirmed in the store. */
export function nameRoutes(app: FastifyInstance, { objects, store, gate }: RestContext): void {
  app.post("/fqname-to-id", async (request) => {
    const body = bodyObject(request);
    const type = typeOfBody(body.type, "type");
    const fqName = readFqName(body.fq_name);
    if (fqName === undefined) throw bad("Bad Request: fq_name is missing");
    const uuid = objects.graph.find(type.name, fqName)?.uuid ?? (await store.findName(type.name, fqName));
    const { limits } = gate.viewOf(request);
    const named =
      limits === undefined || uuid === undefined ? undefined : (objects.graph.get(uuid) ?? (await store.read(uuid)));
    if (uuid === undefined || (named !== undefined && limits?.canSee(named) === false)) {
      throw new ContrailError("config.not_found", `Name ${quotedList(fqName)} not found`);
    }
    return { uuid };
  });

  app.post("/id-to-fqname", async (request) => {
    const uuid = textOf(bodyObject(request), "uuid")?.toLowerCase() ?? "";
    const object = objects.graph.get(uuid) ?? (await store.read(uuid));
    if (object === undefined) throw new ContrailError("config.not_found", `UUID ${uuid.slice(0, 100)} not found`);
    const { limits } = gate.viewOf(request);
    if (limits?.canSee(object) === false) limits.require(object, READ);
    return { fq_name: object.fqName, type: object.type };
  });
}
