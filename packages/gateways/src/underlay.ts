import type { ConfigGraph } from "@contrail/graph";
import { formatInetPrefix, type InetPrefix, inetPrefixContains, parseInetAddress } from "@contrail/net";
import { filledText, record } from "@contrail/schema";
import { records } from "./config-values.ts";
import { inetOf } from "./subnets.ts";

const SYSTEM = ["default-global-system-config"];
const VROUTERS = ["default-global-system-config", "default-global-vrouter-config"];
/** What the system is made with (boot objects). */
const DEFAULT_PRIORITIES = ["MPLSoUDP", "MPLSoGRE", "VXLAN"];

/**
 * Prefixes that hold the vRouters' tunnel end points: ip_fabric_subnets of the system, and the addresses of the vRouters
 * that none of those holds; ascending.
 */
export function underlayPrefixes(graph: ConfigGraph): readonly string[] {
  const { ip_fabric_subnets: fabric } = graph.find("global-system-config", SYSTEM)?.properties ?? {};
  const prefixes = records(record(fabric).subnet).flatMap((subnet) => inetOf(subnet) ?? []);
  for (const { properties } of graph.ofType("virtual-router")) {
    const address = parseInetAddress(filledText(properties.virtual_router_ip_address) ?? "");
    if (address !== undefined && !holds(prefixes, address)) prefixes.push({ address, length: 32 });
  }
  prefixes.sort((a, b) => a.address - b.address || a.length - b.length);
  return [...new Set(prefixes.map(formatInetPrefix))];
}

function holds(prefixes: readonly InetPrefix[], address: number): boolean {
  return prefixes.some((prefix) => inetPrefixContains(prefix, address));
}

/** encapsulation_priorities of all vRouters, the preferred one first. */
export function encapsulations(graph: ConfigGraph): readonly string[] {
  const { encapsulation_priorities: given } = vrouterSettings(graph);
  const listed = record(given).encapsulation;
  if (!Array.isArray(listed)) return DEFAULT_PRIORITIES;
  return listed.flatMap((each) => filledText(each) ?? []);
}

/** Properties of the global-vrouter-config. */
export function vrouterSettings(graph: ConfigGraph) {
  return graph.find("global-vrouter-config", VROUTERS)?.properties ?? {};
}
