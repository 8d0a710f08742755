import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { type JsonObject, type JsonValue, type ObjectType, objectType } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { AaaMode } from "../../core/access/aaa-mode.ts";
import { bad } from "../../core/request-body.ts";
import type { AccessServices } from "../access/access-services.ts";
import type { AuditLog } from "../access/audit-log.ts";
import type { Entrance, GuardedEntrance } from "../access/entrance.ts";
import type { ChangeFeed } from "../change-feed.ts";
import type { Serving } from "../nodes/serving.ts";
import type { ObjectService } from "../object-service.ts";
import type { Gate } from "./gate.ts";

/** What the API of a listener is made of. */
export interface RestParts {
  readonly objects: ObjectService;
  readonly store: ObjectStore;
  readonly feed: ChangeFeed;
  readonly clock: Clock;
  /** Whether requests are taken. */
  readonly serving: Serving;
  /** Says who calls this listener. */
  readonly entrance: Entrance;
  readonly access: AccessServices;
  /** Addresses that have failed to say who they are: more of it is refused with 429. */
  readonly strangers: Pick<GuardedEntrance, "refuseFlood" | "noteFailure">;
  readonly audit: AuditLog;
  readonly nodeName: string;
  readonly aaaMode: AaaMode;
  /** Counts keys of bodies that were ignored. */
  readonly countIgnored: (count: number) => void;
  /** Counts refusals to remove what the system needs. */
  readonly countReserved: () => void;
}

/** What the routes of the API work with. */
export interface RestContext extends RestParts {
  readonly gate: Gate;
}

/** "http://host:port" as the client addressed us: hrefs start with it. */
export function baseUrl(request: FastifyRequest): string {
  return `${request.protocol}://${request.headers.host ?? "localhost"}`;
}

/** The parameters of a query string as texts; of one that stands several times the last counts. */
export function queryOf(request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  const query = request.query as Readonly<Record<string, string | readonly string[]>>; // fastify's own parser made it.
  return Object.fromEntries(
    Object.entries(query).map(([key, value]) => [key, typeof value === "string" ? value : value.at(-1)]),
  );
}

/** Tells a reader that its answer may be older than what the store has (RFC 7234 section 5.5.1). */
export function markStale(reply: FastifyReply): void {
  reply.header("Warning", '110 - "Response is Stale"');
}

/** The object type of a path's first segment. */
export function typeOfPath(name: string): ObjectType {
  const type = objectType(name);
  if (type === undefined) {
    throw new ContrailError("config.not_found", `Invalid Contrail resource type:'${name.slice(0, 100)}'`);
  }
  return type;
}

/** The object type that a body names, with hyphens or underscores. */
export function typeOfBody(value: JsonValue | undefined, field: string): ObjectType {
  if (typeof value !== "string") throw bad(`Bad Request: ${field} must name a resource type`);
  return typeOfPath(objectType(value) === undefined ? value.replaceAll("_", "-") : value);
}

/** The body as an object. */
export function bodyObject(request: FastifyRequest): JsonObject {
  const body = request.body as JsonValue | undefined; // Our own parser made it.
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as JsonObject;
  throw bad("the body must be a JSON object");
}

/** A text of a body; undefined where it is absent or null. */
export function textOf(body: JsonObject, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw bad(`Bad Request: ${field} must be a string`);
}
