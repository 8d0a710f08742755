import { ContrailError } from "@contrail/errors";
import { createHttpApp } from "@contrail/runtime";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../core/api-error.ts";
import { errorBody, rootKey, toXml } from "../core/envelope.ts";
import type { JsonObject } from "../core/json.ts";
import type { Cloud } from "./cloud.ts";
import type { Command } from "./command.ts";
import { commandFor, dispatch } from "./dispatch.ts";
import { type Credentials, identify } from "./identify.ts";
import { login, logout } from "./login.ts";

/** A POST: user data is at most 1 MiB, in base64 and URL-encoded. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
const MAX_PARAMETERS = 2_000;

/** What a request asks, whoever it comes from. */
export interface ApiRequest extends Credentials {
  readonly command: string | undefined;
  readonly json: boolean;
  readonly isPost: boolean;
}

/** An answer before it is written as JSON or XML. */
export interface ApiReply {
  readonly status: number;
  readonly root: string;
  readonly body: JsonObject;
  readonly cookies?: readonly string[];
}

/** CloudStack's API over HTTP: GET and form POST on /client/api. */
export function createApiApp(cloud: Cloud, table: ReadonlyMap<string, Command>): FastifyInstance {
  const app = createHttpApp({ bodyLimitBytes: BODY_LIMIT_BYTES });
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser("*", (_request, _payload, done) => done(null, ""));
  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const asked = readRequest(request);
    await send(reply, asked.json, await answer(cloud, table, asked));
  };
  app.get("/client/api", serve);
  app.post("/client/api", serve);
  return app;
}

async function answer(cloud: Cloud, table: ReadonlyMap<string, Command>, asked: ApiRequest): Promise<ApiReply> {
  try {
    if (asked.command === "login" && asked.isPost) return await login(cloud, asked);
    if (asked.command === "logout") return logout(cloud, asked);
    const caller = identify(cloud.store, cloud.sessions, cloud.clock, asked);
    const command = commandFor(table, asked.command, caller);
    return { status: 200, ...(await dispatch(cloud, command, caller, asked.parameters)) };
  } catch (reason) {
    const error = reason instanceof ApiError ? reason : internal(cloud, asked.command, reason);
    return { status: error.status, root: errorRoot(table, asked.command, error), body: errorBody(error) };
  }
}

function internal(cloud: Cloud, command: string | undefined, reason: unknown): ApiError {
  const { code, message } = ContrailError.from(reason);
  cloud.logger.error("call failed", { command, code, message });
  return new ApiError(530, "Internal error executing command, please contact your system administrator");
}

function errorRoot(table: ReadonlyMap<string, Command>, name: string | undefined, { status }: ApiError): string {
  if (name === undefined || name === "") return "null";
  if (name === "login" || name === "logout") return rootKey(name);
  return status === 432 || !table.has(name.toLowerCase()) ? "errorresponse" : rootKey(name);
}

/** Parameters of query and form; names without regard to case, except what stands in brackets after one. */
function readRequest(request: FastifyRequest): ApiRequest {
  const query = request.url.includes("?") ? request.url.slice(request.url.indexOf("?") + 1) : "";
  const form = typeof request.body === "string" ? request.body : "";
  const sent: Record<string, string> = Object.create(null);
  const parameters = new Map<string, string>();
  for (const [name, value] of [...new URLSearchParams(query), ...new URLSearchParams(form)].slice(0, MAX_PARAMETERS)) {
    sent[name] = value;
    parameters.set(name.includes("[") ? name : name.toLowerCase(), value);
  }
  const session = /(?:^|;\s*)JSESSIONID=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
  return {
    sent,
    parameters,
    session,
    command: parameters.get("command"),
    json: parameters.get("response")?.toLowerCase() === "json",
    isPost: request.method === "POST",
  };
}

async function send(reply: FastifyReply, json: boolean, { status, root, body, cookies }: ApiReply): Promise<void> {
  if (cookies !== undefined) reply.header("set-cookie", [...cookies]);
  const withVersion = status !== 401;
  const { uuidList, ...withoutList } = body;
  await reply
    .code(status)
    .type(json ? "application/json;charset=utf-8" : "text/xml;charset=utf-8")
    .serializer(String)
    .send(json ? JSON.stringify({ [root]: body }) : toXml(root, withoutList, withVersion));
}
