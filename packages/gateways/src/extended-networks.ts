import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import { type ConfigObject, integerIn, record, vxlanIdentifier } from "@contrail/schema";
import { byName, nameOf } from "./config-values.ts";
import type { ExtendedNetwork } from "./gateway.ts";
import { instanceTargets } from "./route-targets.ts";
import { argument } from "./safe-text.ts";
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

/** Networks of a gateway, and what an operator should know of others. */
export interface Extended {
  /** By number. */
  readonly networks: readonly ExtendedNetwork[];
  readonly leftOut: readonly string[];
}

/**
 * The networks that reach to a gateway: those that its physical-router refers to, those of logical routers that refer to
 * it, and public ones (router_external) that no physical-router at all refers to. Throws where one of the former cannot be
 * used; of the latter such are left out: one network must not keep a gateway from all others.
 */
export function extendedNetworks(graph: ConfigGraph, physicalRouter: ConfigObject, identity: Distinguisher): Extended {
  const named = new Map<string, ConfigObject>();
  const add = (network: ConfigObject): unknown => named.set(network.uuid, network);
  graph.linked(physicalRouter.uuid, "virtual-network").forEach(add);
  for (const router of graph.linked(physicalRouter.uuid, "logical-router")) networksOf(graph, router).forEach(add);
  const networks = [...named.values()].sort(byName).map((network) => extended(graph, network, identity, true));
  const vnis = new Set(networks.map(({ vni }) => vni));
  const leftOut: string[] = [];
  const anybodys = [...graph.ofType("virtual-network")].filter(({ uuid, properties }) => {
    const isAnybodys = !named.has(uuid) && graph.linked(uuid, "physical-router").length === 0;
    return properties.router_external === true && isAnybodys;
  });
  for (const network of anybodys.sort(byName)) {
    try {
      const usable = extended(graph, network, identity, false);
      if (usable.vni !== undefined && vnis.has(usable.vni)) throw taken(usable.name, usable.vni);
      vnis.add(usable.vni);
      networks.push(usable);
      if (usable.vni === undefined)
        leftOut.push(`network ${argument(usable.name)} has no VNI: FRR is told nothing of it`);
    } catch (reason) {
      leftOut.push(`left out: ${ContrailError.from(reason).message}`);
    }
  }
  return { networks: networks.sort((a, b) => a.number - b.number), leftOut };
}

function taken(name: string, vni: number): ContrailError {
  const message = `network ${argument(name)} has VNI ${vni}, which another network of the gateway has`;
  return new ContrailError("gateway.bad_request", message);
}

/** Networks behind a logical router: of its interfaces, and those that it names as internal ones. */
function networksOf(graph: ConfigGraph, router: ConfigObject): readonly ConfigObject[] {
  return router.refs.flatMap(({ toType, toUuid, attr }) => {
    if (toType === "virtual-machine-interface") return graph.linked(toUuid, "virtual-network");
    const isInternal = record(attr).logical_router_virtual_network_type === "InternalVirtualNetwork";
    return toType === "virtual-network" && isInternal ? (graph.get(toUuid) ?? []) : [];
  });
}

function extended(
  graph: ConfigGraph,
  network: ConfigObject,
  identity: Distinguisher,
  isNamed: boolean,
): ExtendedNetwork {
  const name = nameOf(network);
  const number = integerIn(network.properties.virtual_network_network_id, 1, MAX_NUMBER);
  const instance = graph.find("routing-instance", [...network.fqName, network.fqName.at(-1) ?? ""]);
  const targets = instance && instanceTargets(graph, instance);
  // A policy without a target to ask for would take everything.
  const isReady = targets !== undefined && targets.importTargets.length > 0 && targets.exportTargets.length > 0;
  if (number === undefined || !isReady) {
    throw new ContrailError(
      "gateway.unavailable",
      `network ${argument(name)} has no routing instance with a route target yet: the configuration node makes them; if they do ` +
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
    isNamed,
    isPublic: network.properties.router_external === true,
  };
}

/** Different for each network of a router, and for each router where the number is short enough for that. */
function routeDistinguisher(number: number, name: string, { routerId, autonomousSystem }: Distinguisher): string {
  if (number <= MAX_RD_NUMBER) return `${routerId}:${number}`;
  if (autonomousSystem <= MAX_RD_NUMBER) return `${autonomousSystem}:${number}`;
  throw new ContrailError(
    "gateway.unsupported",
    `network ${argument(name)} has number ${number}, which fits no route distinguisher of AS ${autonomousSystem}: a network with ` +
      `a number of at most ${MAX_RD_NUMBER}, or a gateway whose AS is at most that, is needed`,
  );
}
