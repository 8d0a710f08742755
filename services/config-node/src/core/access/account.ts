import type { ConfigGraph } from "@contrail/graph";
import type { Caller } from "../caller.ts";
import { CLOUD_ADMIN_ROLE, CLOUD_READER_ROLE } from "./tenant.ts";

/** Where rights hold: a project, a domain, or (neither) the whole cloud. UUIDs as objects have them. */
export interface Scope {
  readonly projectUuid: string | undefined;
  readonly domainUuid: string | undefined;
}

/** The scope that is none: the whole cloud. */
export const CLOUD: Scope = { projectUuid: undefined, domainUuid: undefined };

/** A role of a user, and where he has it. */
export interface Grant extends Scope {
  readonly role: string;
}

/** A user as he is stored. */
export interface User {
  readonly id: string;
  /** Unique in the cloud. */
  readonly name: string;
  /** Hash of the password, in the form of password.ts. */
  readonly password: string;
  readonly grants: readonly Grant[];
  /** Another one after each change: sessions of an earlier one are over. */
  readonly generation: string;
  readonly createdMs: number;
}

/** An API key as it is stored; its secret is 256 random bits and known by its SHA-256 only. */
export interface ApiKey {
  readonly id: string;
  readonly secretHash: string;
  readonly user: string;
  readonly userId: string;
  readonly scope: Scope;
  readonly createdMs: number;
  /** undefined: until it is revoked. */
  readonly expiresMs: number | undefined;
}

/** A session as it is stored, under the SHA-256 of its token. */
export interface Session {
  readonly user: string;
  readonly generation: string;
  readonly scope: Scope;
  readonly methods: readonly string[];
  readonly auditId: string;
  readonly issuedMs: number;
  readonly expiresMs: number;
}

/** Clocks of nodes differ by so much at most. */
export const CLOCK_LEEWAY_MS = 60_000;

/** True once a session or key is over. */
export function isExpired({ expiresMs }: { readonly expiresMs: number | undefined }, nowMs: number): boolean {
  return expiresMs !== undefined && nowMs > expiresMs + CLOCK_LEEWAY_MS;
}

/** Roles that a user has in a scope: those of the whole cloud, of the domain, and of the project. */
export function rolesIn({ grants }: Pick<User, "grants">, graph: ConfigGraph, scope: Scope): readonly string[] {
  const domainUuid = domainOf(graph, scope);
  const held = grants.filter((grant) => {
    if (grant.projectUuid !== undefined) return grant.projectUuid === scope.projectUuid;
    return grant.domainUuid === undefined || grant.domainUuid === domainUuid;
  });
  return [...new Set(held.map(({ role }) => role))].sort();
}

/** The scope that a login means that names none: the cloud's for its administrator, else the first that is granted. */
export function usualScope({ grants }: Pick<User, "grants">): Scope {
  const cloudWide = grants.find(isCloudWide);
  const { projectUuid, domainUuid } = cloudWide ?? grants[0] ?? CLOUD;
  return { projectUuid, domainUuid };
}

/** The user as the caller of requests in a scope; undefined where he has no role there, or the scope is gone. */
export function callerIn(user: User, graph: ConfigGraph, scope: Scope): Caller | undefined {
  if (scope.projectUuid !== undefined && graph.get(scope.projectUuid)?.type !== "project") return undefined;
  if (scope.domainUuid !== undefined && graph.get(scope.domainUuid)?.type !== "domain") return undefined;
  const roles = rolesIn(user, graph, scope);
  if (roles.length === 0) return undefined;
  const has = (role: string): boolean => user.grants.some((grant) => grant.role === role && isCloudWide(grant));
  if (has(CLOUD_ADMIN_ROLE)) return { name: user.name, mark: undefined, tenant: undefined };
  const tenant = {
    roles,
    projectUuid: scope.projectUuid,
    domainUuid: domainOf(graph, scope),
    readsAll: has(CLOUD_READER_ROLE),
  };
  return { name: user.name, mark: undefined, tenant };
}

/** The domain of a scope: its own, or that of its project. */
export function domainOf(graph: ConfigGraph, { projectUuid, domainUuid }: Scope): string | undefined {
  return projectUuid === undefined ? domainUuid : graph.get(projectUuid)?.parentUuid;
}

function isCloudWide({ projectUuid, domainUuid }: Scope): boolean {
  return projectUuid === undefined && domainUuid === undefined;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const ROLE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LEAST_PASSWORD = 10;
const LONGEST_PASSWORD = 256;
/** Passwords that installations of OpenContrail were shipped with. */
const KNOWN_DEFAULTS: ReadonlySet<string> = new Set(["contrail123", "contrail1234", "password123", "openstack123"]);

/** What is wrong with a user's name; undefined: nothing. */
export function nameProblem(name: string): string | undefined {
  return NAME.test(name) ? undefined : 'a user\'s name is 1 to 64 letters, digits, ".", "_", "@" and "-"';
}

/** What is wrong with a grant; undefined: nothing. */
export function grantProblem(grant: Grant): string | undefined {
  if (!ROLE.test(grant.role)) return 'a role is 1 to 64 letters, digits, ".", "_" and "-"';
  const isCloudRole = grant.role === CLOUD_ADMIN_ROLE || grant.role === CLOUD_READER_ROLE;
  if (isCloudRole && !isCloudWide(grant))
    return `role ${grant.role} is the whole cloud's: it is given without a project`;
  return undefined;
}

/** What is wrong with a password; undefined: nothing. The text never holds the password. */
export function passwordProblem(password: string, name: string): string | undefined {
  const { length } = password;
  if (length < LEAST_PASSWORD || length > LONGEST_PASSWORD) {
    return `a password has ${LEAST_PASSWORD} to ${LONGEST_PASSWORD} characters`;
  }
  const lower = password.toLowerCase();
  if (KNOWN_DEFAULTS.has(lower) || lower === name.toLowerCase()) return "this password is too well known";
  return undefined;
}
