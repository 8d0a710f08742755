import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import { type ConfigObject, vxlanIdentifier } from "@contrail/schema";
import { byName, integerIn, nameOf, record } from "./config-values.ts";
import type { ExtendedNetwork } from "./gateway.ts";
import { instanceTargets } from "./route-targets.ts";
import { subnetsOf } from "./subnets.ts";
import { vrouterSettings } from "./underlay.ts";

const MAX_NUMBER = 0xffffffff;
/** The number in a route distinguisher of type 1 (RFC 4364 section 4.2). */
const MAX_RD_NUMBER = 0xffff;

/** Who the gateway is, for route distinguishers. */
export interface Distinguisher {
  readonly routerId: string;
  readonly autonomousSystem: number;
}

/**
 * The networks that reach to a gateway, by number: those that its physical-router refers to, those of logical routers
 * that refer to it, and public ones (router_external) that no physical-router at all refers to.
 */
export function extendedNetworks(
  graph: ConfigGraph,
  physicalRouter: ConfigObject,
  identity: Distinguisher,
): readonly ExtendedNetwork[] {
  const found = new Map<string, ConfigObject>();
  const add = (network: ConfigObject): unknown => found.set(network.uuid, network);
  graph.linked(physicalRouter.uuid, "virtual-network").forEach(add);
  for (const router of graph.linked(physicalRouter.uuid, "logical-router")) networksOf(graph, router).forEach(add);
  for (const network of graph.ofType("virtual-network")) {
    const isAnybodys = graph.linked(network.uuid, "physical-router").length === 0;
    if (network.properties.router_external === true && isAnybodys) add(network);
  }
  const networks = [...found.values()].sort(byName).map((network) => extended(graph, network, identity));
  return networks.sort((a, b) => a.number - b.number);
}

/** Networks behind a logical router: of its interfaces, and those that it names as internal ones. */
function networksOf(graph: ConfigGraph, router: ConfigObject): readonly ConfigObject[] {
  return router.refs.flatMap(({ toType, toUuid, attr }) => {
    if (toType === "virtual-machine-interface") return graph.linked(toUuid, "virtual-network");
    const isInternal = record(attr).logical_router_virtual_network_type === "InternalVirtualNetwork";
    return toType === "virtual-network" && isInternal ? (graph.get(toUuid) ?? []) : [];
  });
}

function extended(graph: ConfigGraph, network: ConfigObject, identity: Distinguisher): ExtendedNetwork {
  const name = nameOf(network);
  const number = integerIn(network.properties.virtual_network_network_id, 1, MAX_NUMBER);
  const instance = graph.find("routing-instance", [...network.fqName, network.fqName.at(-1) ?? ""]);
  const targets = instance && instanceTargets(graph, instance);
  // A policy without a target to ask for would take everything.
  const isReady = targets !== undefined && targets.importTargets.length > 0 && targets.exportTargets.length > 0;
  if (number === undefined || !isReady) {
    throw new ContrailError(
      "gateway.unavailable",
      `network ${name} has no routing instance with a route target yet: the configuration node makes them; if they do ` +
        "not come within seconds, see: contrail status",
    );
  }
  return {
    name,
    number,
    vni: vxlanIdentifier(network, vrouterSettings(graph).vxlan_network_identifier_mode),
    routeDistinguisher: routeDistinguisher(number, name, identity),
    ...targets,
    prefixes: subnetsOf(graph, network),
    isPublic: network.properties.router_external === true,
  };
}

/** Different for each network of a router, and for each router where the number is short enough for that. */
function routeDistinguisher(number: number, name: string, { routerId, autonomousSystem }: Distinguisher): string {
  if (number <= MAX_RD_NUMBER) return `${routerId}:${number}`;
  if (autonomousSystem <= MAX_RD_NUMBER) return `${autonomousSystem}:${number}`;
  throw new ContrailError(
    "gateway.unsupported",
    `network ${name} has number ${number}, which fits no route distinguisher of AS ${autonomousSystem}: a network with ` +
      `a number of at most ${MAX_RD_NUMBER}, or a gateway whose AS is at most that, is needed`,
  );
}
