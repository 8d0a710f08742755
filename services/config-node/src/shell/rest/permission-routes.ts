import { ContrailError } from "@contrail/errors";
import { checkProperty, type JsonObject, objectType } from "@contrail/schema";
import type { FastifyInstance } from "fastify";
import { bad } from "../../core/request-body.ts";
import { bodyObject, queryOf, type RestContext, textOf, typeOfPath } from "./context.ts";

/** POST /chown and /chmod, which change perms2 of an object of any type, and GET /obj-perms. */
export function permissionRoutes(app: FastifyInstance, { objects }: RestContext): void {
  const change = async (body: JsonObject, given: JsonObject): Promise<JsonObject> => {
    const uuid = textOf(body, "uuid")?.toLowerCase();
    if (uuid === undefined) throw bad("Bad Request: uuid is missing");
    const found = objects.graph.get(uuid);
    if (found === undefined) throw unknown(uuid);
    const taken = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined && value !== null),
    );
    const object = await objects.change(typeOfPath(found.type), uuid, (before) => {
      const known = before.properties.perms2 as JsonObject; // Every object has it, from its creation.
      const perms2 = checkProperty({ type: "PermType2" }, { ...known, ...taken }, "perms2");
      return { ...before, properties: { ...before.properties, perms2 } };
    });
    return { uuid: object.uuid };
  };

  app.post("/chown", async (request) => {
    const body = bodyObject(request);
    const owner = textOf(body, "owner");
    if (owner === undefined) throw bad("Bad Request: owner is missing");
    return change(body, { owner });
  });

  app.post("/chmod", async (request) => {
    const body = bodyObject(request);
    const { owner, owner_access, share, global_access } = body;
    return change(body, { owner, owner_access, share, global_access });
  });

  // Without authentication everybody is the cloud's administrator.
  app.get("/obj-perms", (request) => {
    const uuid = queryOf(request).uuid?.toLowerCase();
    const type = uuid === undefined ? undefined : objects.graph.get(uuid)?.type;
    if (uuid !== undefined && (type === undefined || objectType(type) === undefined)) throw unknown(uuid);
    const permissions = uuid === undefined ? {} : { permissions: "RWX" };
    return { token_info: null, ...permissions, is_cloud_admin_role: true, is_global_read_only_role: false };
  });
}

function unknown(uuid: string): ContrailError {
  return new ContrailError("config.not_found", `Object Not Found: ${uuid.slice(0, 100)}`);
}
