import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import { type ConfigObject, type JsonObject, objectType, struct, underscored } from "@contrail/schema";
import { type Placed, projectOf } from "./ownership.ts";

/** The project, the field of its quota, and the limit that hold for objects of a type; undefined: there is none. */
export interface QuotaLimit {
  readonly project: ConfigObject;
  readonly field: string;
  readonly limit: number;
}

/** What a property list adds up to: subnets of a network, rules of a security group. */
const COUNTED_LISTS: Readonly<Record<string, readonly [field: string, count: (object: ConfigObject) => number]>> = {
  "virtual-network": ["subnet", subnetsOf],
  "security-group": ["security_group_rule", rulesOf],
};

/** The limit that an object falls under. */
export function quotaFor(graph: ConfigGraph, object: Placed): QuotaLimit | undefined {
  const field = underscored(object.type);
  if (!Object.hasOwn(struct("QuotaType") ?? {}, field)) return undefined;
  return limitOf(projectOf(graph, object), field);
}

/** Objects of a type that belong to a project. */
export function countedObjects(graph: ConfigGraph, project: ConfigObject, typeName: string): readonly ConfigObject[] {
  const type = objectType(typeName);
  const isNear = type?.parents.includes("project") === true && type.parents.length === 1;
  const candidates = isNear ? graph.linked(project.uuid, typeName) : [...graph.ofType(typeName)];
  return candidates.filter((object) => projectOf(graph, object)?.uuid === project.uuid);
}

/** Throws 412 where a list that grows is longer, over the whole project, than the quota allows. before: undefined at a creation. */
export function checkCountedLists(graph: ConfigGraph, before: ConfigObject | undefined, after: ConfigObject): void {
  const [field, count] = COUNTED_LISTS[after.type] ?? [];
  if (field === undefined || count === undefined) return;
  const grown = count(after) - (before === undefined ? 0 : count(before));
  if (grown <= 0) return;
  const found = limitOf(projectOf(graph, after), field);
  if (found === undefined) return;
  const others = countedObjects(graph, found.project, after.type).filter(({ uuid }) => uuid !== after.uuid);
  const total = others.reduce((sum, object) => sum + count(object), count(after));
  if (total > found.limit) throw overQuota(found);
}

/** 412 in the words of the API. */
export function overQuota({ field, limit }: Pick<QuotaLimit, "field" | "limit">): ContrailError {
  return new ContrailError("config.over_quota", `quota limit (${limit}) exceeded for resource ${field}`);
}

/** A field that a project's quota leaves out is limited by its "defaults"; a negative number is no limit. */
function limitOf(project: ConfigObject | undefined, field: string): QuotaLimit | undefined {
  const quota = project?.properties.quota as JsonObject | undefined; // The model says QuotaType.
  const limit = quota?.[field] ?? quota?.defaults;
  if (project === undefined || typeof limit !== "number" || limit < 0) return undefined;
  return { project, field, limit };
}

function subnetsOf({ refs }: ConfigObject): number {
  const lists = refs.filter(({ toType }) => toType === "network-ipam").map(({ attr }) => attr as JsonObject | null);
  return lists.reduce((sum, attr) => sum + lengthOf(attr?.ipam_subnets), 0);
}

function rulesOf({ properties }: ConfigObject): number {
  return lengthOf((properties.security_group_entries as JsonObject | undefined)?.policy_rule); // PolicyEntriesType.
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
