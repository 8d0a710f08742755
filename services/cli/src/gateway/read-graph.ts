import { type ConfigGraph, createGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";
import { chunks } from "../api/current-state.ts";
import { toConfigObject } from "./to-config-object.ts";

/** What is read whole of each type: there are few, or every one may matter. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "bgp-router": ["bgp_router_parameters", "bgp_router_refs"],
  "global-system-config": ["autonomous_system", "ip_fabric_subnets"],
  "global-vrouter-config": ["encapsulation_priorities", "vxlan_network_identifier_mode"],
  "logical-router": ["physical_router_refs", "virtual_network_refs", "virtual_machine_interface_refs"],
  "network-ipam": ["ipam_subnets"],
  "physical-router": [
    "physical_router_vendor_name",
    "physical_router_dataplane_ip",
    "bgp_router_refs",
    "virtual_network_refs",
  ],
  "routing-instance": ["route_target_refs", "routing_instance_refs"],
  "virtual-network": [
    "router_external",
    "virtual_network_network_id",
    "virtual_network_properties",
    "network_ipam_refs",
  ],
  "virtual-router": ["virtual_router_ip_address"],
};
const INTERFACE = "virtual-machine-interface";

/** The objects that gateways are configured from, as a graph. */
export async function readGatewayGraph(vnc: VncClient): Promise<ConfigGraph> {
  const graph = createGraph();
  const add = (object: ConfigObject): unknown => graph.apply({ kind: "upsert", object });
  for (const [type, fields] of Object.entries(FIELDS)) {
    for await (const page of vnc.pages<string, string>(type, fields)) {
      for (const object of page) add(toConfigObject(type, object));
    }
  }
  const routers = [...graph.ofType("logical-router")].filter(({ refs }) => has(refs, "physical-router"));
  const interfaces = routers.flatMap(({ refs }) => refs.filter(({ toType }) => toType === INTERFACE));
  for (const some of chunks(interfaces.map(({ toUuid }) => toUuid))) {
    for (const object of await vnc.readAll<string>(INTERFACE, { uuids: some })) add(toConfigObject(INTERFACE, object));
  }
  return graph;
}

function has(refs: ConfigObject["refs"], type: string): boolean {
  return refs.some(({ toType }) => toType === type);
}
