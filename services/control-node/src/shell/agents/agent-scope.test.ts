import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type AgentClient, agentRoute, machineOf } from "../../testing/agent-client.ts";
import {
  type AgentPki,
  type AgentWorld,
  createAgentPki,
  GREEN,
  HOST1,
  HOST2,
  RED,
  startAgentWorld,
  tenantObjects,
} from "../../testing/agent-world.ts";
import { configObject } from "../../testing/config-object.ts";

const DEADLINE = { timeout: 20_000, interval: 5 };
const RED_MACHINE = machineOf(RED);
const RED_INTERFACE = tenantObjects(RED).filter(({ type }) => type === "virtual-machine-interface");
const RED_INSTANCE = tenantObjects(RED).filter(({ type }) => type === "routing-instance");

let pki: AgentPki;
let world: AgentWorld;

beforeAll(async () => {
  pki = await createAgentPki();
});
afterAll(() => pki.remove());
beforeEach(async () => {
  world = await startAgentWorld(pki);
  world.agents.configComplete();
  world.agents.routesComplete();
});
afterEach(() => world.stop());

/** host1 with the machine of red: 10.0.0.1. */
async function tenant(): Promise<AgentClient> {
  const client = session("host1");
  client.subscribe(RED, 3);
  client.publish(RED, agentRoute(HOST1, 1));
  await has(client, RED, 1);
  return client;
}

function session(host: "host1" | "host2", forwardingPreserved = true): AgentClient {
  return world.session(host, { forwardingPreserved });
}

/** host2 without a machine in red: it subscribes and publishes there all the same. */
function rogue(): AgentClient {
  const client = session("host2");
  client.subscribe(GREEN, 5);
  client.subscribeAlone(RED, 6);
  client.publish(RED, agentRoute(HOST2, 66));
  client.publish(GREEN, agentRoute(HOST2, 7));
  return client;
}

function has(client: AgentClient, vrf: string, ...last: readonly number[]): Promise<void> {
  const wanted = last.map((each) => `${vrf} ${0x0a000000 + each}/32`);
  return vi.waitFor(() => expect(ofInstance(client, vrf)).toEqual(wanted), DEADLINE);
}

function ofInstance(client: AgentClient, vrf: string): readonly string[] {
  return [...client.routes.keys()].filter((key) => key.startsWith(`${vrf} `)).sort();
}

/** Everything that has been said until now has been worked off. */
async function settled(client: AgentClient): Promise<void> {
  const before = world.heard.length;
  client.endOfRib();
  await vi.waitFor(() => expect(world.heard.length).toBeGreaterThan(before), DEADLINE);
  await new Promise<void>((done) => world.driver.whenIdle(done));
}

const vpnRoutes = () => world.rib.vpn.size;
const endsOf = (client: AgentClient) => client.of("endOfRib").map(({ vrf }) => vrf);

describe("an agent without a machine in an instance", () => {
  test("has its routes there seen by nobody, and is told of none, not even that these are all", async () => {
    const host1 = await tenant();
    const host2 = rogue();
    // Green imports what red exports: what host2 may see of it.
    await has(host2, GREEN, 1, 7);
    await settled(host2);
    expect([ofInstance(host2, RED), endsOf(host2), vpnRoutes()]).toEqual([[], [GREEN], 2]);
    host1.publish(RED, agentRoute(HOST1, 2));
    await has(host1, RED, 1, 2);
    await has(host2, GREEN, 1, 2, 7);
    expect([ofInstance(host2, RED), host2.ended]).toEqual([[], undefined]);
    expect(world.agents.status()).toContainEqual(
      expect.objectContaining({ name: "host2", instances: [GREEN, RED], deferredInstances: [RED] }),
    );
  });

  test("has them there as soon as it has a machine in it, without saying them again, and is told of all", async () => {
    const host1 = await tenant();
    const host2 = rogue();
    await has(host2, GREEN, 1, 7);
    host2.say({ $case: "vmSubscribe", value: { vmUuid: RED_MACHINE } });
    await has(host2, RED, 1, 66);
    await has(host1, RED, 1, 66);
    await vi.waitFor(() => expect(endsOf(host2)).toEqual([GREEN, RED]), DEADLINE);
  });

  test("has the machine of another host by the configuration: it gets neither its routes nor its configuration", async () => {
    const host1 = await tenant();
    world.configure([configObject("virtual-router", "r1", ["g", "host1"], [["virtual-machine", RED_MACHINE]])]);
    const host2 = rogue();
    host2.say({ $case: "wantConfig", value: { wanted: true } });
    host2.say({ $case: "vmSubscribe", value: { vmUuid: RED_MACHINE } });
    await has(host2, GREEN, 1, 7);
    await settled(host2);
    const objects = host2.of("configUpdate").flatMap(({ upsert }) => upsert.map(({ uuid }) => uuid));
    expect([ofInstance(host2, RED), vpnRoutes(), objects.includes(RED_MACHINE)]).toEqual([[], 2, false]);
    expect(objects).toContain(machineOf(GREEN));
    // The machine moves.
    world.configure([configObject("virtual-router", "r2", ["g", "host2"], [["virtual-machine", RED_MACHINE]])]);
    await has(host2, RED, 1, 66);
    world.configure([configObject("virtual-router", "r1", ["g", "host1"], [])]);
    await has(host2, RED, 66);
    await has(host1, RED);
    const later = host2.of("configUpdate").flatMap(({ upsert }) => upsert.map(({ uuid }) => uuid));
    expect(later).toContain(RED_MACHINE);
  });

  test("may withdraw what waits, and more than a host can have is refused, whether or not it waits", async () => {
    const host2 = rogue();
    const prefixes = [agentRoute(HOST2, 66).prefix].filter((prefix) => prefix !== undefined);
    host2.say({ $case: "routeWithdraw", value: { vrf: RED, prefixes } });
    host2.say({ $case: "vmSubscribe", value: { vmUuid: RED_MACHINE } });
    host2.publish(RED, agentRoute(HOST2, 67));
    await has(host2, RED, 67);
    const again = rogue();
    for (let start = 0; start < 70_000; start += 7_000)
      again.publish(RED, ...Array.from({ length: 7_000 }, (_, index) => agentRoute(HOST2, start + index)));
    await vi.waitFor(() => expect(again.ended).toMatchObject({ code: 8 }), DEADLINE);
  });
});

describe("an instance that is an agent's own no more", () => {
  test("has its routes no more, and it is told of none, until it is its own again", async () => {
    const host1 = await tenant();
    const host2 = session("host2");
    host2.subscribe(RED, 6);
    host2.subscribe(GREEN, 5);
    await has(host2, GREEN, 1);
    world.configure(RED_INTERFACE, "remove");
    await has(host1, RED);
    await has(host2, RED);
    await has(host2, GREEN);
    world.configure(RED_INTERFACE);
    await has(host1, RED, 1);
    await has(host2, RED, 1);
    await has(host2, GREEN, 1);
  });

  test("as its machine goes, also by the agent's own word", async () => {
    const host1 = await tenant();
    host1.say({ $case: "vmUnsubscribe", value: { vmUuid: RED_MACHINE } });
    await has(host1, RED);
    await vi.waitFor(() => expect(vpnRoutes()).toBe(0), DEADLINE);
    host1.say({ $case: "vmSubscribe", value: { vmUuid: RED_MACHINE } });
    await has(host1, RED, 1);
  });

  test("because it is gone takes its routes back from those who have them", async () => {
    const host1 = await tenant();
    world.rib.removeInstance(RED);
    world.configure(RED_INSTANCE, "remove");
    world.driver.changed();
    await has(host1, RED);
    expect(vpnRoutes()).toBe(0);
  });
});

describe("a restart of an agent", () => {
  test("takes nothing away while it names its machines again", async () => {
    const host2 = session("host2");
    host2.subscribe(GREEN, 5);
    (await tenant()).close();
    await vi.waitFor(() => expect(world.agents.status()).toContainEqual(expect.objectContaining({ state: "stale" })));
    const again = session("host1");
    again.subscribeAlone(RED, 3);
    await has(again, RED, 1);
    again.publish(RED, agentRoute(HOST1, 1), agentRoute(HOST1, 2));
    await has(host2, GREEN, 1, 2);
    again.say({ $case: "vmSubscribe", value: { vmUuid: RED_MACHINE } });
    again.endOfRib();
    await settled(again);
    expect([ofInstance(again, RED).length, host2.withdrawn, vpnRoutes()]).toEqual([2, 0, 2]);
  });

  test("without its machine has its routes until it has said all, and no longer", async () => {
    (await tenant()).close();
    await vi.waitFor(() => expect(world.agents.status()).toContainEqual(expect.objectContaining({ state: "stale" })));
    const again = session("host1");
    again.subscribeAlone(RED, 3);
    again.publish(RED, agentRoute(HOST1, 1));
    await has(again, RED, 1);
    again.endOfRib();
    await has(again, RED);
    expect(vpnRoutes()).toBe(0);
  });

  test("that preserved nothing gives it no instance of before", async () => {
    (await tenant()).close();
    await vi.waitFor(() => expect(world.agents.status()).toContainEqual(expect.objectContaining({ state: "stale" })));
    const again = session("host1", false);
    again.subscribeAlone(RED, 3);
    again.publish(RED, agentRoute(HOST1, 1));
    await settled(again);
    expect([ofInstance(again, RED), vpnRoutes()]).toEqual([[], 0]);
  });

  test("while it is away an instance that leaves takes its routes along", async () => {
    const host2 = session("host2");
    host2.subscribe(GREEN, 5);
    (await tenant()).close();
    await has(host2, GREEN, 1);
    world.configure(RED_INTERFACE, "remove");
    await has(host2, GREEN);
  });
});

test("what comes before the configuration waits for it, and the end of all that for its routes", async () => {
  const blue = "d:p:blue:blue";
  const client = session("host1");
  client.subscribe(blue, 9);
  client.publish(blue, agentRoute(HOST1, 1));
  await settled(client);
  expect([endsOf(client), vpnRoutes()]).toEqual([[], 0]);
  world.rib.setInstance({ name: blue, importTargets: [], exportTargets: [], virtualNetworkId: 3 });
  for (const object of tenantObjects(blue).toReversed()) world.configure([object]);
  await has(client, blue, 1);
  await vi.waitFor(() => expect(endsOf(client)).toEqual([blue]), DEADLINE);
});
