import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import type { Tenant } from "./access/tenant.ts";
import { isBornWithParent } from "./boot-objects.ts";
import type { BodyInput } from "./request-body.ts";

/** Who calls, as the listener and the token of the request say. */
export interface Caller {
  /** For the audit record: a user's name, or what the listener stands for. */
  readonly name: string;
  /** What id_perms.creator says of objects that it makes; undefined: they are not marked. */
  readonly mark: string | undefined;
  /** Whose rights it has; undefined: the cloud administrator's, who may do everything. */
  readonly tenant: Tenant | undefined;
}

/** The node itself: what it makes of its own accord counts against no quota. */
export const SYSTEM: Caller = { name: "system", mark: undefined, tenant: undefined };

/** Whoever reaches the API without a login, on loopback or a unix socket: the cloud's administrator. */
export const ADMINISTRATOR: Caller = { name: "local", mark: undefined, tenant: undefined };

/** CloudStack's stock plugins on the trusted listener: they may remove what they made, and what nobody has marked. */
export const STOCK_PLUGIN: Caller = { name: "stock-plugin", mark: "stock-plugin", tenant: undefined };

/** The body of a creation with the caller's mark; a client's own word on the creator does not count then. */
export function marked(input: BodyInput, { mark }: Caller): BodyInput {
  if (mark === undefined) return input;
  const given = (input.properties.get("id_perms") ?? {}) as JsonObject; // The model says IdPermsType.
  const properties = new Map<string, JsonValue>(input.properties);
  return { ...input, properties: properties.set("id_perms", { ...given, creator: mark }) };
}

/** The other one that keeps the caller from removing an object: who marked it, or its parent; undefined where it may. */
export function ownerAgainst(object: ConfigObject, { mark }: Caller): string | undefined {
  const { creator } = (object.properties.id_perms ?? {}) as JsonObject; // The model says IdPermsType.
  if (mark !== undefined && isBornWithParent(object)) return "the system with its parent";
  return mark === undefined || typeof creator !== "string" || creator === mark ? undefined : creator;
}
