import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import { isOwnedBy } from "./ownership.ts";
import { type Tenant, tenantId } from "./tenant.ts";

/** The bits of perms2: read, write, refer to. */
export const READ = 4;
export const WRITE = 2;
export const LINK = 1;
export const ALL = READ | WRITE | LINK;

/** Types whose objects of the whole cloud everybody may see and refer to. */
const OPEN_TYPES: ReadonlySet<string> = new Set(["tag-type", "tag"]);

/** True for the tenant that owns an object. */
export function owns(graph: ConfigGraph, object: ConfigObject, { projectUuid }: Tenant): boolean {
  return projectUuid !== undefined && isOwnedBy(graph, object, projectUuid);
}

/**
 * What a tenant may do with an object, as bits: as its owner, as one that it is shared with, and as everybody. perms2
 * gives them; an empty share gives nothing to anybody. is_shared gives everybody what it takes to use the object.
 */
export function accessBits(graph: ConfigGraph, object: ConfigObject, tenant: Tenant): number {
  const perms = (object.properties.perms2 ?? {}) as JsonObject; // The model says PermType2.
  let bits = mask(perms.global_access);
  if (owns(graph, object, tenant)) bits |= perms.owner_access === undefined ? ALL : mask(perms.owner_access);
  for (const share of Array.isArray(perms.share) ? (perms.share as readonly JsonObject[]) : []) {
    if (isSharedWith(String(share.tenant ?? ""), tenant)) bits |= mask(share.tenant_access);
  }
  if (object.properties.is_shared === true) bits |= READ | LINK;
  if (OPEN_TYPES.has(object.type) && object.parentUuid === undefined) bits |= READ | LINK;
  if (object.type === "domain" && object.uuid === tenant.domainUuid) bits |= READ;
  if (tenant.readsAll) bits |= READ;
  return bits;
}

/** A share names a tenant or a domain: "<uuid>", "tenant:<uuid>", "domain:<uuid>". */
function isSharedWith(share: string, { projectUuid, domainUuid }: Tenant): boolean {
  const colon = share.indexOf(":");
  const kind = colon < 0 ? "tenant" : share.slice(0, colon);
  const id = tenantId(share.slice(colon + 1));
  if (id === "") return false;
  if (kind === "domain") return domainUuid !== undefined && tenantId(domainUuid) === id;
  return kind === "tenant" && projectUuid !== undefined && tenantId(projectUuid) === id;
}

function mask(value: unknown): number {
  return typeof value === "number" && Number.isInteger(value) ? value & ALL : 0;
}
