import { type IpPrefixRoute, TUNNEL_VXLAN, tunnelTypeOf } from "@contrail/bgp";
import type { AttributeTable } from "./attribute-table.ts";
import type { IpPrefix } from "./ip-prefix.ts";
import type { Path, PathSource } from "./path.ts";
import type { Tables } from "./tables.ts";

/** Where an IP route of an agent is: of inet-vpn, or of inet6-vpn. */
interface PrefixAddress extends IpPrefix {
  readonly rdHigh: number;
  readonly rdLow: number;
}

/**
 * The EVPN type 5 routes beside agents' IP routes, for those who know EVPN alone, such as gateways that tunnel by
 * VXLAN: VNI as label, router's MAC, no overlay index (RFC 9136 section 4.4.1, RFC 8365 section 5.1.3).
 */
export class EvpnPrefixes {
  readonly #tables: Tables;
  readonly #attributes: AttributeTable;

  constructor(tables: Tables, attributes: AttributeTable) {
    this.#tables = tables;
    this.#attributes = attributes;
  }

  /**
   * Follows what an agent's path of inet-vpn or inet6-vpn has become. Where its host does not take VXLAN packets, or the
   * network has no VNI, there is no route: nobody is to send what would be dropped.
   */
  put(at: PrefixAddress, path: Path, routerMac: number | undefined, vxlanId: number | undefined): void {
    if (routerMac === undefined || vxlanId === undefined || !takesVxlan(path)) this.take(at, path.source);
    else {
      const [route, attributes] = [prefixRoute(at, vxlanId), this.#attributes.overVxlan(path.attributes, routerMac)];
      this.#tables.put("e-vpn", route, { ...path, attributes, label: vxlanId, route });
    }
  }

  take(at: PrefixAddress, agent: PathSource): void {
    // Most agents have none: their routes need not be looked for.
    if (this.#tables.of("e-vpn").countOf(agent) > 0) this.#tables.take("e-vpn", prefixRoute(at, 0), agent);
  }
}

function takesVxlan({ attributes }: Path): boolean {
  return attributes.extendedCommunities.some((each) => tunnelTypeOf(each) === TUNNEL_VXLAN);
}

/** The label is no part of its identity. */
function prefixRoute({ rdHigh, rdLow, address, length }: PrefixAddress, label: number): IpPrefixRoute {
  const gateway = typeof address === "number" ? 0 : 0n;
  return { type: 5, rdHigh, rdLow, segment: 0n, ethernetTag: 0, address, length, gateway, label };
}
