import { randomUUID } from "node:crypto";
import { ContrailError } from "@contrail/errors";
import type { JsonObject, JsonValue } from "@contrail/schema";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type AuditRecord, auditResult, auditTarget, isChange, isDenial } from "../../core/access/audit-record.ts";
import { View } from "../../core/access/view.ts";
import type { RestContext } from "./context.ts";

/** Requests that are served to everybody: they are how one logs in. */
export const PUBLIC: ReadonlySet<string> = new Set(["POST /v3/auth/tokens", "GET /v3"]);
const MAX_REASON = 300;

/** What is known of a request beside its parts. */
interface Visit {
  view: View | undefined;
  /** Who it is where no token says so: the user of a login. */
  who: string | undefined;
  made: { readonly uuid: string } | undefined;
  reason: string | undefined;
}

/** Asks who calls before anything of a request is read, and records what became of it. */
export class Gate {
  readonly #context: Pick<RestContext, "objects" | "entrance" | "audit" | "clock" | "nodeName">;
  readonly #visits = new WeakMap<FastifyRequest, Visit>();

  constructor(context: Pick<RestContext, "objects" | "entrance" | "audit" | "clock" | "nodeName">) {
    this.#context = context;
  }

  /** Adds the hooks; before the routes. */
  guard(app: FastifyInstance): void {
    app.addHook("onRequest", async (request, reply) => {
      reply.header("X-Request-Id", `req-${randomUUID()}`);
      this.#visits.set(request, { view: undefined, who: undefined, made: undefined, reason: undefined });
      if (PUBLIC.has(routeOf(request))) return;
      const { entrance, objects } = this.#context;
      const arrival = { token: tokenOf(request), address: request.socket.remoteAddress };
      this.#visit(request).view = new View(objects.graph, await entrance(arrival));
    });
    app.addHook("preSerialization", async (request, _reply, payload) => {
      if (request.method === "POST") this.#visit(request).made = madeBy(payload as JsonValue); // Routes send JSON.
      return payload;
    });
    app.addHook("onSend", async (request, reply, payload) => {
      await this.#record(request, reply);
      return payload;
    });
  }

  /** The configuration as the caller of a request sees it. */
  viewOf(request: FastifyRequest): View {
    const { view } = this.#visit(request);
    if (view === undefined) throw new ContrailError("config.unauthenticated", "Authentication required");
    return view;
  }

  /** What is hidden from the caller; undefined: nothing, or nobody has been let in. */
  limitsOf(request: FastifyRequest): View | undefined {
    return this.#visit(request).view?.limits;
  }

  /** Asks again who calls, of a request that goes on for long. Throws where the token is over by now. */
  async renew(request: FastifyRequest): Promise<View> {
    const arrival = { token: tokenOf(request), address: request.socket.remoteAddress, isAgain: true };
    return new View(this.#context.objects.graph, await this.#context.entrance(arrival));
  }

  /** Says who logs in, for the record. */
  name(request: FastifyRequest, who: string): void {
    this.#visit(request).who = who;
  }

  /** Says why a request was refused, for the record. */
  explain(request: FastifyRequest, reason: string): void {
    this.#visit(request).reason = reason;
  }

  #visit(request: FastifyRequest): Visit {
    const visit = this.#visits.get(request) ?? { view: undefined, who: undefined, made: undefined, reason: undefined };
    this.#visits.set(request, visit);
    return visit;
  }

  async #record(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { statusCode: status } = reply;
    if (!isChange(request.method, request.routeOptions.url) && !isDenial(status)) return;
    const { audit, clock } = this.#context;
    const { view, who, made, reason } = this.#visit(request);
    const caller = view?.caller.name ?? who;
    const record = { ...this.#facts(request, reply), who: caller ?? "stranger", reason: reason?.slice(0, MAX_REASON) };
    const target = auditTarget(request.params as Record<string, string>, bodyOf(request)); // By the router.
    const whole: AuditRecord = { ...record, ...target, uuid: target.uuid ?? made?.uuid };
    if (caller === undefined) await audit.noteStranger(whole, clock.monotonicMs());
    else await audit.note(whole);
  }

  #facts(request: FastifyRequest, reply: FastifyReply): Omit<AuditRecord, "who"> {
    return {
      time: new Date(this.#context.clock.wallMs()).toISOString(),
      node: this.#context.nodeName,
      id: String(reply.getHeader("X-Request-Id") ?? ""),
      from: request.socket.remoteAddress ?? "unix",
      what: `${request.method} ${request.url.split("?", 1)[0]?.slice(0, MAX_REASON)}`,
      result: auditResult(reply.statusCode),
      status: reply.statusCode,
    };
  }
}

/** X-Auth-Token, or a bearer token (RFC 6750 section 2.1). */
export function tokenOf({ headers }: FastifyRequest): string | undefined {
  const own = headers["x-auth-token"];
  if (typeof own === "string" && own !== "") return own;
  return /^Bearer +([^ ]+)$/i.exec(headers.authorization ?? "")?.[1];
}

function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? ""}`;
}

/** The body where it was read; undefined where it was not, or is no JSON. */
function bodyOf({ body }: FastifyRequest): JsonValue | undefined {
  return body instanceof Uint8Array ? undefined : (body as JsonValue | undefined); // Our own parser made it.
}

/** The uuid in the answer to a creation: {"<type>": {"uuid": …}}. */
function madeBy(payload: JsonValue): { readonly uuid: string } | undefined {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return undefined;
  const [inner] = Object.values(payload as JsonObject);
  const uuid =
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as JsonObject).uuid : inner;
  return typeof uuid === "string" ? { uuid } : undefined;
}
