import type { AccountRow, DomainRow, Kind, ProjectRow, Row } from "./rows.ts";
import { need, type World } from "./world.ts";

/** Path of a domain as answers show it: "ROOT/acme". */
export function domainPath(world: World, domain: DomainRow): string {
  const parent = world.find("domain", domain.parent);
  return parent === undefined ? domain.name : `${domainPath(world, parent)}/${domain.name}`;
}

/** Steps below ROOT. */
export function domainLevel(world: World, domain: DomainRow): number {
  const parent = world.find("domain", domain.parent);
  return parent === undefined ? 0 : domainLevel(world, parent) + 1;
}

/** True where a domain is the other one or lies below it. */
export function isWithin(world: World, domain: string, above: string): boolean {
  for (let at = world.find("domain", domain); at !== undefined; at = world.find("domain", at.parent)) {
    if (at.uuid === above) return true;
  }
  return false;
}

/** The project whose account this is. */
export function projectOf(world: World, account: string): ProjectRow | undefined {
  return world.where("project", "account", account)[0];
}

/** True where the caller may read and change what the owner owns: root all, a domain's admin its domain, others theirs. */
export function mayUse(world: World, caller: AccountRow, owner: string): boolean {
  if (caller.type === 1 || caller.uuid === owner) return true;
  const account = world.find("account", owner);
  if (account === undefined || account.type === 1) return false;
  if (caller.type === 2 && isWithin(world, account.domain, caller.domain)) return true;
  const project = projectOf(world, owner);
  return project !== undefined && isMember(world, project, caller);
}

/** True where an account belongs to a project. */
export function isMember(world: World, project: ProjectRow, account: AccountRow): boolean {
  return world.where("projectMember", "project", project.uuid).some((member) => member.account === account.uuid);
}

/** The account that owns a row; undefined where everybody may see the kind. */
export function ownerOf(world: World, kind: Kind, row: Row): string | undefined {
  if (kind === "account") return row.uuid;
  if (kind === "nic") return need(world, "machine", world.find("nic", row.uuid)?.machine).account;
  if (kind === "apiKey") return need(world, "user", world.find("apiKey", row.uuid)?.user).account;
  if (!("account" in row) || typeof row.account !== "string") return undefined;
  return row.account;
}
