import { NO_EXPORT, routeTarget } from "@contrail/bgp";
import { type AgentClient, agentRoute } from "@contrail/control-node/testing";
import { formatInetAddress, parseInetAddress, parseInetPrefix } from "@contrail/net";
import type { JsonObject } from "@contrail/schema";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { bgpService, instance, network, virtualRouter } from "./config-objects.ts";
import { BGP_PORT, CONTROL, ControlPlane, TUNNEL_ENDS } from "./control-plane.ts";
import { PassingHost } from "./passing-host.ts";
import { TenantRouter } from "./tenant-router.ts";

/* BGP as a service: a router in network red, 10.1.0.9 on host1, has a session with the control node in its instance. */

const DEADLINE = { timeout: 60_000, interval: 20 };
const FOREVER_MS = 600_000;
/** From where host1 passes its machines' connections on. */
const HOST1 = "127.0.86.1";
const SOURCE_PORT = 50_001;
const ROUTER = parseInetAddress("10.1.0.9") ?? 0;
const RED = "d:p:red:red";
const BLUE = "d:p:blue:blue";

let plane: ControlPlane;
let host: PassingHost;
let router: TenantRouter;
let agent: AgentClient;

function service(more: JsonObject = {}, session: JsonObject = {}) {
  const address = "10.1.0.9";
  const own = { autonomous_system: 65_001, address, identifier: address, source_port: SOURCE_PORT };
  return bgpService("red", "router", { ...own, ...more }, session);
}

beforeAll(async () => {
  plane = new ControlPlane(TUNNEL_ENDS);
  await plane.start();
  await plane.log.configure(
    virtualRouter("host1", HOST1),
    ...network("red", 1),
    ...network("blue", 2),
    instance("blue", "blue", 2, { routing_instance_is_default: true }, ["red"]),
    ...service(),
  );
  await plane.startNode("control1", FOREVER_MS);
  agent = plane.client("host1", "control1");
  for (const [index, name] of [RED, BLUE].entries()) agent.subscribe(name, index + 1);
  publish(RED, "10.1.0.9/32", 20);
  publish(RED, "10.1.0.5/32", 21);
  host = new PassingHost(HOST1, SOURCE_PORT, { address: CONTROL.control1, port: BGP_PORT });
  router = new TenantRouter("127.0.87.1", 65_001, HOST1);
});

afterAll(async () => {
  await router?.close();
  host?.close();
  await plane?.close();
});

function publish(vrf: string, prefix: string, label: number): void {
  const value = parseInetPrefix(prefix) ?? { address: 0, length: 0 };
  const route = agentRoute(parseInetAddress(TUNNEL_ENDS.host1) ?? 0, 0, label);
  agent.publish(vrf, { ...route, prefix: { prefix: { $case: "inet", value: { ...value } } }, virtualNetworkId: 0 });
}

function routesOf(vrf: string): readonly string[] {
  const found = [...agent.routes].filter(([key]) => key.startsWith(`${vrf} `));
  return found
    .map(([key, labels]) => {
      const [address = "", length] = (key.split(" ")[1] ?? "").split("/");
      return `${formatInetAddress(Number(address))}/${length} ${labels.join(",")}`;
    })
    .sort();
}

const MACHINES = ["10.1.0.5/32 21", "10.1.0.9/32 20"];
const sees = (routes: Readonly<Record<string, string>>) =>
  vi.waitFor(() => expect(Object.fromEntries(router.routes)).toEqual(routes), DEADLINE);
const agentSees = (vrf: string, ...routes: readonly string[]) =>
  vi.waitFor(() => expect(routesOf(vrf)).toEqual([...routes, ...MACHINES].sort()), DEADLINE);
/** What it is told of the machines: by way of its gateway. */
const TOLD = { "10.1.0.5/32": "10.1.0.1 64512", "10.1.0.9/32": "10.1.0.1 64512" };

async function sessions(): Promise<Readonly<Record<string, unknown>>> {
  const { peers } = (await plane.page("control1", "neighbours")) as { peers: { name: string; state: string }[] };
  return Object.fromEntries(peers.map(({ name, state }) => [name, state]));
}

test("a router is told its instance's routes, with its gateway as next hop", async () => {
  await sees(TOLD);
  expect(await sessions()).toMatchObject({ "d:p:red:red:router": "established" });
  publish(BLUE, "10.2.0.5/32", 30);
  await sees({ ...TOLD, "10.2.0.5/32": "10.1.0.1 64512" });
  agent.say({
    $case: "routeWithdraw",
    value: { vrf: BLUE, prefixes: [{ prefix: { $case: "inet", value: { address: 0x0a020005, length: 32 } } }] },
  });
  await sees(TOLD);
});

test("what it says leads to the host that it is on, for its network and for those who import this one", async () => {
  router.announce("10.7.0.0/16", ROUTER);
  await agentSees(RED, "10.7.0.0/16 20");
  await agentSees(BLUE, "10.7.0.0/16 20");
  // It gets nothing back that it has said itself.
  expect(Object.fromEntries(router.routes)).toEqual(TOLD);
});

test("route targets of its own make nobody import it, and a next hop that is nowhere leads nowhere", async () => {
  router.announce("10.8.0.0/16", ROUTER, { extendedCommunities: [routeTarget(64_512, 2)], communities: [NO_EXPORT] });
  router.announce("10.9.0.0/16", ROUTER + 1);
  await agentSees(RED, "10.7.0.0/16 20", "10.8.0.0/16 20");
  const page = (await plane.page("control1", "vpn-routes")) as {
    prefix: string;
    paths: { routeTargets?: string[] }[];
  }[];
  expect(JSON.stringify(page.find(({ prefix }) => prefix === "10.8.0.0/16"))).not.toContain('target:64512:2"');
  publish(RED, "10.1.0.10/32", 25);
  await vi.waitFor(() => expect(routesOf(BLUE)).toContain("10.9.0.0/16 25"), DEADLINE);
  for (const prefix of ["10.8.0.0/16", "10.9.0.0/16"]) router.withdraw(prefix);
  await vi.waitFor(() => expect(routesOf(BLUE)).not.toContain("10.9.0.0/16 25"), DEADLINE);
});

test("options that need no new session change without one", async () => {
  const { session } = router;
  await plane.log.configure(...service({}, { as_override: true, loop_count: 1 }));
  router.announce("10.10.0.0/16", ROUTER, {
    asPath: [{ kind: "sequence", autonomousSystems: [65_001, 64_512] }],
  });
  await vi.waitFor(() => expect(routesOf(RED)).toContain("10.10.0.0/16 20"), DEADLINE);
  await plane.log.configure(...service());
  await vi.waitFor(() => expect(routesOf(RED)).not.toContain("10.10.0.0/16 20"), DEADLINE);
  router.withdraw("10.10.0.0/16");
  expect(router.session).toBe(session);
});

test("too many routes end the session, and all of its routes go", async () => {
  const limit = { family_attributes: [{ address_family: "inet", prefix_limit: { maximum: 2, idle_timeout: 600 } }] };
  await plane.log.configure(...service({}, limit));
  for (const third of [1, 2, 3]) router.announce(`10.20.${third}.0/24`, ROUTER);
  await vi.waitFor(() => expect(router.ended).toHaveLength(1), DEADLINE);
  await vi.waitFor(() => expect(routesOf(RED)).toEqual(["10.1.0.10/32 25", ...MACHINES].sort()), DEADLINE);
});

test("a router of our own AS is an internal peer; an administrative stop ends the session, and its routes go", async () => {
  await plane.log.configure(...service({ autonomous_system: 64_512 }));
  await router.close();
  router = new TenantRouter("127.0.87.1", 64_512, HOST1);
  await sees({ "10.1.0.5/32": "10.1.0.1 ", "10.1.0.9/32": "10.1.0.1 ", "10.1.0.10/32": "10.1.0.1 " });
  router.announce("10.7.0.0/16", ROUTER);
  await vi.waitFor(() => expect(routesOf(BLUE)).toContain("10.7.0.0/16 20"), DEADLINE);
  await plane.log.configure(...service({ autonomous_system: 64_512, admin_down: true }));
  await vi.waitFor(() => expect(routesOf(BLUE)).not.toContain("10.7.0.0/16 20"), DEADLINE);
  expect(await sessions()).toMatchObject({ "d:p:red:red:router": "idle" });
});

test("the session's local AS is what the router peers with, and stands in the paths that it is told", async () => {
  await plane.log.configure(...service({}, { local_autonomous_system: 64_900 }));
  await router.close();
  router = new TenantRouter("127.0.87.1", 65_001, HOST1, 64_900);
  await vi.waitFor(() => expect(router.routes.get("10.1.0.5/32")).toBe("10.1.0.1 64900"), DEADLINE);
});

test("from another port, or another host, nobody is let in", async () => {
  await plane.log.configure(...service({ source_port: SOURCE_PORT + 1 }, { local_autonomous_system: 64_900 }));
  const refused = async () => ((await plane.page("control1", "neighbours")) as { readonly refused: number }).refused;
  const before = await refused();
  await vi.waitFor(async () => expect(await refused()).toBeGreaterThan(before), DEADLINE);
  expect(router.session).toBeUndefined();
  await plane.log.configure(virtualRouter("host1", "127.0.86.7"), ...service({}, { local_autonomous_system: 64_900 }));
  const then = await refused();
  await vi.waitFor(async () => expect(await refused()).toBeGreaterThan(then), DEADLINE);
  expect(router.session).toBeUndefined();
  await plane.log.configure(virtualRouter("host1", HOST1));
  await vi.waitFor(() => expect(router.session).toBeDefined(), DEADLINE);
});
