import type { JsonObject } from "../json.ts";
import { domainPath, projectOf } from "../ownership.ts";
import { need, type World } from "../world.ts";

/** account or project, and domain, as answers show the owner of a thing. */
export function ownerView(world: World, account: string, withPath = true): JsonObject {
  const owner = need(world, "account", account);
  const project = projectOf(world, account);
  const who = project === undefined ? { account: owner.name } : { projectid: project.uuid, project: project.name };
  return { ...who, ...inDomainView(world, owner.domain, withPath) };
}

/** domainid, domain and domainpath. */
export function inDomainView(world: World, uuid: string, withPath = true): JsonObject {
  const domain = need(world, "domain", uuid);
  return {
    domainid: domain.uuid,
    domain: domain.name,
    domainpath: withPath ? domainPath(world, domain) : undefined,
  };
}
