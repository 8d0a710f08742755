import { type ConfigObject, type JsonObject, list, record } from "@contrail/schema";
import type { ConfigGraph } from "./graph.ts";

/**
 * The subnets of a network (IpamSubnetType), in the order of its references: its own, and those that all networks of an
 * address manager share (flat-subnet). What is no object is an empty one.
 */
export function networkSubnets(graph: ConfigGraph, network: ConfigObject): readonly JsonObject[] {
  return network.refs.flatMap(({ toType, toUuid, attr }) => {
    if (toType !== "network-ipam") return [];
    const own = list(record(attr).ipam_subnets);
    const shared = list(record(graph.get(toUuid)?.properties.ipam_subnets).subnets);
    return [...own, ...shared].map(record);
  });
}
