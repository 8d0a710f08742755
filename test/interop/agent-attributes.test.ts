import { machineOf } from "@contrail/control-node/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { SaidRoute, ToldAttributes } from "./agent-protocol.ts";
import { INSTANCE, network, redNetwork, virtualRouterWith } from "./config-objects.ts";
import type { Frr } from "./frr.ts";
import type { GoBgp } from "./gobgp.ts";
import { missingNeeds } from "./needs.ts";
import { GOBGP, OURS } from "./network.ts";
import { type AgentProcess, DEADLINE, PeerWorld, shows } from "./peer-world.ts";

const skipped = missingNeeds();
if (skipped !== undefined) console.warn(`SKIPPED test/interop/agent-attributes: ${skipped}`);

const HOSTS = { host1: "172.30.1.2", host2: "172.30.2.2", rogue: "172.30.3.2" } as const;
const HELLO = { families: ["e-vpn"], forwardingPreserved: true } as const;
const BLUE = "d:p:blue:blue";
const [VXLAN, MPLS_OVER_UDP] = [8, 13];
/** 64512:7 and NO_EXPORT. */
const COMMUNITIES = [0xfc000007, 0xffffff01];

const VM: SaidRoute = {
  to: { kind: "inet", address: "10.0.0.5", length: 32 },
  label: 20,
  encapsulations: [MPLS_OVER_UDP],
  communities: COMMUNITIES,
  tags: [7, 65_537],
  localSequence: 9,
  med: 50,
};
const MAC = "02:00:00:00:00:05";
const LEAF: SaidRoute = { to: { kind: "machine", mac: MAC }, label: 5_000, encapsulations: [VXLAN], leaf: true };
const FLOODING: SaidRoute = {
  to: { kind: "flooding" },
  label: 5_000,
  encapsulations: [VXLAN],
  role: "leaf",
  edgeReplicationNotSupported: false,
};

describe.skipIf(skipped !== undefined)("what routes of agents say beside", () => {
  let world: PeerWorld;
  let frr: Frr;
  let gobgp: GoBgp;
  let agent: AgentProcess;
  let other: AgentProcess;

  beforeAll(async () => {
    world = new PeerWorld();
    const objects = [...redNetwork("target:64512:100"), ...network("blue", 2)];
    ({ frr, gobgp, agent, other } = await world.startInCompany(objects, HOSTS, HELLO));
  });

  afterAll(() => world?.close());

  const publish = (...routes: readonly SaidRoute[]) => agent.tell({ kind: "publish-routes", vrf: INSTANCE, routes });
  const told = (destination: string, expected: Partial<ToldAttributes>) =>
    vi.waitFor(
      () => expect(other.lines.at(-1)?.attributes[`${INSTANCE} ${destination}`]).toMatchObject(expected),
      DEADLINE,
    );
  const inFrr = (command: string, ...texts: readonly string[]) => shows(() => frr.show(command), ...texts);

  test("communities are with FRR, GoBGP and the other agent, tags and the rest with the agent", async () => {
    publish(VM);
    await inFrr("show bgp ipv4 vpn 10.0.0.5/32", "172.30.1.2:3", "64512:7", "no-export", "metric 50");
    await vi.waitFor(() => expect(gobgp.run("global rib -a vpnv4")).toContain("64512:7"), DEADLINE);
    await told(`${0x0a000005}/32`, { communities: COMMUNITIES, tags: [7, 65_537], localSequence: 9, med: 50 });
  });

  test("communities of GoBGP's routes are with the agents", async () => {
    const said = `10.7.0.0/24 label 222 rd 64512:2 rt 64512:100 community 64512:9 nexthop ${GOBGP.address}`;
    gobgp.run(`global rib add -a vpnv4 ${said}`);
    await told(`${0x0a070000}/24`, { communities: [0xfc000009] });
  });

  test("a leaf of an E-Tree and the part in copying are EVPN routes of FRR, and what the other agent is told", async () => {
    publish(LEAF, FLOODING);
    await inFrr("show bgp l2vpn evpn route detail", MAC, `[3]:[0]:[32]:[${HOSTS.host1}]`, "Ingress Replication");
    await told(`macIp ${MAC}`, { leaf: true });
    await told(`inclusiveMulticast ${HOSTS.host1}`, { leaf: false, role: 2, edgeReplicationNotSupported: false });
  });

  describe("a rogue agent, which names another host's machine, asks for its network and says routes in it,", () => {
    let rogue: AgentProcess;
    const routesIn = (vrf: string) =>
      Object.keys(rogue.lines.at(-1)?.routes ?? {}).filter((key) => key.startsWith(`${vrf} `));
    const state = async () =>
      ((await world.node.introspect("agents")) as { name: string; deferredInstances?: readonly string[] }[]).find(
        ({ name }) => name === "rogue",
      );

    test("is heard by nobody there, and hears nothing of it", async () => {
      await world.log.configure(virtualRouterWith("host1", machineOf(INSTANCE)), virtualRouterWith("host2"));
      // host2 has the machine no more either, by the same word.
      await vi.waitFor(() => expect(Object.keys(other.lines.at(-1)?.routes ?? {})).toEqual([]), DEADLINE);
      rogue = world.startAgent("rogue", HOSTS.rogue, HELLO);
      rogue.tell({ kind: "publish", vrf: INSTANCE, hosts: [66] });
      rogue.tell({ kind: "subscribe", vrf: BLUE, instanceId: 4 });
      rogue.tell({ kind: "publish", vrf: BLUE, hosts: [67] });
      rogue.tell({ kind: "end-of-rib" });
      // What it says of its own network goes the same way, behind it.
      await vi.waitFor(() => expect(routesIn(BLUE)).toHaveLength(1), DEADLINE);
      await inFrr("show bgp ipv4 vpn", "10.0.0.67/32");
      expect(frr.show("show bgp ipv4 vpn")).not.toContain("10.0.0.66/32");
      expect(gobgp.run("global rib -a vpnv4")).not.toContain("10.0.0.66/32");
      expect(agent.lines.at(-1)?.routes).not.toHaveProperty([`${INSTANCE} ${0x0a000042}/32`]);
      expect([routesIn(INSTANCE), rogue.lines.at(-1)?.ends.includes(INSTANCE)]).toEqual([[], false]);
      expect(await state()).toMatchObject({ deferredInstances: [INSTANCE] });
    });

    test("is heard as soon as the configuration gives it the machine, and no more when it takes it away", async () => {
      await world.log.configure(virtualRouterWith("rogue", machineOf(INSTANCE)));
      await inFrr("show bgp ipv4 vpn", "10.0.0.66/32", "10.0.0.5/32");
      await vi.waitFor(() => expect(routesIn(INSTANCE)).toContain(`${INSTANCE} ${0x0a000005}/32`), DEADLINE);
      await world.log.configure(virtualRouterWith("rogue"));
      await vi.waitFor(() => expect(frr.show("show bgp ipv4 vpn")).not.toContain("10.0.0.66/32"), DEADLINE);
      await vi.waitFor(() => expect(routesIn(INSTANCE)).toEqual([]), DEADLINE);
      expect(frr.show("show bgp ipv4 vpn")).toContain("10.0.0.5/32");
    });
  });

  test("was sent as tshark reads it, without complaint", async () => {
    await world.node.stop();
    await world.capture.stop();
    const ours = `ip.src == ${OURS.address} && bgp`;
    const dissection = world.capture.print(ours);
    expect(world.capture.complaints(ours), dissection).toEqual([]);
    expect(dissection).toMatch(/64512:7/);
    expect(dissection).toMatch(/E-?Tree/i);
  });
});
