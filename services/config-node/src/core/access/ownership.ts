import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import { isReserved } from "../boot-objects.ts";
import { CLOUD_OWNER, tenantId } from "./tenant.ts";

/** Levels above an object that are looked at. */
const MAX_DEPTH = 16;

/** What it takes to find the project of an object, also of one that is not written yet. */
export type Placed = Pick<ConfigObject, "type" | "uuid" | "parentUuid" | "refs">;

/**
 * The project that an object belongs to: the one that it names (floating-ip, alias-ip), that of the interface or network
 * that it is an address of (instance-ip), or the nearest one above it.
 */
export function projectOf(graph: ConfigGraph, object: Placed): ConfigObject | undefined {
  const named = target(graph, object, "project");
  if (named !== undefined) return named;
  if (object.type === "instance-ip") {
    const holder = target(graph, object, "virtual-machine-interface") ?? target(graph, object, "virtual-network");
    return holder === undefined ? undefined : above(graph, holder);
  }
  return above(graph, object);
}

/**
 * Whether a project owns an object. What nobody but the cloud owns and stands in a project is that project's: the system
 * makes children and derived objects, CloudStack makes a tenant's networks. What the system needs stays its own.
 */
export function isOwnedBy(graph: ConfigGraph, object: ConfigObject, projectUuid: string): boolean {
  const perms = object.properties.perms2 as JsonObject | undefined; // The model says PermType2.
  const owner = typeof perms?.owner === "string" ? perms.owner : CLOUD_OWNER;
  if (owner !== CLOUD_OWNER) return tenantId(owner) === tenantId(projectUuid);
  return projectOf(graph, object)?.uuid === projectUuid && !isReserved(object.type, object.fqName);
}

function target(graph: ConfigGraph, { refs }: Placed, type: string): ConfigObject | undefined {
  const found = refs.find(({ toType }) => toType === type);
  return found === undefined ? undefined : graph.get(found.toUuid);
}

function above(graph: ConfigGraph, object: Placed): ConfigObject | undefined {
  let at = graph.get(object.uuid) ?? (object.parentUuid === undefined ? undefined : graph.get(object.parentUuid));
  for (let depth = 0; at !== undefined && depth < MAX_DEPTH; depth++) {
    if (at.type === "project") return at;
    at = at.parentUuid === undefined ? undefined : graph.get(at.parentUuid);
  }
  return undefined;
}
