import { type ConfigObject, record } from "@contrail/schema";
import type { DerivedLinks } from "../derived.ts";
import { type Fact, type FactTable, fact, factTable } from "../fact-table.ts";
import type { Reader, Rule } from "../flow.ts";
import { nameOf, objectOf, objectsOf, targetsOf } from "../intent-tables.ts";
import { routerOwner } from "../learnt-numbers.ts";
import { configuredTargets, type DirectedTarget, routeTargetObject, type TargetNumbers } from "../route-targets.ts";
import { systemTarget } from "./own-target.ts";

/** Targets that a logical router gives to a network that is attached to it; by the network's name. */
export const ROUTER_TARGETS: FactTable<readonly DirectedTarget[]> = factTable("router targets");
/** Names of the route tables that a logical router gives to a network that is attached to it; by the network's name. */
export const ROUTER_TABLES: FactTable<readonly string[]> = factTable("router tables");
/** Names of the networks that are attached to a logical router; by the router's name. */
const ROUTER_NETWORKS: FactTable<readonly string[]> = factTable("router networks");
/** Networks behind one router for which an ACL has rules; with more of them it has none. */
const MAX_PEERS = 512;

/** Networks that share a logical router with one, ordered; none where there are too many for an ACL. */
export function routerPeers(read: Reader, network: string): readonly string[] {
  const routers = read.values(ROUTER_TARGETS, network).map(([router]) => router);
  const peers = new Set(routers.flatMap((router) => read.value(ROUTER_NETWORKS, router) ?? []));
  peers.delete(network);
  return peers.size > MAX_PEERS ? [] : [...peers].sort();
}

/** Targets of the bgpvpns that an object refers to. */
export function vpnTargets(read: Reader, object: ConfigObject): DirectedTarget[] {
  const vpns = targetsOf(object, "bgpvpn").flatMap((name) => objectOf(read, "bgpvpn", name) ?? []);
  return vpns.flatMap(({ properties }) => configuredTargets(properties));
}

/**
 * A logical router has a route target, which every network that is attached to it imports and exports, beside those that
 * it names itself and by its bgpvpns.
 */
export function logicalRouterRule(numbers: TargetNumbers): Rule {
  return {
    name: "logical router",
    on: objectsOf("logical-router"),
    run(name, read) {
      const router = objectOf(read, "logical-router", name);
      const own = systemTarget(read, numbers, routerOwner(name));
      if (router === undefined || own === undefined) return {};
      const configured = [...configuredTargets(router.properties), ...vpnTargets(read, router)];
      const targets = [{ target: own, direction: null }, ...configured];
      const networks = attachedNetworks(read, router);
      const tables = targetsOf(router, "route-table");
      const facts: Fact[] = networks.flatMap((network) => [
        fact(ROUTER_TARGETS, network, name, targets),
        ...(tables.length === 0 ? [] : [fact(ROUTER_TABLES, network, name, tables)]),
      ]);
      facts.push(fact(ROUTER_NETWORKS, name, name, networks));
      const links: DerivedLinks = {
        type: "logical-router",
        fqName: router.fqName,
        toType: "route-target",
        refs: [{ toType: "route-target", toFqName: [own], attr: {} }],
      };
      return { facts, objects: [routeTargetObject(own)], links: [links] };
    },
  };
}

/** Networks of the router's interfaces, and those that it names as internal ones; ordered. */
function attachedNetworks(read: Reader, router: ConfigObject): string[] {
  const interfaces = targetsOf(router, "virtual-machine-interface");
  const found = new Set(
    interfaces.flatMap((name) => targetsOf(objectOf(read, "virtual-machine-interface", name), "virtual-network")),
  );
  for (const ref of router.refs) {
    const kind = record(ref.attr).logical_router_virtual_network_type;
    if (ref.toType === "virtual-network" && kind === "InternalVirtualNetwork")
      found.add(nameOf({ fqName: ref.toFqName }));
  }
  return [...found].sort();
}
