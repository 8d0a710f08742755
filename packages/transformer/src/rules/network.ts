import type { Rule } from "../flow.ts";
import { objectOf, objectsOf } from "../intent-tables.ts";
import { networkAcl } from "../network-acl.ts";
import { networkObjects } from "../network-objects.ts";
import { configuredTargets, TargetList } from "../route-targets.ts";
import { ROUTER_TARGETS, routerPeers, vpnTargets } from "./logical-router.ts";
import { OWN_TARGET } from "./own-target.ts";
import { connectedNetworks, POLICY_VIEW } from "./policy-view.ts";
import { chainInstance } from "./service-chain.ts";
import { staticRouteEntries } from "./static-routes.ts";

/** Routing instance, route targets and ACL of a network. */
export const networkRule: Rule = {
  name: "network",
  on: objectsOf("virtual-network"),
  run(name, read) {
    const network = objectOf(read, "virtual-network", name);
    const own = read.value(OWN_TARGET, name);
    if (network === undefined || own === undefined) return {};
    const targets = new TargetList();
    targets.add({ target: own, direction: null });
    for (const item of configuredTargets(network.properties)) targets.add(item);
    for (const item of vpnTargets(read, network)) targets.add(item);
    for (const [, items] of read.values(ROUTER_TARGETS, name)) for (const item of items) targets.add(item);
    const connected = connectedNetworks(read, name);
    const rules = read.value(POLICY_VIEW, name)?.aclRules ?? [];
    const aclRules = networkAcl(name, rules, routerPeers(read, name), (chain) => chainInstance(read, name, chain));
    const staticRoutes = staticRouteEntries(read, name);
    return { objects: networkObjects({ network, targets, connected, aclRules, staticRoutes }) };
  },
};
