import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "@contrail/schema";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { SaidRoute } from "./agent-protocol.ts";
import { BackgroundProcess } from "./background-process.ts";
import { bgpRouters, bgpService, INSTANCE, inZone, redNetwork, serviceOf, virtualRouter } from "./config-objects.ts";
import { BIRD_PROGRAM, missingNeeds } from "./needs.ts";
import { BIRD, FRR, OURS, runIn, SOURCE } from "./network.ts";
import { PASSING_PORT } from "./passing-host.ts";
import { type AgentProcess, DEADLINE, PeerWorld } from "./peer-world.ts";
import { TenantBird } from "./tenant-bird.ts";
import { TenantFrr } from "./tenant-frr.ts";

/*
 * BGP as a service for IPv6: in network red BIRD has a session over IPv6, and FRR one over IPv4. Both are in namespaces
 * of their own, and the host that passes them on in a third.
 */

const skipped = missingNeeds(BIRD_PROGRAM);
if (skipped !== undefined) console.warn(`SKIPPED test/interop/inner-inet6: ${skipped}`);

/** Where its tunnels end; the connections that it passes on come from SOURCE. */
const HOSTS = { host1: "172.30.1.2" } as const;
const HELLO = { families: ["inet6"], forwardingPreserved: true } as const;
const GATEWAY = { inet: "10.0.0.1", inet6: "fd00::1" } as const;
const BIRD_AT = { inet: "10.0.0.9", inet6: "fd00::9", as: 65_001, sourcePort: 50_001 } as const;
const FRR_AT = { inet: "10.0.0.8", as: 65_002, sourcePort: 50_002 } as const;
/** ::ffff:10.0.0.1, as FRR writes it. */
const MAPPED = "::ffff:a00:1";
/** Label that an agent of tests gives 10.0.0.<last>. */
const labelOf = (last: number): number => 16 + last;
const machine = (address: string, label: number): SaidRoute => {
  return { to: { kind: "inet6", address, length: 128 }, label, encapsulations: [13] };
};
const [BIRD6, VM6] = [machine(BIRD_AT.inet6, 26), machine("fd00::5", 22)];

function client(name: string, at: { inet: string; as: number; sourcePort: number }, inet6: string, session = {}) {
  const own = { autonomous_system: at.as, address: at.inet, identifier: at.inet, source_port: at.sourcePort };
  const gateways = { gateway_address: GATEWAY.inet, ipv6_gateway_address: inet6 };
  const families = { address_families: { family: ["inet", "inet6"] } };
  return bgpService("red", name, { ...own, ...gateways, ...families }, session);
}

const bird = (session: JsonObject = {}) => client("bird", BIRD_AT, GATEWAY.inet6, session);
const [OWN, ...OTHERS] = bgpRouters({ control1: OURS.address }, 179);

describe.skipIf(skipped !== undefined)("BGP as a service for IPv6, with BIRD and FRR", () => {
  let world: PeerWorld;
  let agent: AgentProcess;
  let birds: TenantBird;
  let frr: TenantFrr;
  const passing: BackgroundProcess[] = [];

  beforeAll(async () => {
    if (OWN === undefined) throw new Error("no router of our own");
    world = new PeerWorld();
    inside(SOURCE.namespace, `${GATEWAY.inet}/24`, `${GATEWAY.inet6}/64`);
    inside(BIRD.namespace, `${BIRD_AT.inet}/24`, `${BIRD_AT.inet6}/64`);
    inside(FRR.namespace, `${FRR_AT.inet}/24`);
    pass(GATEWAY.inet6, BIRD_AT.sourcePort);
    pass(GATEWAY.inet, FRR_AT.sourcePort);
    await world.start(
      [
        OWN,
        ...OTHERS,
        virtualRouter("host1", SOURCE.address),
        ...redNetwork(),
        ...bird(),
        ...client("frr", FRR_AT, `::ffff:${GATEWAY.inet}`),
        serviceOf("bird", []),
      ],
      HOSTS,
    );
    agent = world.startAgent("host1", HOSTS.host1, HELLO);
    agent.tell({ kind: "publish", vrf: INSTANCE, hosts: [5, 8, 9] });
    publish(BIRD6, VM6);
    agent.tell({ kind: "end-of-rib" });
    birds = new TenantBird(world.folder, { ...BIRD_AT, gateway: GATEWAY.inet6, port: PASSING_PORT });
    frr = new TenantFrr(world.folder, { inet: FRR_AT.inet, gateway: GATEWAY.inet, port: PASSING_PORT });
  });

  afterAll(() => world?.close(birds, frr, ...passing));

  function pass(listen: string, sourcePort: number): void {
    const program = fileURLToPath(new URL("passing-host-process.ts", import.meta.url));
    const given = [SOURCE.address, String(sourcePort), OURS.address, "179", listen];
    const log = join(world.folder, `passing-${sourcePort}.log`);
    passing.push(new BackgroundProcess(SOURCE.namespace, log, process.execPath, program, ...given));
  }

  const publish = (...routes: readonly SaidRoute[]) => agent.tell({ kind: "publish-routes", vrf: INSTANCE, routes });
  const withdraw = (...routes: readonly SaidRoute[]) => agent.tell({ kind: "withdraw-routes", vrf: INSTANCE, routes });
  /** What the agent has: labels by destination. */
  const agentHas = (prefix: string, ...labels: readonly number[]) =>
    vi.waitFor(() => {
      const { routes = {} } = agent.lines.at(-1) ?? {};
      expect(routes[`${INSTANCE} ${prefix}`]).toEqual(labels.length === 0 ? undefined : labels);
    }, DEADLINE);
  const birdShows = (prefix: string, ...texts: readonly string[]) =>
    vi.waitFor(() => {
      const shown = birds.run("show", "route", "all", "for", prefix);
      for (const text of texts) expect(shown).toContain(text);
    }, DEADLINE);
  const frrShows = (prefix: string, ...texts: readonly string[]) =>
    vi.waitFor(() => {
      const shown = frr.run(`show bgp ipv6 unicast ${prefix}`);
      for (const text of texts) expect(shown).toContain(text);
    }, DEADLINE);
  const sessionOf = async (name: string) => {
    const { peers } = (await world.node.introspect("neighbours")) as { peers: readonly Neighbour[] };
    return peers.find((peer) => peer.name === `${INSTANCE}:${name}`);
  };

  const up = async (name: string): Promise<Neighbour> => {
    const session = await sessionOf(name);
    if (session?.state !== "established") throw new Error(`${name} has no session`);
    return session;
  };

  test("over IPv6 BIRD says routes of both versions, and each leads by the route of its next hop", async () => {
    await agentHas("fd07::/64", labelOf(10));
    await agentHas(`${0x0a070000}/16`, labelOf(9));
    const said = (await world.node.introspect("neighbours")) as { output: readonly { name: string }[] };
    const output = said.output.find(({ name }) => name === `${INSTANCE}:bird`);
    expect(output).toMatchObject({ received: { inet: 1, inet6: 1 } });
  });

  test("BIRD is told the instance's routes by way of its gateway, of IPv6 by the IPv6 one", async () => {
    await birdShows("fd00::5/128", `BGP.next_hop: ${GATEWAY.inet6}`, "BGP.as_path: 64512");
    await birdShows("10.0.0.5/32", `BGP.next_hop: ${GATEWAY.inet}`, "BGP.as_path: 64512");
    // Nothing comes back to it of what it has said.
    expect(birds.run("show", "route", "protocol", "up", "for", "fd07::/64")).not.toContain("64512");
  });

  test("FRR is told by way of ::ffff:10.0.0.1, and what it says by way of its IPv4 address leads there", async () => {
    await frrShows("fd00::5/128", MAPPED, "64512");
    await frrShows("fd07::/64", "64512 65001", MAPPED, "Origin IGP");
    await agentHas("fd08::/64", labelOf(8));
    await birdShows("fd08::/64", `BGP.next_hop: ${GATEWAY.inet6}`, "BGP.as_path: 64512 65002");
  });

  test("they are inet6-vpn routes with the instance's target and the host's next hop", async () => {
    const page = JSON.stringify(await world.node.introspect("bgp-routes?family=inet6-vpn"));
    for (const text of ["fd07::/64", "fd08::/64", HOSTS.host1, "target:64512:8000001"]) expect(page).toContain(text);
  });

  test("without the route of its next hop a route is gone for all, and comes back with it", async () => {
    withdraw(BIRD6);
    await agentHas("fd07::/64");
    await agentHas(`${0x0a070000}/16`, labelOf(9));
    await vi.waitFor(() => expect(frr.run("show bgp ipv6 unicast fd07::/64")).toContain("not in table"), DEADLINE);
    publish({ ...BIRD6, label: 126 });
    await agentHas("fd07::/64", 126);
    await frrShows("fd07::/64", "64512 65001");
  });

  test("what BIRD withdraws is gone, and its other routes stay", async () => {
    birds.run("disable", "own6");
    await agentHas("fd07::/64");
    await agentHas(`${0x0a070000}/16`, labelOf(9));
    birds.run("enable", "own6");
    await agentHas("fd07::/64", 126);
  });

  test("the ORIGIN of BIRD's routes is that of its session, from when it is configured and as long as it is", async () => {
    const override = (origin_override: boolean) => {
      const route_origin_override = { origin_override, origin: "EGP" };
      return world.log.configure(...bird({ route_origin_override }));
    };
    await override(true);
    await frrShows("fd07::/64", "Origin EGP");
    await override(false);
    await frrShows("fd07::/64", "Origin IGP");
    expect(await sessionOf("bird")).toMatchObject({ state: "established", establishedCount: 1 });
  });

  test.each(["bird", "frr"])("%s asks for everything again (RFC 2918), and is told it in its session", async (name) => {
    const before = await up(name);
    if (name === "frr") frr.run(`clear bgp ipv6 unicast ${GATEWAY.inet} soft in`);
    else birds.run("reload", "in", "up");
    await vi.waitFor(async () => {
      const { messagesReceived, messagesSent, establishedCount } = await up(name);
      expect(messagesReceived.routeRefresh).toBeGreaterThan(before.messagesReceived.routeRefresh);
      expect(messagesSent.update).toBeGreaterThan(before.messagesSent.update);
      expect(establishedCount).toBe(1);
    }, DEADLINE);
    await frrShows("fd07::/64", "64512 65001");
    await birdShows("fd08::/64", `BGP.next_hop: ${GATEWAY.inet6}`);
  });

  test("a control node outside of the service's zones has no session with BIRD, one inside has", async () => {
    if (OWN === undefined) throw new Error("no router of our own");
    await world.log.configure(serviceOf("bird", ["zone1"]));
    await agentHas("fd07::/64");
    await vi.waitFor(async () => expect(await sessionOf("bird")).toMatchObject({ state: "idle" }), DEADLINE);
    await agentHas("fd08::/64", labelOf(8));
    await world.log.configure(inZone(OWN, "zone1"));
    await agentHas("fd07::/64", 126);
    await world.log.configure(serviceOf("bird", ["zone2"]));
    await agentHas("fd07::/64");
    await world.log.configure(serviceOf("bird", []));
    await agentHas("fd07::/64", 126);
  });

  test("a router that is killed takes its routes of both versions along, and those of the other stay", async () => {
    await birds.stop("SIGKILL");
    await agentHas("fd07::/64");
    await agentHas(`${0x0a070000}/16`);
    await agentHas("fd08::/64", labelOf(8));
    await vi.waitFor(() => expect(frr.run("show bgp ipv6 unicast fd07::/64")).toContain("not in table"), DEADLINE);
  });
});

/** Of the page of neighbours. */
interface Neighbour {
  readonly name: string;
  readonly state: string;
  readonly establishedCount: number;
  readonly messagesReceived: Counts;
  readonly messagesSent: Counts;
}

interface Counts {
  readonly update: number;
  readonly routeRefresh: number;
}

/** Gives a namespace addresses inside network red. */
function inside(namespace: string, ...addresses: readonly string[]): void {
  for (const address of addresses) {
    const nodad = address.includes(":") ? ["nodad"] : [];
    runIn(namespace, "ip", "addr", "add", address, "dev", "eth0", ...nodad);
  }
}
