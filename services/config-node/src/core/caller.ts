import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { isBornWithParent } from "./boot-objects.ts";
import type { BodyInput } from "./request-body.ts";

/** Who calls, as the listener says that was called. */
export interface Caller {
  /** What id_perms.creator says of objects that it makes; undefined: they are not marked. */
  readonly mark: string | undefined;
}

/** Whoever reaches the API on loopback: the cloud's administrator. */
export const ADMINISTRATOR: Caller = { mark: undefined };

/** CloudStack's stock plugins on the trusted listener: they may remove what they made, and what nobody has marked. */
export const STOCK_PLUGIN: Caller = { mark: "stock-plugin" };

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
