import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { SaidRoute } from "./agent-protocol.ts";
import { INSTANCE, redNetwork, virtualRouters } from "./config-objects.ts";
import type { Frr } from "./frr.ts";
import type { GoBgp } from "./gobgp.ts";
import { missingNeeds } from "./needs.ts";
import { GOBGP, OURS } from "./network.ts";
import { type AgentProcess, DEADLINE, PeerWorld, shows } from "./peer-world.ts";

const skipped = missingNeeds();
if (skipped !== undefined) console.warn(`SKIPPED test/interop/agent-families: ${skipped}`);

const HOSTS = { host1: "172.30.1.2", host2: "172.30.2.2" } as const;
const HELLO = { families: ["inet6", "e-vpn"], forwardingPreserved: true } as const;
const [VXLAN, MPLS_OVER_UDP] = [8, 13];

const VM6: SaidRoute = {
  to: { kind: "inet6", address: "fd00::5", length: 128 },
  label: 20,
  encapsulations: [MPLS_OVER_UDP],
};
const NET6: SaidRoute = { ...VM6, to: { kind: "inet6", address: "fd00:1::", length: 64 }, label: 21 };
const MAC = "02:00:00:00:00:05";
const MACHINE: SaidRoute = {
  to: { kind: "machine", mac: MAC, ip: "10.0.0.5" },
  label: 5_000,
  encapsulations: [VXLAN],
  sequence: 4,
  routerMac: "02:ac:1e:00:01:02",
  l3Label: 7_000,
};
const FLOODING: SaidRoute = { to: { kind: "flooding" }, label: 5_000, encapsulations: [VXLAN] };

const OF_PEERS = "rd 64512:2 rt 64512:100";
const PEER_MAC = "02:00:00:00:00:01";
const PEER_ROUTES = [
  `evpn macadv ${PEER_MAC} 10.2.2.2 etag 0 label 5001 ${OF_PEERS} encap vxlan nexthop ${GOBGP.address}`,
  `evpn multicast ${GOBGP.address} etag 0 ${OF_PEERS} encap vxlan pmsi ingress-repl 5003 ${GOBGP.address} nexthop ${GOBGP.address}`,
  `evpn prefix 10.9.0.0/16 gw 0.0.0.0 etag 0 label 5002 ${OF_PEERS} encap vxlan nexthop ${GOBGP.address}`,
  `vpnv6 2001:db8:2::/48 label 222 ${OF_PEERS} nexthop ${GOBGP.address}`,
];
/** What agents are told of them: labels by destination. */
const PEER_LABELS = {
  [`macIp ${PEER_MAC} 10.2.2.2`]: 5_001,
  [`inclusiveMulticast ${GOBGP.address}`]: 5_003,
  "ipPrefix 10.9.0.0/16": 5_002,
  "2001:db8:2::/48": 222,
};

describe.skipIf(skipped !== undefined)("routes of IPv6 and EVPN between agents, FRR and GoBGP", () => {
  let world: PeerWorld;
  let frr: Frr;
  let gobgp: GoBgp;
  let agent: AgentProcess;
  let other: AgentProcess;

  beforeAll(async () => {
    world = new PeerWorld();
    const objects = [...virtualRouters(...Object.keys(HOSTS)), ...redNetwork("target:64512:100")];
    ({ frr, gobgp, agent, other } = await world.startInCompany(objects, HOSTS, HELLO));
  });

  afterAll(() => world?.close());

  const publish = (...routes: readonly SaidRoute[]) => agent.tell({ kind: "publish-routes", vrf: INSTANCE, routes });
  /** What the other agent has of other families than inet, without its instance. */
  const seen = () => {
    const routes = Object.entries(other.lines.at(-1)?.routes ?? {}).map(([key, labels]) => [
      key.slice(INSTANCE.length + 1),
      labels,
    ]);
    return Object.fromEntries(routes.filter(([key]) => !/^[0-9]+\//.test(String(key))));
  };
  const otherHas = (expected: Readonly<Record<string, number>>) => {
    const wanted = Object.fromEntries(Object.entries(expected).map(([key, label]) => [key, [label]]));
    return vi.waitFor(() => expect(seen()).toEqual(expect.objectContaining(wanted)), DEADLINE);
  };
  const inFrr = (command: string, ...texts: readonly string[]) => shows(() => frr.show(command), ...texts);
  const inGoBgp = (family: string, ...texts: readonly string[]) =>
    shows(() => gobgp.run(`global rib -a ${family}`), ...texts);

  test("an agent's IPv6 routes are inet6-vpn routes of FRR and GoBGP, with its distinguisher, label and next hop", async () => {
    publish(VM6, NET6);
    await inFrr("show bgp ipv6 vpn fd00::5/128", "172.30.1.2:3", "Remote label: 20", "RT:64512:100", "ET:13");
    await inFrr("show bgp ipv6 vpn fd00::5/128", "::ffff:ac1e:102 from");
    await inFrr("show bgp ipv6 vpn fd00:1::/64", "Remote label: 21");
    await inGoBgp("vpnv6", "172.30.1.2:3:fd00::5/128", "172.30.1.2:3:fd00:1::/64");
    await otherHas({ "fd00::5/128": 20, "fd00:1::/64": 21 });
  });

  test("its machines and its flooding are EVPN types 2 and 3 of both, with VNIs, mobility and router's MAC", async () => {
    publish(MACHINE, FLOODING);
    await inGoBgp(
      "evpn",
      `[type:macadv][rd:172.30.1.2:3]`,
      `[mac:${MAC}][ip:10.0.0.5]`,
      "[type:multicast][rd:172.30.1.2:3]",
    );
    const route = "show bgp l2vpn evpn route detail";
    await inFrr(
      route,
      `[2]:[0]:[48]:[${MAC}]:[32]:[10.0.0.5]`,
      "VNI 5000/7000",
      "MM:4",
      "Rmac:02:ac:1e:00:01:02",
      "ET:8",
    );
    await inFrr(route, `[3]:[0]:[32]:[${HOSTS.host1}]`, "PMSI Tunnel Type: Ingress Replication, label: 5000");
    await otherHas({ [`macIp ${MAC} 10.0.0.5`]: 5_000, [`inclusiveMulticast ${HOSTS.host1}`]: 5_000 });
  });

  test("its IPv6 routes that take VXLAN are EVPN type 5 too, under the network's VNI", async () => {
    const to = { kind: "inet6", address: "fd00::7", length: 128 } as const;
    publish({ to, label: 24, encapsulations: [MPLS_OVER_UDP, VXLAN], routerMac: "02:ac:1e:00:01:02" });
    await inFrr("show bgp l2vpn evpn route detail", "[5]:[0]:[128]:[fd00::7]", "VNI 5");
    await inGoBgp("evpn", "[type:Prefix][rd:172.30.1.2:3]");
    await otherHas({ "fd00::7/128": 24, "ipPrefix fd00::7/128": 5 });
  });

  test("routes of GoBGP reach the agents of the instances that import them", async () => {
    for (const route of PEER_ROUTES) gobgp.run(`global rib add -a ${route}`);
    await otherHas(PEER_LABELS);
    gobgp.run(`global rib add -a vpnv6 2001:db8:3::/48 label 223 rd 64512:3 rt 64512:200 nexthop ${GOBGP.address}`);
    gobgp.run(`global rib add -a vpnv6 2001:db8:4::/48 label 224 ${OF_PEERS} nexthop ${GOBGP.address}`);
    await otherHas({ "2001:db8:4::/48": 224 });
    expect(Object.keys(seen())).not.toContain("2001:db8:3::/48");
  });

  test("a machine that moves between hosts is with the other one for all", async () => {
    const moved = { ...MACHINE, label: 6_000, sequence: 5, routerMac: "02:ac:1e:00:02:02" };
    other.tell({ kind: "publish-routes", vrf: INSTANCE, routes: [moved] });
    await otherHas({ [`macIp ${MAC} 10.0.0.5`]: 6_000 });
    await inFrr("show bgp l2vpn evpn route detail", "172.30.2.2:3", "MM:5", "VNI 6000/7000");
    other.tell({ kind: "withdraw-routes", vrf: INSTANCE, routes: [moved] });
    await otherHas({ [`macIp ${MAC} 10.0.0.5`]: 5_000 });
    await vi.waitFor(() => expect(frr.show("show bgp l2vpn evpn route detail")).not.toContain("MM:5"), DEADLINE);
  });

  test("withdrawals go both ways, of one family and of no other", async () => {
    agent.tell({ kind: "withdraw-routes", vrf: INSTANCE, routes: [NET6] });
    await vi.waitFor(() => expect(frr.show("show bgp ipv6 vpn")).not.toContain("fd00:1::/64"), DEADLINE);
    await vi.waitFor(() => expect(gobgp.run("global rib -a vpnv6")).not.toContain("fd00:1::/64"), DEADLINE);
    gobgp.run(`global rib del -a ${PEER_ROUTES[0]}`);
    await vi.waitFor(() => expect(Object.keys(seen())).not.toContain(`macIp ${PEER_MAC} 10.2.2.2`), DEADLINE);
    await otherHas({ "ipPrefix 10.9.0.0/16": 5_002, "fd00::5/128": 20, [`macIp ${MAC} 10.0.0.5`]: 5_000 });
  });

  test("an agent that goes and comes back keeps its routes with all; at its end-of-rib those go that it has not said", async () => {
    await agent.stop();
    const agents = async () => (await world.node.introspect("agents")) as { name: string; state: string }[];
    await vi.waitFor(
      async () => expect(await agents()).toContainEqual(expect.objectContaining({ state: "stale" })),
      DEADLINE,
    );
    await inFrr("show bgp ipv6 vpn", "fd00::5/128");
    await inFrr("show bgp l2vpn evpn", MAC);
    agent = world.startAgent("host1", HOSTS.host1, HELLO);
    publish(MACHINE);
    agent.tell({ kind: "end-of-rib" });
    await vi.waitFor(() => expect(frr.show("show bgp ipv6 vpn")).not.toContain("fd00::5/128"), DEADLINE);
    await vi.waitFor(() => expect(Object.keys(seen())).not.toContain(`inclusiveMulticast ${HOSTS.host1}`), DEADLINE);
    await inFrr("show bgp l2vpn evpn", MAC);
    await otherHas({ [`macIp ${MAC} 10.0.0.5`]: 5_000 });
  });

  test("was sent nothing that tshark complains about", async () => {
    await world.node.stop();
    await world.capture.stop();
    const ours = `ip.src == ${OURS.address} && bgp`;
    expect(world.capture.complaints(ours), world.capture.print(ours)).toEqual([]);
  });
});
