import type { ConfigObject } from "@contrail/schema";
import fc from "fast-check";
import { NETWORKS, VPNS } from "./networks.model.ts";
import { chainNetwork } from "./services.model.ts";
import { intent, to } from "./world.model.ts";

/** Names of interfaces, and of logical routers. */
const INTERFACES = ["i", "j", "k"];
const ROUTERS = ["r", "s"];

const portOf = fc
  .record({ name: fc.constantFrom(...INTERFACES), network: fc.constantFrom(...NETWORKS) })
  .map(({ name, network }) => intent("virtual-machine-interface", name, [to("virtual-network", network)]));
const router = fc
  .record({
    name: fc.constantFrom(...ROUTERS),
    interfaces: fc.subarray(INTERFACES),
    internal: fc.subarray(NETWORKS, { maxLength: 2 }),
    external: fc.constantFrom([], ["public"], ["public"], ["a"]),
    vpns: fc.subarray(VPNS),
    targets: fc.subarray(["target:1:1", "target:1:7"]),
  })
  .map(({ name, interfaces, internal, external, vpns, targets }) => {
    const kind = { logical_router_virtual_network_type: "InternalVirtualNetwork" };
    const refs = [
      ...interfaces.map((item) => to("virtual-machine-interface", item)),
      ...internal.map((item) => to("virtual-network", item, kind)),
      ...external.map((item) => to("virtual-network", item)),
      ...vpns.map((item) => to("bgpvpn", item)),
    ];
    return intent("logical-router", name, refs, { configured_route_target_list: { route_target: targets } });
  });
const portAddress = fc.record({ port: fc.constantFrom(...INTERFACES), last: fc.nat(3) }).map(({ port, last }) => {
  const instance_ip_address = `10.1.0.${last}`;
  return intent("instance-ip", `ip-${port}`, [to("virtual-machine-interface", port)], { instance_ip_address });
});
const bgpService = fc
  .record({ name: fc.constantFrom("o", "q"), ports: fc.subarray(INTERFACES), shared: fc.boolean(), as: fc.nat(2) })
  .map(({ name, ports, shared, as }) => {
    const own = shared ? { bgpaas_shared: true, bgpaas_ip_address: "10.1.0.9" } : {};
    const refs = ports.map((port) => to("virtual-machine-interface", port));
    return intent("bgp-as-a-service", name, refs, { autonomous_system: 65_000 + as, ...own });
  });
const vpn = fc
  .record({
    name: fc.constantFrom(...VPNS),
    list: fc.constantFrom("route_target_list", "import_route_target_list", "export_route_target_list"),
    targets: fc.subarray(["target:1:1", "target:1:9"]),
  })
  .map(({ name, list, targets }) => intent("bgpvpn", name, [], { [list]: { route_target: targets } }));

const publicNetwork = fc.constantFrom("v4", "v6").map((family) => chainNetwork("public", [], 9, family));

/** Logical routers, what they are attached to, and bgpvpns, by how often they are put. */
export const routerPuts = [
  { arbitrary: portOf, weight: 2 },
  { arbitrary: router, weight: 3 },
  { arbitrary: vpn, weight: 1 },
  { arbitrary: portAddress, weight: 2 },
  { arbitrary: bgpService, weight: 2 },
  { arbitrary: publicNetwork, weight: 1 },
];

/** Routers with an external network that has addresses. */
export const routerStart: fc.Arbitrary<readonly ConfigObject[]> = fc
  .tuple(router, router, portOf, vpn, portAddress, bgpService)
  .map((objects) => [chainNetwork("public", [], 9, "v4"), intent("virtual-network", "a"), ...objects]);

/** What can be removed of them: type and name. */
export const routerNames = [
  ["virtual-network", "public"] as const,
  ["bgp-as-a-service", "o"] as const,
  ["instance-ip", "ip-i"] as const,
  ...INTERFACES.map((name) => ["virtual-machine-interface", name] as const),
  ...ROUTERS.map((name) => ["logical-router", name] as const),
  ...VPNS.map((name) => ["bgpvpn", name] as const),
];
