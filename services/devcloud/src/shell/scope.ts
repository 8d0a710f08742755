import { denied, invalid } from "../core/api-error.ts";
import type { JsonObject } from "../core/json.ts";
import { isMember, isWithin, mayUse, projectOf } from "../core/ownership.ts";
import type { AccountRow, Kind, ProjectRow, Rows } from "../core/rows.ts";
import { noSuchEntity } from "../core/values.ts";
import { need } from "../core/world.ts";
import { type Answer, type Call, listOf } from "./command.ts";

/** The account that a call is for: of a project, the named one, or the caller. Throws ApiError 531 for one of others. */
export function ownerFor({ cloud: { store }, caller, values }: Call): AccountRow {
  const project = store.find("project", values.text("projectid"));
  const name = values.text("account");
  if (project !== undefined && name === undefined) {
    if (!mayUse(store, caller.account, project.account)) throw denied();
    if (project.state !== "Active") throw invalid("Can't make resources in a project that is not active");
    return need(store, "account", project.account);
  }
  if (name === undefined) return caller.account;
  const account = accountNamed(store, name, values.text("domainid") ?? caller.account.domain);
  if (account === undefined) throw invalid(`Unable to find account ${name} in domain`);
  if (mayUse(store, caller.account, account.uuid)) return account;
  const { number } = need(store, "domain", account.domain);
  throw denied(`Can't create/list resources for account ${name} in domain ${number}, permission denied`);
}

/** An account by its name in a domain. */
export function accountNamed(store: Call["cloud"]["store"], name: string, domain: string): AccountRow | undefined {
  return store.where("account", "domain", domain).find((account) => account.name === name && account.type !== 5);
}

/** Which owners' things a list call may and wants to see. */
export function ownersInScope(call: Call): (account: string) => boolean {
  const { cloud, caller, values } = call;
  const { store } = cloud;
  const project = values.text("projectid");
  const domain = values.text("domainid");
  if (project !== undefined && project !== "-1") {
    const account = need(store, "account", projectForList(call, project).account);
    return (owner) => owner === account.uuid;
  }
  const withProjects = project === "-1";
  const visible = (owner: string): boolean =>
    mayUse(store, caller.account, owner) && (withProjects || values.has("id") || projectOf(store, owner) === undefined);
  if (values.has("account")) {
    const owner = ownerFor(call).uuid;
    return (account) => account === owner;
  }
  if (domain !== undefined) {
    if (caller.account.type !== 1 && !isWithin(store, domain, caller.account.domain)) throw denied();
    const recursive = values.flag("isrecursive") === true;
    return (owner) => {
      const at = need(store, "account", owner).domain;
      return visible(owner) && (recursive ? isWithin(store, at, domain) : at === domain);
    };
  }
  if (values.flag("listall") === true || values.has("id") || values.has("ids") || withProjects) return visible;
  return (owner) => owner === caller.account.uuid;
}

function projectForList({ cloud: { store }, caller }: Call, uuid: string): ProjectRow {
  const project = store.find("project", uuid);
  if (project === undefined) throw noSuchEntity("list", "projectid", uuid);
  const { type, domain } = caller.account;
  const allowed =
    type === 1 || (type === 2 && isWithin(store, project.domain, domain)) || isMember(store, project, caller.account);
  if (!allowed) throw denied();
  return project;
}

type OwnedKind = { readonly [K in Kind]: Rows[K] extends { account: string; name: string } ? K : never }[Kind];

/** Lists what has an owner and a name: by scope, id, ids, name, keyword and tags, and what else is asked. */
export function listOwned<K extends OwnedKind>(
  call: Call,
  kind: K,
  key: string,
  view: (row: Rows[K]) => JsonObject,
  also: (row: Rows[K]) => boolean = () => true,
): Answer {
  const { store } = call.cloud;
  const inScope = ownersInScope(call);
  const named = matchesNames(call);
  const tags = call.values.map("tags");
  const rows: Rows[K][] = [];
  for (const row of store.all(kind)) {
    const { account, name } = row as { account: string; name: string }; // OwnedKind.
    if (!named(row.uuid, name) || !inScope(account) || !also(row)) continue;
    if (tags.length > 0 && !hasTags(call, row.uuid, tags)) continue;
    rows.push(row);
  }
  return listOf(key, rows.toReversed(), view);
}

function hasTags(
  { cloud: { store } }: Call,
  uuid: string,
  wanted: readonly Readonly<Record<string, string>>[],
): boolean {
  const tags = store.where("tag", "resource", uuid);
  return wanted.every(({ key, value }) =>
    tags.some((tag) => tag.key === key && (value === undefined || tag.value === value)),
  );
}

/** The test of id, ids, name and keyword of a list call. */
export function matchesNames({ values }: Call): (uuid: string, name: string) => boolean {
  const id = values.text("id");
  const ids = values.list("ids");
  const name = values.text("name");
  const keyword = values.text("keyword")?.toLowerCase();
  return (uuid, own) =>
    (id === undefined || id === uuid) &&
    (ids === undefined || ids.includes(uuid)) &&
    (name === undefined || name.toLowerCase() === own.toLowerCase()) &&
    (keyword === undefined || own.toLowerCase().includes(keyword));
}
