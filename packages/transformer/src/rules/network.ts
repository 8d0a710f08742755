import type { JsonObject } from "@contrail/schema";
import type { Rule } from "../flow.ts";
import { objectOf, objectsOf } from "../intent-tables.ts";
import { record, texts } from "../json-read.ts";
import { networkObjects } from "../network-objects.ts";
import { TargetList } from "../route-targets.ts";
import { OWN_TARGET } from "./own-target.ts";
import { connectedNetworks, POLICY_VIEW } from "./policy-view.ts";

/** Routing instance, route targets and ACL of a network. */
export const networkRule: Rule = {
  name: "network",
  on: objectsOf("virtual-network"),
  run(name, read) {
    const network = objectOf(read, "virtual-network", name);
    const own = read.value(OWN_TARGET, name);
    if (network === undefined || own === undefined) return {};
    const targets = new TargetList();
    targets.add(own, null);
    addConfigured(targets, network.properties);
    const connected = connectedNetworks(read, name);
    const aclRules = read.value(POLICY_VIEW, name)?.aclRules ?? [];
    return { objects: networkObjects({ network, targets, connected, aclRules }) };
  },
};

/** The lists of a network or of a bgpvpn. */
function addConfigured(targets: TargetList, properties: JsonObject): void {
  const named = (property: string): readonly string[] => texts(record(properties[property]).route_target);
  for (const target of named("route_target_list")) targets.add(target, null);
  for (const target of named("import_route_target_list")) targets.add(target, "import");
  for (const target of named("export_route_target_list")) targets.add(target, "export");
}
