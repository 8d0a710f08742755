import { Bgpd } from "./bgpd.ts";
import type { TenantPlace } from "./tenant-bird.ts";

/**
 * FRR as a tenant's router: a session over IPv4 with both families, in AS 65002. It says fd08::/64 by way of its IPv4
 * address, ::ffff:a.b.c.d, as one does that has no IPv6 address in its network.
 */
export class TenantFrr extends Bgpd {
  constructor(folder: string, { inet, gateway, port }: Omit<TenantPlace, "inet6">) {
    super(
      folder,
      `frr defaults traditional
route-map MAPPED permit 10
 set ipv6 next-hop global ::ffff:${inet}
router bgp 65002
 bgp router-id ${inet}
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor ${gateway} remote-as 64512
 neighbor ${gateway} port ${port}
 neighbor ${gateway} ebgp-multihop 2
 neighbor ${gateway} update-source ${inet}
 neighbor ${gateway} timers connect 1
 address-family ipv6 unicast
  neighbor ${gateway} activate
  neighbor ${gateway} route-map MAPPED out
  network fd08::/64
 exit-address-family
`,
    );
  }
}
