import { apiDate } from "../date.ts";
import type { Json, JsonObject } from "../json.ts";
import { limitOf, usage } from "../limits.ts";
import { domainLevel, domainPath, isWithin } from "../ownership.ts";
import type { AccountRow, AccountType, DomainRow, ProjectRow, UserRow } from "../rows.ts";
import { need, type World } from "../world.ts";
import { inDomainView } from "./owner-view.ts";
import { RESOURCE_TYPES } from "./resource-types.ts";

/** CloudStack's built-in roles; fixed, so that they are the same in every cloud of ours. */
export const ROLES = [
  role(1, "Admin", "Root Admin", "Default root admin role", "81afd5db-e7ac-4000-8000-000000000001"),
  role(2, "DomainAdmin", "Domain Admin", "Default domain admin role", "81affd50-e7ac-4000-8000-000000000002"),
  role(0, "User", "User", "Default user role", "81b0077b-e7ac-4000-8000-000000000000"),
] as const;

function role(accountType: AccountType, type: string, name: string, description: string, id: string) {
  return { accountType, type, name, description, id };
}

/** roleid, roletype, rolename of an account. */
export function roleView(type: AccountType): JsonObject {
  const found = ROLES.find(({ accountType }) => accountType === type) ?? ROLES[2];
  return { roleid: found.id, roletype: found.type, rolename: found.name };
}

/** A domain; `created` only where it is not ROOT and not just made, as recorded. */
export function domainView(
  world: World,
  domain: DomainRow,
  options: { state?: boolean; created?: boolean } = {},
): JsonObject {
  const parent = world.find("domain", domain.parent);
  return {
    id: domain.uuid,
    name: domain.name,
    level: domainLevel(world, domain),
    parentdomainid: parent?.uuid,
    parentdomainname: parent?.name,
    haschild: world.where("domain", "parent", domain.uuid).length > 0,
    path: domainPath(world, domain),
    ...(options.state === true ? { state: "Active", ...domainResources(world, domain) } : { secondarystoragetotal: 0 }),
    created: options.created === true && parent !== undefined ? apiDate(domain.createdMs) : undefined,
    hasannotations: options.state === true ? false : undefined,
  };
}

/** Domains have no limits in this version; what is in them is counted. */
function domainResources(world: World, domain: DomainRow): JsonObject {
  const accounts = [...world.all("account")].filter((account) => isWithin(world, account.domain, domain.uuid));
  const members: Record<string, Json> = {};
  for (const type of RESOURCE_TYPES) {
    if (type.member === undefined) continue;
    members[`${type.member}limit`] = "Unlimited";
    members[`${type.member}total`] = accounts.reduce((sum, { uuid }) => sum + usage(world, uuid, type), 0);
    members[`${type.member}available`] = "Unlimited";
  }
  return members;
}

/** A user. `caller` is the account that asks: its child domains are told, and the key access to admins. */
export function userView(world: World, user: UserRow, caller?: AccountRow): JsonObject {
  const account = need(world, "account", user.account);
  const domain = need(world, "domain", account.domain);
  const [key] = world.where("apiKey", "user", user.uuid);
  return {
    id: user.uuid,
    username: user.username,
    firstname: user.firstname,
    lastname: user.lastname,
    email: user.email === "" ? undefined : user.email,
    created: apiDate(user.createdMs),
    state: user.state,
    account: account.name,
    accounttype: account.type,
    usersource: "native",
    ...roleView(account.type),
    domainid: domain.uuid,
    domain: domain.name,
    timezone: user.timezone,
    apikey: key?.apiKey,
    accountid: account.uuid,
    iscallerchilddomain: caller !== undefined && domain.uuid !== caller.domain,
    isdefault: user.isDefault,
    is2faenabled: false,
    is2famandated: false,
    apikeyaccess: caller !== undefined && caller.type === 1 ? "INHERIT" : undefined,
  };
}

/** The three members of each resource type of an account or project; limits are texts, as recorded. */
export function resourceMembers(world: World, account: AccountRow, withProjects = true): JsonObject {
  const members: Record<string, Json> = {};
  for (const type of RESOURCE_TYPES) {
    if (type.member === undefined || (!withProjects && type.member === "project")) continue;
    const limit = limitOf(world, account, type);
    const total = usage(world, account.uuid, type);
    const unlimited = limit < 0;
    members[`${type.member}limit`] = unlimited ? "Unlimited" : String(limit);
    members[`${type.member}total`] = total;
    members[`${type.member}available`] = unlimited ? "Unlimited" : String(Math.max(0, limit - total));
  }
  return members;
}

function machineCounts(world: World, account: string): JsonObject {
  const machines = world.where("machine", "account", account);
  return {
    vmstopped: machines.filter(({ state }) => state === "Stopped").length,
    vmrunning: machines.filter(({ state }) => state === "Running").length,
  };
}

/** An account with its users and its resources. */
export function accountView(world: World, account: AccountRow, caller: AccountRow): JsonObject {
  return {
    id: account.uuid,
    name: account.name,
    accounttype: account.type,
    ...roleView(account.type),
    ...inDomainView(world, account.domain),
    ...resourceMembers(world, account),
    ...machineCounts(world, account.uuid),
    state: account.state,
    created: account.isDefault ? undefined : apiDate(account.createdMs),
    user: world.where("user", "account", account.uuid).map((user) => userView(world, user)),
    isdefault: account.isDefault,
    groups: [],
    apikeyaccess: caller.type === 1 ? "INHERIT" : undefined,
  };
}

/** A project with its owners and its resources. */
export function projectView(world: World, project: ProjectRow): JsonObject {
  const account = need(world, "account", project.account);
  const owners = world.where("projectMember", "project", project.uuid).filter(({ role }) => role === "Admin");
  const domain = need(world, "domain", project.domain);
  return {
    id: project.uuid,
    name: project.name,
    displaytext: project.displaytext,
    domainid: domain.uuid,
    domain: domain.name,
    owner: owners.map((owner) => ({ account: need(world, "account", owner.account).name })),
    projectaccountname: account.name,
    state: project.state,
    tags: [],
    ...resourceMembers(world, account, false),
    ...machineCounts(world, account.uuid),
    created: apiDate(project.createdMs),
  };
}
