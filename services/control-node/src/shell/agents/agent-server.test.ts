import type { Identity } from "@contrail/pki";
import type { Rib } from "@contrail/rib";
import { MODEL_VERSION, versionText } from "@contrail/schema";
import { agentWire } from "@contrail/wire";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type AgentClient, agentRoute } from "../../testing/agent-client.ts";
import {
  type AgentPki,
  type AgentWorld,
  createAgentPki,
  FOREVER_MS,
  HOST1,
  HOST2,
  RED,
  startAgentWorld,
  tenantObjects,
} from "../../testing/agent-world.ts";
import type { AgentServer } from "./agent-server.ts";

const HOP = { address: HOST1, label: 16, encapsulations: [13], tagIds: [], localSequence: 0 };
const DEADLINE = { timeout: 20_000, interval: 5 };

let pki: AgentPki;
let host2: Identity;
let world: AgentWorld;
let rib: Rib;
let agents: AgentServer;
let heard: string[];

beforeAll(async () => {
  pki = await createAgentPki();
  ({ host2 } = pki);
});

afterAll(() => pki.remove());

async function start(timing: Parameters<typeof startAgentWorld>[1] = {}): Promise<void> {
  world = await startAgentWorld(pki, timing);
  ({ rib, agents, heard } = world);
}

beforeEach(() => start());
afterEach(() => world.stop());

async function restart(timing: Parameters<typeof start>[0]): Promise<void> {
  world.stop();
  await start(timing);
}

function connect(identity: Identity = pki.host1): AgentClient {
  return world.connect(identity);
}

function numbers(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function ended(client: AgentClient, code: number, text: string): Promise<void> {
  return vi.waitFor(() => expect(client.ended).toEqual({ code, details: expect.stringContaining(text) }), DEADLINE);
}

/** host1 with a session, subscribed, and a route 10.0.0.<last> for each given. */
async function host1Publishing(...last: readonly number[]): Promise<AgentClient> {
  const client = connect();
  client.hello("host1", "127.0.1.1", true);
  client.subscribe(RED, 3);
  client.publish(RED, ...last.map((each) => agentRoute(HOST1, each)));
  await vi.waitFor(() => expect(client.routes.size).toBeGreaterThanOrEqual(last.length), DEADLINE);
  return client;
}

describe("a rogue agent is refused, and nothing of it is kept:", () => {
  const refused = async (client: AgentClient, code: number, text: string) => {
    await ended(client, code, text);
    rib.step(1_000);
    expect(rib.vpn.size).toBe(0);
  };

  test("one whose certificate is of another host", async () => {
    const client = connect(host2);
    client.hello("host1", "127.0.1.2");
    await refused(client, 7, "the certificate is of host2, not of host1");
  });

  test("one that says who it is only after it claimed to be another", async () => {
    const client = connect(host2);
    client.hello("host1", "127.0.1.2");
    client.hello("host2", "127.0.1.2");
    await refused(client, 7, "the certificate is of host2, not of host1");
    expect(agents.status()).toEqual([]);
  });

  test("one whose certificate is not for the address that it claims", async () => {
    const client = connect(host2);
    client.hello("host2", "127.0.1.1");
    await refused(client, 7, "not for 127.0.1.1");
  });

  test("one of another major version of the model, which hears what to do", async () => {
    const client = connect();
    client.hello("host1", "127.0.1.1", false, { major: 2, minor: 1, hash: "" });
    await refused(client, 9, "install the release that has 2.1 on this node");
    const older = connect();
    older.hello("host1", "127.0.1.1", false, { major: 0, minor: 9, hash: "" });
    await refused(older, 9, `install the release that has ${versionText(MODEL_VERSION)} on agent host1`);
  });

  test("one that does not begin with Hello, and one whose address is none", async () => {
    const first = connect();
    first.endOfRib();
    await refused(first, 3, "Hello");
    const second = connect();
    second.hello("host1", "nowhere");
    await refused(second, 3, "host_address nowhere is no address");
  });

  test("one that publishes in an instance that it has not subscribed, or no longer", async () => {
    const client = connect();
    client.hello("host1", "127.0.1.1");
    client.publish(RED, agentRoute(HOST1, 1));
    await refused(client, 3, `${RED} is not subscribed`);
    const later = connect();
    later.hello("host1", "127.0.1.1");
    later.subscribe(RED, 3);
    later.say({ $case: "vrfUnsubscribe", value: { vrf: RED } });
    later.publish(RED, agentRoute(HOST1, 1));
    await refused(later, 3, `${RED} is not subscribed`);
  });

  test("one that publishes a next hop which is not its own, or its own other address", async () => {
    for (const address of [HOST2, 0x7f000103, 0]) {
      const client = connect();
      client.hello("host1", "127.0.1.1");
      client.subscribe(RED, 3);
      client.publish(RED, agentRoute(HOST1, 1), agentRoute(address, 2));
      await refused(client, 7, "an agent speaks for 127.0.1.1");
      client.close();
      await vi.waitFor(() => expect(agents.status()).toMatchObject([{ state: "stale" }]), DEADLINE);
    }
  });

  test.each<[string, Partial<agentWire.AgentRoute>]>([
    ["a reserved label", { nextHop: { ...HOP, label: 3 } }],
    ["a label of 21 bits", { nextHop: { ...HOP, label: 1 << 20 } }],
    ["a MAC of many", { nextHop: { ...HOP, encapsulations: [8], routerMac: 0x01005e000001n } }],
    ["a MAC of 49 bits", { nextHop: { ...HOP, encapsulations: [8], routerMac: 1n << 48n } }],
    ["no next hop", { nextHop: undefined }],
    ["a prefix of 33 bits", { prefix: { prefix: { $case: "inet", value: { address: 0, length: 33 } } } }],
    ["more groups than a message holds", { securityGroupIds: numbers(257) }],
    ["more groups and tags", { securityGroupIds: numbers(128), nextHop: { ...HOP, tagIds: numbers(129) } }],
    ["more communities", { communities: numbers(65) }],
    ["the mark of a leaf, and is no route of a MAC address", { etreeLeaf: true }],
    ["a role in copying, and is of one machine", { assistedReplication: 2 }],
    ["what it is to a tree of copies, and is of one machine", { edgeReplicationNotSupported: false }],
  ])("one whose route has %s", async (_what, change) => {
    const client = connect();
    client.hello("host1", "127.0.1.1");
    client.subscribe(RED, 3);
    client.publish(RED, { ...agentRoute(HOST1, 1), ...change });
    await refused(client, 3, "");
  });

  test("one that publishes more routes, or subscribes more instances, than a host can have", async () => {
    const client = connect();
    client.hello("host1", "127.0.1.1");
    client.subscribe(RED, 3);
    for (let start = 0; start < 70_000; start += 7_000)
      client.publish(RED, ...Array.from({ length: 7_000 }, (_, index) => agentRoute(HOST1, start + index)));
    await ended(client, 8, "65536 routes");
    while (rib.step(10_000));
    expect(rib.vpn.size).toBe(63_000);
    const other = connect(host2);
    other.hello("host2", "127.0.1.2");
    for (let index = 0; index < 4_400; index++) other.subscribeAlone(`d:p:${index}`, index);
    await ended(other, 8, "4352 routing instances");
  });
});

test("agents of older and newer minor versions, and those that say none, are welcome and hear the node's", async () => {
  const versions = [undefined, { ...MODEL_VERSION, minor: 0 }, { ...MODEL_VERSION, minor: 99, hash: "0" }];
  for (const version of versions) {
    const client = connect();
    client.hello("host1", "127.0.1.1", false, version);
    await vi.waitFor(() => expect(client.of("welcome")).toMatchObject([{ model: MODEL_VERSION }]), DEADLINE);
  }
});

test("a message that only newer agents send is passed over", async () => {
  const client = await host1Publishing(1);
  // Field 99 with the text "x", as protobuf writes it.
  client.sendBytes(Uint8Array.of(0x9a, 0x06, 0x01, 0x78));
  client.publish(RED, agentRoute(HOST1, 2));
  await vi.waitFor(() => expect(client.routes.size).toBe(2), DEADLINE);
  expect(client.ended).toBeUndefined();
});

test.each<[string, (client: AgentClient, name: string) => void]>([
  ["an instance", (client, name) => client.subscribeAlone(name, 1)],
  ["a machine", (client, vmUuid) => client.say({ $case: "vmSubscribe", value: { vmUuid } })],
])("%s with a name longer than there can be ends the session", async (_what, subscribe) => {
  const client = await host1Publishing(1);
  subscribe(client, "n".repeat(16 * 1_025));
  expect(client.ended).toBeUndefined();
  subscribe(client, "n".repeat(16 * 1_025 + 1));
  await ended(client, 3, "a name of 16401 characters");
});

describe("no octets end the process:", () => {
  test("made up, mutated and truncated messages end at most their own session", async () => {
    const good = await host1Publishing(1);
    const whole = agentWire.AgentMessage.encode({
      message: { $case: "routePublish", value: { vrf: RED, routes: [agentRoute(HOST2, 9)] } },
    }).finish();
    const mutated = fc
      .tuple(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }), fc.nat(whole.length))
      .map(([changes, length]) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return bytes.subarray(0, length);
      });
    const messages = fc.sample(fc.oneof(mutated, fc.uint8Array({ maxLength: 60 })), 300);
    for (let start = 0; start < messages.length; start += 10) {
      const client = connect(host2);
      client.hello("host2", "127.0.1.2");
      client.subscribe(RED, 4);
      for (const bytes of messages.slice(start, start + 10)) client.sendBytes(bytes);
      client.endOfRib();
      await vi.waitFor(() => expect(client.ended !== undefined || heard.includes("host2")).toBe(true), DEADLINE);
      heard.splice(0);
      client.close();
    }
    good.publish(RED, agentRoute(HOST1, 2));
    await vi.waitFor(() => expect(good.routes.has(`${RED} ${0x0a000002}/32`)).toBe(true), DEADLINE);
    expect(good.ended).toBeUndefined();
  });
});

describe("graceful restart of an agent:", () => {
  const routes = () => {
    rib.step(1_000);
    return [...(rib.routeKeys(RED) ?? [])].length;
  };

  test("its routes stay while it is away, and those that it gives again stay after its end-of-rib", async () => {
    const first = await host1Publishing(1, 2);
    first.close();
    await vi.waitFor(() => expect(agents.status()).toMatchObject([{ state: "stale" }]), DEADLINE);
    expect(routes()).toBe(2);
    const again = await host1Publishing(2);
    expect(routes()).toBe(2);
    again.endOfRib();
    await vi.waitFor(() => expect(routes()).toBe(1), DEADLINE);
    expect(heard).toEqual(["host1"]);
  });

  test("one whose forwarding was not preserved loses them at its Hello", async () => {
    (await host1Publishing(1, 2)).close();
    await vi.waitFor(() => expect(agents.status()).toMatchObject([{ state: "stale" }]), DEADLINE);
    connect().hello("host1", "127.0.1.1", false);
    await vi.waitFor(() => expect(routes()).toBe(0), DEADLINE);
  });

  test("they go when it does not come back in time, and when it is back and says no end", async () => {
    await restart({ gracefulRestartMs: 300 });
    (await host1Publishing(1)).close();
    await vi.waitFor(() => expect(routes()).toBe(0), DEADLINE);
    await restart({ gracefulRestartMs: 1_000 });
    (await host1Publishing(1, 2)).close();
    await vi.waitFor(() => expect(agents.status()).toMatchObject([{ state: "stale" }]), DEADLINE);
    await host1Publishing(2);
    await vi.waitFor(() => expect(routes()).toBe(1), DEADLINE);
  });

  test("a second session of an agent ends the first, whose words count no more", async () => {
    const first = await host1Publishing(1);
    const second = await host1Publishing(1);
    await ended(first, 6, "another session");
    first.publish(RED, agentRoute(HOST1, 7));
    second.endOfRib();
    await vi.waitFor(() => expect(heard).toEqual(["host1"]), DEADLINE);
    expect(routes()).toBe(1);
  });

  test("a host that has another address now begins anew", async () => {
    const first = await host1Publishing(1);
    const second = connect();
    second.hello("host1", "127.0.1.3", true);
    await ended(first, 6, "another address");
    await vi.waitFor(() => expect(routes()).toBe(0), DEADLINE);
    expect(agents.status()).toMatchObject([{ address: "127.0.1.3", state: "established" }]);
  });
});

describe("life signs:", () => {
  test("an agent that says nothing for the hold time is away; one that does is not", async () => {
    await restart({ holdMs: 400 });
    const silent = await host1Publishing(1);
    await ended(silent, 14, "hold time");
    expect(agents.status()).toMatchObject([{ state: "stale" }]);
    const lively = connect(host2);
    lively.hello("host2", "127.0.1.2");
    for (let count = 1; count <= 10; count++) {
      lively.say({ $case: "keepalive", value: {} });
      await vi.waitFor(() => expect(lively.of("keepalive").length).toBeGreaterThanOrEqual(count), DEADLINE);
    }
    expect(lively.ended).toBeUndefined();
  });

  test("one that says no Hello is gone after the hold time", async () => {
    await restart({ holdMs: 300 });
    await ended(connect(), 14, "no Hello");
    expect(agents.status()).toEqual([]);
  });

  test("Welcome says what was configured; messages with state count up, others have no number; what is acknowledged is shown", async () => {
    agents.configComplete();
    agents.routesComplete();
    const client = await host1Publishing(1, 2);
    expect(client.of("welcome")).toMatchObject([
      { controlNodeName: "control1", keepaliveMs: 100, holdMs: FOREVER_MS, autonomousSystem: 64_512 },
    ]);
    await vi.waitFor(() => expect(client.of("keepalive").length).toBeGreaterThan(0), DEADLINE);
    const numbers = client.received.map(({ sequence }) => sequence).filter((sequence) => sequence > 0n);
    expect(numbers).toEqual(numbers.map((_, index) => BigInt(index + 1)));
    client.say({ $case: "acknowledge", value: { sequence: 2n } });
    await vi.waitFor(() => expect(agents.status()).toMatchObject([{ acknowledged: 2n }]), DEADLINE);
  });
});

describe("ends:", () => {
  test("none goes before the node is complete, each of its kind then, and the routes are before theirs", async () => {
    const client = await host1Publishing(1, 2);
    client.say({ $case: "wantConfig", value: { wanted: true } });
    await vi.waitFor(() => expect(client.of("keepalive").length).toBeGreaterThan(2), DEADLINE);
    expect([client.of("endOfRib"), client.of("endOfConfig")]).toEqual([[], []]);
    agents.configComplete();
    await vi.waitFor(() => expect(client.of("endOfConfig")).toHaveLength(1), DEADLINE);
    expect(client.of("endOfRib")).toEqual([]);
    agents.routesComplete();
    await vi.waitFor(() => expect(client.of("endOfRib")).toEqual([{ vrf: RED }]), DEADLINE);
    const cases = client.received.map(({ message }) => message?.$case);
    expect(cases.lastIndexOf("routeUpdate")).toBeLessThan(cases.indexOf("endOfRib"));
  });

  test("one comes for each subscription, also of an instance without routes", async () => {
    agents.configComplete();
    agents.routesComplete();
    const client = await host1Publishing(1);
    world.configure(tenantObjects("d:p:none:none"));
    client.subscribe("d:p:none:none", 9);
    await vi.waitFor(() => expect(client.of("endOfRib")).toEqual([{ vrf: RED }, { vrf: "d:p:none:none" }]), DEADLINE);
  });
});

describe("an agent that says that it lives and reads nothing", () => {
  const LONG = { timeout: 25_000, interval: 50 };
  const COUNT = 5_000;
  const statusOf = (name: string) => agents.status().find((agent) => agent.name === name);

  /** All routes of host1 with another label. */
  function relabel(good: AgentClient, label: number): Promise<void> {
    for (let from = 0; from < COUNT; from += 1_000) {
      good.publish(RED, ...Array.from({ length: 1_000 }, (_, index) => agentRoute(HOST1, from + index, label)));
    }
    return vi.waitFor(() => expect(good.routes.get(`${RED} ${0x0a000000 + COUNT - 1}/32`)).toEqual([label]), LONG);
  }

  test("is away after some hold times and cut off, with all that waits for it; others are served", async () => {
    await restart({ holdMs: 500 });
    const good = await host1Publishing(1);
    const deaf = connect(host2);
    deaf.hello("host2", "127.0.1.2", true);
    deaf.subscribe(RED, 3);
    await vi.waitFor(() => expect(deaf.routes.size).toBe(1), LONG);
    const lives = setInterval(() => {
      for (const client of [good, deaf]) client.say({ $case: "keepalive", value: {} });
    }, 50);
    try {
      deaf.read(false);
      let label = 16;
      while (statusOf("host2")?.outputFull === false && label < 200) await relabel(good, ++label);
      expect(statusOf("host2")).toMatchObject({ state: "established", outputFull: true });
      await vi.waitFor(() => expect(statusOf("host2")?.state).toBe("stale"), LONG);
      await relabel(good, label + 1);
      expect(statusOf("host1")).toMatchObject({ state: "established", outputFull: false });
      await vi.waitFor(() => expect(deaf.ended).toBeDefined(), LONG);
      console.log(`full after ${label - 16} times ${COUNT} routes`);
    } finally {
      clearInterval(lives);
    }
  });
});
