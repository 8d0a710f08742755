import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { bad } from "../request-body.ts";
import { domainOf, type Scope } from "./account.ts";
import { tenantId } from "./tenant.ts";

/** How somebody says who he is: OpenStack Identity API v3, POST /v3/auth/tokens. */
export type Proof =
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "key"; readonly text: string };

/** A login: the proof, and what the token is to be for; undefined: what is usual for the user. */
export interface LoginRequest {
  readonly proof: Proof;
  readonly scope: Scope | "unknown" | undefined;
}

/** OpenStack's name of its first domain, and ours. */
const DEFAULT_DOMAINS: ReadonlySet<string> = new Set(["default", "Default"]);
const OUR_DEFAULT_DOMAIN = "default-domain";

/** Reads the body of POST /v3/auth/tokens. Throws "config.bad_request"; no text of it holds what was sent. */
export function readLogin(body: JsonObject, graph: ConfigGraph): LoginRequest {
  const auth = inside(body, "auth");
  const identity = inside(auth, "identity");
  const methods = Array.isArray(identity.methods) ? identity.methods : [];
  const scope = auth.scope === undefined || auth.scope === null ? undefined : readScope(auth.scope, graph);
  if (methods.includes("password")) {
    const user = inside(inside(identity, "password"), "user");
    const password = user.password;
    const name = user.name ?? user.id;
    if (typeof name !== "string" || typeof password !== "string")
      throw bad("auth.identity.password.user: name and password are wanted");
    return { proof: { kind: "password", user: name, password }, scope };
  }
  if (methods.includes("application_credential")) {
    const { id, secret } = inside(identity, "application_credential");
    if (typeof secret !== "string") throw bad("auth.identity.application_credential: secret is wanted");
    const text = secret.startsWith("ck_") || typeof id !== "string" ? secret : `ck_${id}_${secret}`;
    return { proof: { kind: "key", text }, scope };
  }
  throw bad("auth.identity.methods: password or application_credential is wanted");
}

/** What a token says of itself: the "token" of the answer. */
export interface TokenFacts {
  readonly user: { readonly id: string; readonly name: string };
  readonly scope: Scope;
  readonly roles: readonly string[];
  readonly methods: readonly string[];
  readonly auditId: string;
  readonly issuedMs: number;
  readonly expiresMs: number | undefined;
  /** Where the API is, as the caller addressed it. */
  readonly baseUrl: string;
}

/** The body of an answer about a token (OpenStack Identity API v3). */
export function tokenBody(facts: TokenFacts, graph: ConfigGraph): JsonObject {
  const { user, scope, roles, methods, auditId, issuedMs, expiresMs, baseUrl } = facts;
  const project = scope.projectUuid === undefined ? undefined : graph.get(scope.projectUuid);
  const domainUuid = domainOf(graph, scope);
  const domain = domainUuid === undefined ? undefined : graph.get(domainUuid);
  const scoped: Record<string, JsonValue> =
    project !== undefined
      ? { project: { ...named(project), domain: domain === undefined ? null : named(domain) } }
      : domain !== undefined
        ? { domain: named(domain) }
        : { system: { all: true } };
  return {
    token: {
      methods,
      user: { id: user.id, name: user.name, domain: { id: "default", name: "Default" }, password_expires_at: null },
      audit_ids: [auditId],
      issued_at: date(issuedMs),
      expires_at: expiresMs === undefined ? null : date(expiresMs),
      is_domain: false,
      roles: roles.map((name) => ({ id: name, name })),
      ...scoped,
      catalog: catalog(baseUrl),
    },
  };
}

function catalog(baseUrl: string): JsonValue {
  const endpoints = (id: string, url: string): JsonValue =>
    ["public", "internal", "admin"].map((kind) => ({
      id: `${id}-${kind}`,
      interface: kind,
      region: "RegionOne",
      region_id: "RegionOne",
      url,
    }));
  return [
    { id: "identity", type: "identity", name: "identity", endpoints: endpoints("identity", `${baseUrl}/v3`) },
    { id: "config", type: "sdn", name: "contrail", endpoints: endpoints("config", baseUrl) },
  ];
}

function readScope(value: JsonValue, graph: ConfigGraph): Scope | "unknown" {
  if (value === "unscoped") return "unknown";
  const { project, domain, system } = objectIn(value, "auth.scope");
  if (project !== undefined) {
    const found = projectNamed(objectIn(project, "auth.scope.project"), graph);
    return found === undefined ? "unknown" : { projectUuid: found.uuid, domainUuid: undefined };
  }
  if (domain !== undefined) {
    const found = domainNamed(objectIn(domain, "auth.scope.domain"), graph);
    return found === undefined ? "unknown" : { projectUuid: undefined, domainUuid: found.uuid };
  }
  if (system !== undefined) return { projectUuid: undefined, domainUuid: undefined };
  throw bad("auth.scope: project, domain or system is wanted");
}

function projectNamed({ id, name, domain }: JsonObject, graph: ConfigGraph): ConfigObject | undefined {
  if (typeof id === "string") return ofType(graph, id, "project");
  const parent = domainNamed(objectIn(domain ?? { id: "default" }, "auth.scope.project.domain"), graph);
  return parent === undefined || typeof name !== "string" ? undefined : graph.find("project", [...parent.fqName, name]);
}

function domainNamed({ id, name }: JsonObject, graph: ConfigGraph): ConfigObject | undefined {
  const given = typeof id === "string" ? id : typeof name === "string" ? name : "";
  const fqName = DEFAULT_DOMAINS.has(given) ? OUR_DEFAULT_DOMAIN : given;
  return (typeof id === "string" ? ofType(graph, id, "domain") : undefined) ?? graph.find("domain", [fqName]);
}

/** OpenStack writes ids without dashes. */
function ofType(graph: ConfigGraph, id: string, type: string): ConfigObject | undefined {
  const plain = tenantId(id);
  const uuid = plain.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const found = graph.get(uuid);
  return found?.type === type ? found : undefined;
}

function named(object: ConfigObject): JsonObject {
  return { id: tenantId(object.uuid), name: object.fqName.at(-1) ?? "" };
}

function date(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`;
}

function inside(body: JsonObject, key: string): JsonObject {
  return objectIn(body[key], key);
}

function objectIn(value: JsonValue | undefined, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw bad(`${what}: an object is wanted`);
}
