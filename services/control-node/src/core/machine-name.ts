import { type ConfigObject, type JsonObject, record } from "@contrail/schema";

/** The annotation in which the CloudStack plugin writes an interface's name in its network. */
const NAME_KEY = "cloudstack.dns-name";

/** True for an interface whose machine the others of its network may find by name. */
export function hasMachineName(vmi: ConfigObject): boolean {
  return namePairs(vmi).length > 0;
}

/**
 * An interface as agents of other hosts get it: network and name. User data, passwords and keys, which stand beside the
 * name, are for the machine's own host only.
 */
export function nameOnly(vmi: ConfigObject): ConfigObject {
  return {
    ...vmi,
    refs: vmi.refs.filter(({ toType }) => toType === "virtual-network"),
    properties: { annotations: { key_value_pair: namePairs(vmi) } },
  };
}

function namePairs({ properties }: ConfigObject): JsonObject[] {
  const pairs = record(properties.annotations).key_value_pair;
  return Array.isArray(pairs) ? pairs.map(record).filter(({ key }) => key === NAME_KEY) : [];
}
