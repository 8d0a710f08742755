import { type IpPrefixRoute, TUNNEL_VXLAN } from "@contrail/bgp";
import type { AgentAttributes } from "./attribute-table.ts";
import type { AgentRoute } from "./publications.ts";
import type { VpnAddress } from "./vpn-table.ts";

/** An agent's route for those who know EVPN alone, such as gateways that tunnel by VXLAN. */
export interface EvpnPrefix {
  readonly route: IpPrefixRoute;
  readonly attributes: AgentAttributes;
}

/**
 * The EVPN type 5 route beside an agent's route: VNI as label, router's MAC, no overlay index (RFC 9136 section 4.4.1,
 * RFC 8365 section 5.1.3). Undefined where the host does not take VXLAN packets, or the network has no VNI: nobody is to
 * send what would be dropped.
 */
export function evpnPrefix(at: VpnAddress, route: AgentRoute, vxlanId: number | undefined): EvpnPrefix | undefined {
  const { encapsulations, routerMac } = route;
  if (vxlanId === undefined || routerMac === undefined || !encapsulations.includes(TUNNEL_VXLAN)) return undefined;
  return { route: prefixRoute(at, vxlanId), attributes: { ...route, encapsulations: [TUNNEL_VXLAN] } };
}

/** The type 5 route of a VPN destination; the label is no part of its identity. */
export function prefixRoute({ rdHigh, rdLow, address, length }: VpnAddress, label: number): IpPrefixRoute {
  return { type: 5, rdHigh, rdLow, segment: 0n, ethernetTag: 0, address, length, gateway: 0, label };
}
