import { formatInetAddress } from "@contrail/net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bgpRouters, FABRIC, INSTANCE, redNetwork, virtualRouters } from "./config-objects.ts";
import { FRR_ROUTES, Frr } from "./frr.ts";
import { GoBgp } from "./gobgp.ts";
import { missingNeeds } from "./needs.ts";
import { FRR, GOBGP, OURS } from "./network.ts";
import { type AgentProcess, DEADLINE, PeerWorld } from "./peer-world.ts";

const skipped = missingNeeds();
if (skipped !== undefined) console.warn(`SKIPPED test/interop/control-node: ${skipped}`);

const TARGET = "target:64512:100";
/** The host that an agent speaks for; FRR and GoBGP do not resolve next hops. */
const HOST = "172.30.1.2";
const RD = `${HOST}:3`;
const GOBGP_ROUTE = "10.2.2.2/32 label 222 rd 64512:2 rt 64512:100 nexthop 172.31.0.3";

const routers = { control1: OURS.address, frr: FRR.address, gobgp: GOBGP.address };
const GATEWAY = { frr: { router_type: "router" } };

describe.skipIf(skipped !== undefined)("a control node with an agent, FRR and GoBGP", () => {
  let world: PeerWorld;
  let frr: Frr;
  let gobgp: GoBgp;
  let agent: AgentProcess;

  beforeAll(async () => {
    world = new PeerWorld();
    const objects = [...bgpRouters(routers, 179), ...virtualRouters("host1"), ...redNetwork(TARGET)];
    await world.start(objects, { host1: HOST });
    frr = new Frr(world.folder);
    gobgp = new GoBgp(world.folder);
    agent = world.startAgent("host1", HOST);
  });

  afterAll(() => world?.close(frr, gobgp));

  /** The agent's routes of network red: prefix to labels. */
  function agentRoutes(): Readonly<Record<string, readonly number[]>> {
    const routes = Object.entries(agent.lines.at(-1)?.routes ?? {}).map(([key, labels]) => {
      const [address, length] = (key.split(" ")[1] ?? "").split("/");
      return [`${formatInetAddress(Number(address))}/${length}`, labels];
    });
    return Object.fromEntries(routes);
  }

  /** When add-path was on, in seconds of the wall clock. */
  const withPathIds: number[] = [];
  const states = async () => {
    const { peers } = (await world.node.introspect("status")) as { peers: { state: string }[] };
    return peers.map(({ state }) => state);
  };
  const vpnOfFrr = () => frr.show("show bgp ipv4 vpn");
  const redOfGoBgp = () => gobgp.run("vrf RED rib");

  test("has sessions with both", async () => {
    await vi.waitFor(async () => {
      const { peers } = (await world.node.introspect("status")) as { peers: { name: string; state: string }[] };
      expect(peers.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
        `${FABRIC}:frr established`,
        `${FABRIC}:gobgp established`,
      ]);
    }, DEADLINE);
  });

  test("brings FRR's and GoBGP's routes to the agent, by route target, with their labels", async () => {
    gobgp.run(`global rib add -a vpnv4 ${GOBGP_ROUTE}`);
    gobgp.run("global rib add -a vpnv4 10.3.3.3/32 label 333 rd 64512:3 rt 64512:200 nexthop 172.31.0.3");
    const expected = { [FRR_ROUTES.red.prefix]: [FRR_ROUTES.red.label], "10.2.2.2/32": [222] };
    await vi.waitFor(() => expect(agentRoutes()).toEqual(expected), DEADLINE);
  });

  test("asks GoBGP for the routes that its instances import, and gets no others", async () => {
    const ours = new RegExp(`64512:64512:100\\S*\\s+${OURS.address}`);
    await vi.waitFor(() => expect(gobgp.run("global rib -a rtc")).toMatch(ours), DEADLINE);
    const known = (await world.node.introspect("vpn-routes")) as { prefix: string; paths: { source: string }[] }[];
    const ofGoBgp = known.filter(({ paths }) => paths.some(({ source }) => source.includes(":gobgp")));
    expect(ofGoBgp.map(({ prefix }) => prefix)).toEqual(["10.2.2.2/32"]);
    expect(gobgp.run("global rib -a vpnv4")).toContain("10.3.3.3/32");
  });

  test("sends GoBGP the routes that it asks for, and no others", async () => {
    const { output } = (await world.node.introspect("neighbours")) as {
      output: { name: string; memberships?: number }[];
    };
    expect(output.map(({ name, memberships }) => [name, memberships])).toEqual(
      expect.arrayContaining([
        [`${FABRIC}:gobgp`, 1],
        [`${FABRIC}:frr`, undefined],
      ]),
    );
  });

  test("brings the agent's routes to both, with distinguisher, label, target and encapsulation", async () => {
    agent.tell({ kind: "publish", vrf: INSTANCE, hosts: [7, 8] });
    await vi.waitFor(() => expect(vpnOfFrr()).toContain("10.0.0.8/32"), DEADLINE);
    const shown = frr.show("show bgp ipv4 vpn 10.0.0.7/32");
    for (const text of [RD, "Remote label: 23", "RT:64512:100", "ET:13", `${HOST}`, "localpref 100, valid, internal"])
      expect(shown).toContain(text);
    await vi.waitFor(() => expect(redOfGoBgp()).toContain("10.0.0.8/32"), DEADLINE);
    const [path] = JSON.parse(gobgp.run("global rib -a vpnv4 -j"))[`${RD}:10.0.0.7/32`];
    expect(path.nlri).toMatchObject({ prefix: "10.0.0.7/32", labels: [23] });
  });

  test("does not pass on what one internal peer says to the other", () => {
    expect(vpnOfFrr()).not.toContain("10.2.2.2/32");
    expect(gobgp.run("global rib -a vpnv4")).not.toContain(FRR_ROUTES.red.prefix);
  });

  test("says that this is all when the agent has, and not before", async () => {
    expect(agent.lines.at(-1)?.ends).toEqual([]);
    agent.tell({ kind: "end-of-rib" });
    await vi.waitFor(() => expect(agent.lines.at(-1)?.ends).toEqual([INSTANCE]), DEADLINE);
  });

  test("gives FRR, as a gateway, every path of a destination, and takes back the one that goes", async () => {
    const rival = `10.0.0.8/32 label 500 rd ${RD} rt 64512:100 nexthop 172.31.0.3`;
    const labels = () =>
      [...frr.show("show bgp ipv4 vpn 10.0.0.8/32").matchAll(/Remote label: ([0-9]+)/g)].map(([, label]) => label);
    withPathIds.push(Date.now() / 1_000);
    await world.log.configure(...bgpRouters(routers, 179, { ...GATEWAY, control1: { cluster_id: 77 } }));
    gobgp.run(`global rib add -a vpnv4 ${rival}`);
    await vi.waitFor(() => expect(labels().sort()).toEqual(["24", "500"]), DEADLINE);
    gobgp.run(`global rib del -a vpnv4 ${rival}`);
    await vi.waitFor(() => expect(labels()).toEqual(["24"]), DEADLINE);
    await world.log.configure(...bgpRouters(routers, 179));
    await vi.waitFor(async () => expect(await states()).toEqual(["established", "established"]), DEADLINE);
    await vi.waitFor(() => expect(vpnOfFrr()).not.toContain("10.2.2.2/32"), DEADLINE);
    withPathIds.push(Date.now() / 1_000);
  });

  test("withdraws at both what the agent withdraws, and nothing else", async () => {
    agent.tell({ kind: "withdraw", vrf: INSTANCE, hosts: [7] });
    await vi.waitFor(() => expect(vpnOfFrr()).not.toContain("10.0.0.7/32"), DEADLINE);
    await vi.waitFor(() => expect(redOfGoBgp()).not.toContain("10.0.0.7/32"), DEADLINE);
    expect(vpnOfFrr()).toContain("10.0.0.8/32");
    expect(redOfGoBgp()).toContain("10.0.0.8/32");
  });

  test("withdraws at the agent what either withdraws", async () => {
    gobgp.run(`global rib del -a vpnv4 ${GOBGP_ROUTE}`);
    await vi.waitFor(() => expect(agentRoutes()["10.2.2.2/32"]).toBeUndefined(), DEADLINE);
    frr.configure("router bgp 64512 vrf RED", "address-family ipv4 unicast", `no network ${FRR_ROUTES.red.prefix}`);
    await vi.waitFor(() => expect(agentRoutes()).toEqual({ "10.0.0.8/32": [24] }), DEADLINE);
  });

  test("follows a change of route targets", async () => {
    await world.log.configure(...redNetwork("target:64512:200"));
    await vi.waitFor(() => expect(agentRoutes()).toEqual({ "10.0.0.8/32": [24], "10.3.3.3/32": [333] }), DEADLINE);
    await vi.waitFor(() => expect(redOfGoBgp()).not.toContain("10.0.0.8/32"), DEADLINE);
    // It has not asked for the new target: the route is withdrawn from it, and FRR, which never asks, has it.
    await vi.waitFor(() => expect(gobgp.run("global rib -a vpnv4")).not.toContain("10.0.0.8/32"), DEADLINE);
    await vi.waitFor(() => expect(frr.show("show bgp ipv4 vpn 10.0.0.8/32")).toContain("RT:64512:200"), DEADLINE);
  });

  test("sends everything again when asked, between the marks of RFC 7313, and FRR loses nothing", async () => {
    frr.show("clear bgp 172.31.0.1 soft in");
    const marks = `ip.src == ${OURS.address} && bgp.type == 5`;
    await vi.waitFor(
      () => expect(JSON.stringify(world.capture.dissect(marks))).toContain('"bgp.route_refresh.subtype":"2"'),
      DEADLINE,
    );
    expect(vpnOfFrr()).toContain("10.0.0.8/32");
  });

  test("ends its sessions when it is stopped, and has them again when it is started", async () => {
    await world.node.stop();
    await vi.waitFor(() => expect(gobgp.run("neighbor")).not.toContain("Establ "), DEADLINE);
    world.node.start();
    await vi.waitFor(async () => expect(await states()).toEqual(["established", "established"]), DEADLINE);
  });

  test("sent no message of any type that tshark complains about", async () => {
    await world.node.stop();
    const ours = `ip.src == ${OURS.address} && bgp`;
    await vi.waitFor(
      () => expect(world.capture.dissect(`${ours} && bgp.type == 3`).length).toBeGreaterThanOrEqual(4),
      DEADLINE,
    );
    await world.capture.stop();
    // tshark does not know that routes stand behind path identifiers: it takes these for lengths.
    const [from, until] = withPathIds;
    const known = `${ours} && !(frame.time_epoch >= ${from} && frame.time_epoch <= ${until})`;
    expect(world.capture.complaints(known), world.capture.print(known)).toEqual([]);
    for (const [type, name] of MESSAGE_TYPES) {
      expect(world.capture.dissect(`${ours} && bgp.type == ${type}`).length, name).toBeGreaterThan(0);
    }
  });
});

const MESSAGE_TYPES = [
  [1, "OPEN"],
  [2, "UPDATE"],
  [3, "NOTIFICATION"],
  [4, "KEEPALIVE"],
  [5, "ROUTE-REFRESH"],
] as const;
