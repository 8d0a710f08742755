import { ApiError } from "./api-error.ts";
import type { AccountRow } from "./rows.ts";
import { RESOURCE_TYPES, type ResourceType } from "./views/resource-types.ts";
import { need, type World } from "./world.ts";

/** The limit of an owner for a type; -1 is none. Root admin accounts have none of themselves. */
export function limitOf(world: World, account: AccountRow, type: ResourceType): number {
  const own = world.where("limit", "owner", account.uuid).find((limit) => limit.type === type.number);
  if (own !== undefined) return own.max;
  return account.type === 1 ? -1 : type.fallback;
}

/** How much of a type an owner has. What DevCloud has no objects for is 0. */
export function usage(world: World, account: string, type: ResourceType): number {
  const machines = world.where("machine", "account", account).filter(({ state }) => state !== "Error");
  const offered = (count: (offering: { cpus: number; memoryMiB: number }) => number): number =>
    machines.reduce((sum, { offering }) => sum + count(need(world, "serviceOffering", offering)), 0);
  switch (type.name) {
    case "user_vm":
    case "volume":
      return machines.length;
    case "network":
      return world.where("network", "account", account).length;
    case "project":
      return world.where("projectMember", "account", account).filter(({ role }) => role === "Admin").length;
    case "cpu":
      return offered(({ cpus }) => cpus);
    case "memory":
      return offered(({ memoryMiB }) => memoryMiB);
    default:
      return 0;
  }
}

/** Throws ApiError 535 where an owner would get more of a type than its limit. */
export function checkLimit(world: World, accountUuid: string, typeName: string, more = 1): void {
  const type = RESOURCE_TYPES.find(({ name }) => name === typeName);
  if (type === undefined) throw new Error(`no resource type ${typeName}`);
  const account = need(world, "account", accountUuid);
  const max = limitOf(world, account, type);
  const now = usage(world, accountUuid, type);
  if (max >= 0 && now + more > max) throw exceeded(world, account, type.name, { max, now, more });
}

/** Kinds of which CloudStack lets an account have any number: here they are bounded, since all rows are in memory. */
export type BoundedKind = "webhook" | "keyPair" | "userData" | "affinityGroup";

const BOUNDED: Readonly<Record<BoundedKind, string>> = {
  webhook: "webhook",
  keyPair: "ssh_key_pair",
  userData: "user_data",
  affinityGroup: "affinity_group",
};

/** Throws ApiError 535, as for a limit, where an owner of `now` things of a kind would get more than `max`. */
export function checkBound(world: World, accountUuid: string, kind: BoundedKind, now: number, max: number): void {
  if (now >= max) throw exceeded(world, need(world, "account", accountUuid), BOUNDED[kind], { max, now, more: 1 });
}

function exceeded(
  world: World,
  account: AccountRow,
  type: string,
  { max, now, more }: { readonly max: number; readonly now: number; readonly more: number },
): ApiError {
  return new ApiError(
    535,
    `Maximum amount of resources of Type = '${type}', tag = 'null' for Account Name = ${account.name} in Domain Id = ${need(world, "domain", account.domain).number} is exceeded: Account Resource Limit = ${max}, Current Account Resource Amount = ${now}, Current Account Resource Reservation = 0, Requested Resource Amount = ${more}.`,
    4370,
  );
}
