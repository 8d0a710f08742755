import type { agentWire } from "@contrail/wire";
import type { RemoteRoute } from "../core/route-tables.ts";

/** A route as it came; undefined for a family that is not known. */
export function fromWireRoute(route: agentWire.Route): RemoteRoute | undefined {
  const prefix = fromWirePrefix(route.prefix);
  if (prefix === undefined || route.nextHops.length === 0) return undefined;
  return {
    ...prefix,
    nextHops: route.nextHops.map((hop) => ({
      address: hop.nextHop?.address ?? 0,
      label: hop.nextHop?.label ?? 0,
      encapsulations: hop.nextHop?.encapsulations ?? [],
      groups: hop.securityGroupIds,
      networkId: hop.originVirtualNetworkId,
    })),
  };
}

/** A prefix as it came; undefined for a family that is not known. */
export function fromWirePrefix(prefix: agentWire.Prefix | undefined): { address: number; length: number } | undefined {
  const inet = prefix?.prefix?.$case === "inet" ? prefix.prefix.value : undefined;
  return inet === undefined || inet.length > 32 ? undefined : { address: inet.address, length: inet.length };
}
