import type { ConfigGraph } from "@contrail/graph";
import type { JsonObject, JsonValue } from "@contrail/schema";
import { bad } from "../request-body.ts";
import { type ApiKey, CLOUD, type Grant, grantProblem, type Scope, type User } from "./account.ts";

const DEFAULT_ROLE = "member";
const DAY_S = 86_400;
const MAX_GRANTS = 100;

/** Grants as a body names them: [{"role": "member", "project": "domain:project"}]; without project and domain: the whole cloud. */
export function readGrants(value: JsonValue | undefined, graph: ConfigGraph): readonly Grant[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_GRANTS) {
    throw bad(`grants must be a list of 1 to ${MAX_GRANTS} objects with role, and project or domain`);
  }
  return value.map((item: JsonValue) => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) throw bad("grants must be a list of objects");
    const { role, ...place } = item as JsonObject;
    const grant = { role: role === undefined ? DEFAULT_ROLE : String(role), ...readPlace(place, graph) };
    const problem = grantProblem(grant);
    if (problem !== undefined) throw bad(problem);
    return grant;
  });
}

/** A project or a domain by name, "domain:project" and "domain"; neither: the whole cloud. */
export function readPlace({ project, domain }: JsonObject, graph: ConfigGraph): Scope {
  if (project != null && domain != null) throw bad("a place is a project or a domain, not both");
  if (project != null) return { ...CLOUD, projectUuid: placed(graph, "project", project) };
  if (domain != null) return { ...CLOUD, domainUuid: placed(graph, "domain", domain) };
  return CLOUD;
}

/** Seconds until a key ends; undefined: it does not. */
export function readLife(value: JsonValue | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 60 && value <= 3_650 * DAY_S) return value;
  throw bad(`expires_in_s: 60 to ${3_650 * DAY_S} seconds are wanted`);
}

/** A user as lists show him; nothing of his password. */
export function shownUser({ id, name, grants, createdMs }: User, graph: ConfigGraph): JsonObject {
  return {
    id,
    name,
    created: new Date(createdMs).toISOString(),
    grants: grants.map((grant) => ({ role: grant.role, ...shownPlace(grant, graph) })),
  };
}

/** A key as lists show it; nothing of its secret. */
export function shownKey({ id, user, scope, createdMs, expiresMs }: ApiKey, graph: ConfigGraph): JsonObject {
  const expires = expiresMs === undefined ? null : new Date(expiresMs).toISOString();
  return { id, user, ...shownPlace(scope, graph), created: new Date(createdMs).toISOString(), expires };
}

function shownPlace({ projectUuid, domainUuid }: Scope, graph: ConfigGraph): Record<string, JsonValue> {
  if (projectUuid !== undefined) return { project: nameOf(graph, projectUuid) };
  return domainUuid === undefined ? {} : { domain: nameOf(graph, domainUuid) };
}

function nameOf(graph: ConfigGraph, uuid: string): string {
  return graph.get(uuid)?.fqName.join(":") ?? `${uuid} (gone)`;
}

function placed(graph: ConfigGraph, type: "project" | "domain", value: JsonValue): string {
  const text = String(value);
  const found = graph.find(type, text.split(":")) ?? graph.get(text.toLowerCase());
  if (found?.type !== type) throw bad(`there is no ${type} ${text.slice(0, 200)}`);
  return found.uuid;
}
