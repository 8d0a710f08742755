import type { ConfigGraph } from "@contrail/graph";

/**
 * True where the configuration says that a machine is on other hosts, and not on this one: virtual-routers refer to the
 * machines that they have, where an orchestrator says so. Of a machine that none refers to, agents say where it is.
 */
export function isElsewhere(graph: ConfigGraph, agentName: string, machine: string): boolean {
  const hosts = graph.linked(machine, "virtual-router");
  return hosts.length > 0 && !hosts.some(({ fqName }) => fqName.at(-1) === agentName);
}
