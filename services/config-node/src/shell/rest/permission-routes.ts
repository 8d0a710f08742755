import { ContrailError } from "@contrail/errors";
import { type ConfigObject, checkProperty, type JsonObject } from "@contrail/schema";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { rolesIn } from "../../core/access/account.ts";
import { tokenBody } from "../../core/access/keystone.ts";
import { LINK, READ, WRITE } from "../../core/access/object-access.ts";
import { View } from "../../core/access/view.ts";
import { bad } from "../../core/request-body.ts";
import { unauthenticated } from "../access/entrance.ts";
import type { Login } from "../access/sessions.ts";
import { baseUrl, bodyObject, markStale, queryOf, type RestContext, textOf, typeOfPath } from "./context.ts";
import { tokenOf } from "./gate.ts";

/** POST /chown and /chmod, which change perms2 of an object of any type, and GET /obj-perms. */
export function permissionRoutes(app: FastifyInstance, context: RestContext): void {
  const { objects, gate } = context;
  const change = async (body: JsonObject, given: JsonObject, view: View): Promise<JsonObject> => {
    const uuid = textOf(body, "uuid")?.toLowerCase();
    if (uuid === undefined) throw bad("Bad Request: uuid is missing");
    const { object: found } = await objects.current(uuid);
    if (found === undefined) throw unknown(uuid);
    const taken = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined && value !== null),
    );
    const edit = (before: ConfigObject): ConfigObject => {
      const known = before.properties.perms2 as JsonObject; // Every object has it, from its creation.
      const perms2 = checkProperty({ type: "PermType2" }, { ...known, ...taken }, "perms2");
      return { ...before, properties: { ...before.properties, perms2 } };
    };
    const object = await objects.change(typeOfPath(found.type), uuid, edit, view);
    return { uuid: object.uuid };
  };

  app.post("/chown", async (request) => {
    const body = bodyObject(request);
    const owner = textOf(body, "owner");
    if (owner === undefined) throw bad("Bad Request: owner is missing");
    return change(body, { owner }, gate.viewOf(request));
  });

  app.post("/chmod", async (request) => {
    const body = bodyObject(request);
    const { owner, owner_access, share, global_access } = body;
    return change(body, { owner, owner_access, share, global_access }, gate.viewOf(request));
  });

  app.get("/obj-perms", async (request, reply) => {
    const uuid = queryOf(request).uuid?.toLowerCase();
    const { object, isCurrent } =
      uuid === undefined ? { object: undefined, isCurrent: true } : await objects.current(uuid);
    if (!isCurrent) markStale(reply);
    if (uuid !== undefined && object === undefined) throw unknown(uuid);
    const { view, login } = await questioned(context, request);
    return {
      token_info:
        login === undefined
          ? null
          : tokenBody({ ...login, ...rolesOf(login), baseUrl: baseUrl(request) }, objects.graph),
      ...(object === undefined ? {} : { permissions: letters(view.bits(object)) }),
      is_cloud_admin_role: view.isAdministrator,
      is_global_read_only_role: view.caller.tenant?.readsAll ?? false,
    };
  });

  const rolesOf = ({ user, scope }: Login) => ({ roles: rolesIn(user, objects.graph, scope) });
}

/** Whom a question is about: X-User-Token, which a service has from the user that it works for, or the caller. */
async function questioned(
  { objects, gate, access, strangers, aaaMode }: RestContext,
  request: FastifyRequest,
): Promise<{ view: View; login: Login | undefined }> {
  const view = gate.viewOf(request);
  const own = tokenOf(request);
  const users = request.headers["x-user-token"];
  const token = typeof users === "string" && users !== "" ? users : own;
  if (token === undefined) return { view, login: undefined };
  const { remoteAddress } = request.socket;
  if (token !== own) strangers.refuseFlood(remoteAddress);
  const login = await access.sessions.resolve(token);
  if (token === own || (login === undefined && aaaMode === "no-auth")) return { view, login };
  if (login !== undefined) return { view: new View(objects.graph, login.caller), login };
  strangers.noteFailure(remoteAddress);
  throw unauthenticated("X-User-Token is unknown, over or revoked");
}

/** "RWX": what the bits of perms2 stand for. */
function letters(bits: number): string {
  return [...LETTERS]
    .filter(([bit]) => (bits & bit) !== 0)
    .map(([, letter]) => letter)
    .join("");
}

const LETTERS = [
  [READ, "R"],
  [WRITE, "W"],
  [LINK, "X"],
] as const;

function unknown(uuid: string): ContrailError {
  return new ContrailError("config.not_found", `Object Not Found: ${uuid.slice(0, 100)}`);
}
