import { type ConfigObject, type JsonObject, record } from "@contrail/schema";
import type { DerivedObject, DerivedReference } from "../derived.ts";
import type { Fact } from "../fact-table.ts";
import type { Reader } from "../flow.ts";
import { nameOf, objectOf } from "../intent-tables.ts";
import { connection, defaultInstance } from "../network-objects.ts";
import { configuredTargets, TargetList } from "../route-targets.ts";
import type { ServiceRequest } from "../service-request.ts";
import { link } from "./links.ts";
import { OWN_TARGET } from "./own-target.ts";
import type { Service, SideName } from "./service.ts";
import { SUBNETS } from "./subnets.ts";

/** MACs of the two ends of a transparent service, as its machine sees them. */
const LEFT_MAC = "02:00:00:00:00:01";
const RIGHT_MAC = "02:00:00:00:00:02";

/** One routing instance of a chain: a side of one of its services. */
export interface ChainHop {
  readonly fqName: readonly string[];
  readonly side: SideName;
  /** The network on this side of the chain, and the one at its other end, whose prefixes are told here. */
  readonly network: ConfigObject;
  readonly remote: ConfigObject;
  readonly serviceName: string;
  readonly service: Service;
  /** True for the first instance of the left network, and for the last one of the right network. */
  readonly isEdge: boolean;
  /** The instance's own route target. */
  readonly target: string;
  /** Where the routes lead: the side's address, or one of the chain's own for a transparent service. */
  readonly v4: string | undefined;
  readonly v6: string | undefined;
  /** The instance of the service before it. */
  readonly before: readonly string[] | undefined;
}

/** The routing instance of a hop, with its route targets. */
export function hopObjects(read: Reader, request: ServiceRequest, hop: ChainHop): DerivedObject[] {
  const targets = hopTargets(read, hop);
  const instance: DerivedObject = {
    type: "routing-instance",
    fqName: hop.fqName,
    parentType: "virtual-network",
    refs: [...targets.references(), ...connections(hop)],
    properties: { routing_instance_is_default: false, ...information(read, request, hop) },
  };
  return [...targets.objects(), instance];
}

/**
 * Its own target; at an end of the chain those that the network is configured with, as exports, and the network's own
 * where the network lets transit through, or is joined by targets instead of connections.
 */
function hopTargets(read: Reader, { target, network, isEdge }: ChainHop): TargetList {
  const targets = new TargetList();
  targets.add({ target, direction: null });
  if (!isEdge) return targets;
  for (const item of configuredTargets(network.properties)) {
    if (item.direction !== "import") targets.add({ target: item.target, direction: "export" });
  }
  const own = read.value(OWN_TARGET, nameOf(network));
  const isTransit = record(network.properties.virtual_network_properties).allow_transit === true;
  if (own !== undefined && isTransit) targets.add({ target: own, direction: null });
  else if (own !== undefined && isMulti(network)) targets.add({ target: own, direction: "import" });
  return targets;
}

/** To the service before it, and at an end to the network itself, unless its policies are told apart by ports. */
function connections({ before, isEdge, network }: ChainHop): DerivedReference[] {
  if (isEdge) return isMulti(network) ? [] : [connection(network.fqName)];
  return before === undefined ? [] : [{ toType: "routing-instance", toFqName: before, attr: {} }];
}

function isMulti(network: ConfigObject): boolean {
  return network.properties.multi_policy_service_chains_enabled === true;
}

/** What the control node makes routes of (ServiceChainInfo); on the right only where traffic may start there. */
function information(read: Reader, request: ServiceRequest, hop: ChainHop): JsonObject {
  if (hop.side === "right" && request.direction !== "<>") return {};
  const prefixes = read.value(SUBNETS, nameOf(hop.remote));
  const own = hop.service[hop.side];
  const source = hop.service.mode === "transparent" ? undefined : objectOf(read, "virtual-network", own?.network ?? "");
  const told = (prefix: readonly string[], service_chain_address: string): JsonObject => ({
    routing_instance: defaultInstance(hop.remote.fqName).join(":"),
    prefix,
    service_chain_address,
    service_instance: hop.serviceName,
    ...(source === undefined ? {} : { source_routing_instance: defaultInstance(source.fqName).join(":") }),
    service_chain_id: request.id,
    sc_head: hop.isEdge,
    retain_as_path: request.retainAsPath,
  });
  const hasV6 = hop.v6 !== undefined && (prefixes?.v6.length ?? 0) > 0;
  return {
    ...(hop.v4 === undefined ? {} : { service_chain_information: told(prefixes?.v4 ?? [], hop.v4) }),
    ...(hasV6 ? { ipv6_service_chain_information: told(prefixes?.v6 ?? [], hop.v6 ?? "") } : {}),
  };
}

/** The links of a transparent service's interfaces to the instance: they tell its traffic by a VLAN of the machine's. */
export function interfaceLinks(hop: ChainHop, vlanOf: (machine: string) => number | undefined): Fact[] {
  if (hop.service.mode !== "transparent") return [];
  const [src_mac, dst_mac] = hop.side === "left" ? [LEFT_MAC, RIGHT_MAC] : [RIGHT_MAC, LEFT_MAC];
  return hop.service.members.flatMap((member) => {
    const vlan_tag = vlanOf(member.machine);
    if (vlan_tag === undefined) return [];
    const attr = {
      direction: "both",
      vlan_tag,
      src_mac,
      dst_mac,
      service_chain_address: hop.v4 ?? "",
      ipv6_service_chain_address: hop.v6 ?? "",
    };
    return member[hop.side].map((port) => link(port, { toType: "routing-instance", toFqName: hop.fqName, attr }));
  });
}
