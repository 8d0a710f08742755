import { ContrailError, wireStatus } from "@contrail/errors";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { rolesIn } from "../../core/access/account.ts";
import { readLogin, tokenBody } from "../../core/access/keystone.ts";
import { denied } from "../../core/access/view.ts";
import type { Login } from "../access/sessions.ts";
import { baseUrl, bodyObject, type RestContext } from "./context.ts";

const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  429: "Too Many Requests",
  503: "Service Unavailable",
};

/** /v3/auth/tokens as clients of OpenStack's Identity API v3 know it: POST logs in, GET and HEAD validate, DELETE logs out. */
export function tokenRoutes(app: FastifyInstance, context: RestContext): void {
  const { access, gate, objects } = context;
  const describe = (login: Login, request: FastifyRequest) => {
    const roles = rolesIn(login.user, objects.graph, login.scope);
    return tokenBody({ ...login, roles, baseUrl: baseUrl(request) }, objects.graph);
  };
  const errorHandler = (reason: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const error = ContrailError.from(reason);
    gate.explain(request, error.message);
    return sendError(reply, error);
  };
  /** The token that a call is about: the caller's own, or any where the cloud's administrator asks. */
  const subject = async (request: FastifyRequest): Promise<{ readonly token: string; readonly login: Login }> => {
    const token = request.headers["x-subject-token"];
    const login = typeof token === "string" ? await access.sessions.resolve(token) : undefined;
    if (typeof token !== "string" || login === undefined) {
      throw new ContrailError("config.not_found", "X-Subject-Token names no token that is valid");
    }
    const { caller, isAdministrator } = gate.viewOf(request);
    if (!isAdministrator && caller.name !== login.user.name) throw denied("the token is another user's");
    return { token, login };
  };

  app.get("/v3", { errorHandler }, (request) => ({
    version: {
      id: "v3.14",
      status: "stable",
      links: [{ rel: "self", href: `${baseUrl(request)}/v3` }],
      "media-types": [{ base: "application/json", type: "application/vnd.openstack.identity-v3+json" }],
    },
  }));

  app.post("/v3/auth/tokens", { errorHandler }, async (request, reply) => {
    const login = readLogin(bodyObject(request), objects.graph);
    const { remoteAddress } = request.socket;
    context.strangers.refuseFlood(remoteAddress);
    const { token, user } = await access.logins.begin(login, remoteAddress ?? "unix").catch((reason: unknown) => {
      context.strangers.noteFailure(remoteAddress);
      throw reason;
    });
    gate.name(request, user.name);
    const begun = await access.sessions.resolve(token);
    if (begun === undefined) throw new ContrailError("config.unavailable", "the session ended at once");
    return reply
      .code(201)
      .header("X-Subject-Token", token)
      .header("Vary", "X-Auth-Token")
      .send(describe(begun, request));
  });

  const validate = async (request: FastifyRequest, reply: FastifyReply) => {
    const { token, login } = await subject(request);
    return reply.header("X-Subject-Token", token).header("Vary", "X-Auth-Token").send(describe(login, request));
  };
  app.get("/v3/auth/tokens", { errorHandler }, validate);
  app.head("/v3/auth/tokens", { errorHandler }, validate);

  app.delete("/v3/auth/tokens", { errorHandler }, async (request, reply) => {
    const { token } = await subject(request);
    await access.sessions.end(token);
    return reply.code(204).send();
  });
}

/** {"error": {"code": 401, "title": "Unauthorized", "message": "…"}}, as OpenStack's clients read it. */
function sendError(reply: FastifyReply, error: ContrailError): FastifyReply {
  const { http: code } = wireStatus(error.code);
  const { retryAfterS } = error.fields;
  if (typeof retryAfterS === "number") reply.header("Retry-After", String(retryAfterS));
  if (code === 401) reply.header("WWW-Authenticate", `Keystone uri="/v3"`);
  return reply.code(code).send({ error: { code, title: STATUS_NAMES[code] ?? "Error", message: error.message } });
}
