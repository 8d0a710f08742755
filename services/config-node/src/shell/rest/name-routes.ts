import { ContrailError } from "@contrail/errors";
import type { FastifyInstance } from "fastify";
import { READ } from "../../core/access/object-access.ts";
import { quotedList } from "../../core/api-text.ts";
import { bad, readFqName } from "../../core/request-body.ts";
import { bodyObject, markStale, type RestContext, textOf, typeOfBody } from "./context.ts";

/** POST /fqname-to-id and /id-to-fqname. The answer is compared with the store where other nodes write to it too. */
export function nameRoutes(app: FastifyInstance, { objects, gate }: RestContext): void {
  app.post("/fqname-to-id", async (request, reply) => {
    const body = bodyObject(request);
    const type = typeOfBody(body.type, "type");
    const fqName = readFqName(body.fq_name);
    if (fqName === undefined) throw bad("Bad Request: fq_name is missing");
    const { object, isCurrent } = await objects.currentName(type.name, fqName);
    if (!isCurrent) markStale(reply);
    const { limits } = gate.viewOf(request);
    if (object === undefined || limits?.canSee(object) === false) {
      throw new ContrailError("config.not_found", `Name ${quotedList(fqName)} not found`);
    }
    return { uuid: object.uuid };
  });

  app.post("/id-to-fqname", async (request, reply) => {
    const uuid = textOf(bodyObject(request), "uuid")?.toLowerCase() ?? "";
    const { object, isCurrent } = await objects.current(uuid);
    if (!isCurrent) markStale(reply);
    if (object === undefined) throw new ContrailError("config.not_found", `UUID ${uuid.slice(0, 100)} not found`);
    const { limits } = gate.viewOf(request);
    if (limits?.canSee(object) === false) limits.require(object, READ);
    return { fq_name: object.fqName, type: object.type };
  });
}
