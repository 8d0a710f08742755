import { ContrailError } from "@contrail/errors";
import type { FastifyInstance, FastifyReply } from "fastify";
import { callerIn, usualScope } from "../../core/access/account.ts";
import { readGrants, readLife, readPlace, shownKey, shownUser } from "../../core/access/account-body.ts";
import { denied, type View } from "../../core/access/view.ts";
import { bad } from "../../core/request-body.ts";
import { bodyObject, type RestContext, textOf } from "./context.ts";

/** Users and API keys: the cloud's administrator manages them; everybody has his own password and keys. */
export function accountRoutes(app: FastifyInstance, context: RestContext): void {
  userRoutes(app, context);
  keyRoutes(app, context);
}

function userRoutes(app: FastifyInstance, { access, gate, objects }: RestContext): void {
  app.get("/access/users", async (request) => {
    gate.viewOf(request).requireAdministrator("list users");
    return { users: (await access.accounts.users()).map((user) => shownUser(user, objects.graph)) };
  });

  app.post("/access/users", async (request) => {
    gate.viewOf(request).requireAdministrator("add users");
    const body = bodyObject(request);
    const name = textOf(body, "name") ?? "";
    const user = await access.accounts.addUser(
      name,
      passwordOf(textOf(body, "password")),
      readGrants(body.grants, objects.graph),
    );
    return { user: shownUser(user, objects.graph) };
  });

  app.delete<{ Params: { name: string } }>("/access/users/:name", async (request, reply) => {
    gate.viewOf(request).requireAdministrator("remove users");
    await access.accounts.removeUser(request.params.name);
    access.sessions.forget();
    return sendNothing(reply);
  });

  app.put<{ Params: { name: string } }>("/access/users/:name/password", async (request, reply) => {
    const { name } = request.params;
    requireOwn(gate.viewOf(request), name, "set another user's password");
    await access.accounts.setPassword(name, passwordOf(textOf(bodyObject(request), "password")));
    access.sessions.forget();
    return sendNothing(reply);
  });

  app.put<{ Params: { name: string } }>("/access/users/:name/grants", async (request, reply) => {
    gate.viewOf(request).requireAdministrator("give roles");
    await access.accounts.setGrants(request.params.name, readGrants(bodyObject(request).grants, objects.graph));
    access.sessions.forget();
    return sendNothing(reply);
  });
}

function keyRoutes(app: FastifyInstance, { access, gate, objects }: RestContext): void {
  app.get("/access/keys", async (request) => {
    const { caller, isAdministrator } = gate.viewOf(request);
    const shown = (await access.accounts.keys()).filter(({ user }) => isAdministrator || user === caller.name);
    return { keys: shown.map((key) => shownKey(key, objects.graph)) };
  });

  app.post("/access/keys", async (request) => {
    const body = bodyObject(request);
    const view = gate.viewOf(request);
    const name = textOf(body, "user") ?? view.caller.name;
    requireOwn(view, name, "make another user's key");
    const user = await access.accounts.user(name);
    if (user === undefined) throw new ContrailError("config.not_found", `there is no user ${name.slice(0, 64)}`);
    const isPlaced = (body.project ?? body.domain ?? null) !== null;
    const scope = isPlaced ? readPlace(body, objects.graph) : usualScope(user);
    if (callerIn(user, objects.graph, scope) === undefined) throw bad(`user ${name} has no role there`);
    const lifeS = readLife(body.expires_in_s);
    const { key, text } = await access.accounts.addKey(user, scope, lifeS === undefined ? undefined : lifeS * 1_000);
    return { key: shownKey(key, objects.graph), secret: text };
  });

  app.delete<{ Params: { id: string } }>("/access/keys/:id", async (request, reply) => {
    const view = gate.viewOf(request);
    const key = await access.accounts.key(request.params.id);
    if (!view.isAdministrator && key?.user !== view.caller.name) throw denied("the key is another user's");
    await access.accounts.revokeKey(request.params.id);
    access.sessions.forget();
    return sendNothing(reply);
  });
}

function requireOwn(view: View, name: string, deed: string): void {
  if (view.caller.name !== name) view.requireAdministrator(deed);
}

function passwordOf(given: string | undefined): string {
  if (given === undefined) throw bad("password is missing");
  return given;
}

function sendNothing(reply: FastifyReply): FastifyReply {
  return reply.code(200).serializer(String).header("Content-Length", "0").send("");
}
