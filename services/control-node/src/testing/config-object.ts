import type { ConfigObject } from "@contrail/schema";

/** An object of the configuration with references, each a type and a uuid. */
export function configObject(
  type: string,
  uuid: string,
  fqName: readonly string[],
  refs: readonly (readonly [string, string])[],
): ConfigObject {
  return {
    ...{ type, uuid, fqName, parentType: undefined, parentUuid: undefined, revision: 0n, properties: {} },
    refs: refs.map(([toType, toUuid]) => ({ toType, toUuid, toFqName: [toUuid], attr: null })),
    ...{ derived: false, epoch: 0n },
  };
}
