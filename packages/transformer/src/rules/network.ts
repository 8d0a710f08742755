import type { ConfigObject } from "@contrail/schema";
import type { Reader, Rule } from "../flow.ts";
import { nameOf, objectOf, objectsOf } from "../intent-tables.ts";
import { type Analyzer, analyzersOf, networkAcl } from "../network-acl.ts";
import { defaultInstance, networkObjects } from "../network-objects.ts";
import { configuredTargets, TargetList } from "../route-targets.ts";
import { ROUTER_TARGETS, routerPeers, vpnTargets } from "./logical-router.ts";
import { OWN_TARGET } from "./own-target.ts";
import { connectedNetworks, POLICY_VIEW } from "./policy-view.ts";
import { SERVICES } from "./service.ts";
import { chainInstance } from "./service-chain.ts";
import { mayUse } from "./sharing.ts";
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
    const rules = read.value(POLICY_VIEW, name)?.aclRules ?? [];
    const analyzers = new Map(analyzersOf(rules).map((key) => [key, analyzerNetwork(read, network, key)]));
    const connected = withMirrors(network, connectedNetworks(read, name), analyzers.values());
    const aclRules = networkAcl(name, rules, {
      routerPeers: rules.length === 0 ? [] : routerPeers(read, name),
      chainInstance: (chain) => chainInstance(read, name, chain),
      analyzer: (key) => analyzers.get(key),
    });
    const staticRoutes = staticRouteEntries(read, name);
    return { objects: networkObjects({ network, targets, connected, aclRules, staticRoutes }) };
  },
};

interface AnalyzerNetwork extends Analyzer {
  readonly network: readonly string[];
}

/** The left side of an analyzer, which mirrored packets go to. */
function analyzerNetwork(read: Reader, user: ConfigObject, name: string): AnalyzerNetwork | undefined {
  const service = read.value(SERVICES, name);
  const side = service !== undefined && mayUse(user, service.sharing) ? service.left : undefined;
  const network = objectOf(read, "virtual-network", side?.network ?? "");
  const address = side?.v4 ?? side?.v6;
  if (network === undefined || address === undefined) return undefined;
  return { address, instance: defaultInstance(network.fqName).join(":"), network: network.fqName };
}

/** Networks that a network is connected with, those of its analyzers too: it needs routes to what it mirrors to. */
function withMirrors(
  network: ConfigObject,
  connected: readonly (readonly string[])[],
  analyzers: Iterable<AnalyzerNetwork | undefined>,
): (readonly string[])[] {
  const found = new Map(connected.map((fqName) => [fqName.join(":"), fqName]));
  for (const item of analyzers) if (item !== undefined) found.set(item.network.join(":"), item.network);
  found.delete(nameOf(network));
  return [...found.values()];
}
