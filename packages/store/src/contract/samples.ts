import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "../object-store.ts";

/** An object of type "t" that is named like its uuid. */
export function sample(uuid: string, changes: Partial<ConfigObject> = {}): ConfigObject {
  return {
    type: "t",
    uuid,
    fqName: [uuid],
    parentType: undefined,
    parentUuid: undefined,
    revision: 0n,
    refs: [],
    properties: {},
    derived: false,
    epoch: 0n,
    ...changes,
  };
}

/** An object that refers to others. */
export function referring(uuid: string, ...targets: readonly string[]): ConfigObject {
  const refs = targets.map((target) => ({ toType: "t", toUuid: target, toFqName: [target], attr: { weight: 1 } }));
  return sample(uuid, { refs });
}

/** An object below another one. */
export function childOf(parent: string, uuid: string): ConfigObject {
  return sample(uuid, { fqName: [parent, uuid], parentType: "t", parentUuid: parent });
}

/** Everything that a store gives, by uuid ascending. */
export async function collect(store: ObjectStore): Promise<ConfigObject[]> {
  const found: ConfigObject[] = [];
  for await (const item of store.all()) found.push(item);
  return found.sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
}

/** 0 to count - 1. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** How many of several calls made at once were served, and the codes of the others. */
export async function outcomes(
  calls: readonly Promise<unknown>[],
): Promise<{ readonly served: number; readonly codes: readonly string[] }> {
  const results = await Promise.allSettled(calls);
  const failed = results.filter((result) => result.status === "rejected");
  const codes = failed.map(({ reason }) => String((reason as { code?: unknown }).code)); // Errors of a store have one.
  return { served: results.length - failed.length, codes };
}
