import { type ConfigObject, list, record } from "@contrail/schema";

/** An object that another one names in its properties. */
export interface NamedLink {
  readonly type: string;
  readonly fqName: readonly string[];
}

/** Objects that this one names in its properties instead of referring to: the networks in the rules of an ACL. */
export function namedLinks(object: ConfigObject): readonly NamedLink[] {
  if (object.type !== "access-control-list") return [];
  const names = new Set<string>();
  for (const rule of list(record(object.properties.access_control_list_entries).acl_rule)) {
    const match = record(record(rule).match_condition);
    for (const side of [record(match.src_address), record(match.dst_address)]) {
      const name = side.virtual_network;
      if (typeof name === "string" && name !== "any" && name !== "local") names.add(name);
    }
  }
  return [...names].map((name) => ({ type: "virtual-network", fqName: name.split(":") }));
}
