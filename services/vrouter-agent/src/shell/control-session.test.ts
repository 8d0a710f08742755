import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@contrail/observability";
import { createAuthority, type Identity, issue } from "@contrail/pki";
import { systemClock } from "@contrail/runtime";
import { MODEL_VERSION } from "@contrail/schema";
import { agentWire, toWireObject } from "@contrail/wire";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { acl, HOST, machine, network, port, rule, SETTINGS } from "../core/agent-world.model.ts";
import { ScriptedControlNode } from "../testing/scripted-control-node.ts";
import { TableDataPlane } from "../testing/table-data-plane.ts";
import { Agent } from "./agent.ts";
import { ControlSessions } from "./control-sessions.ts";
import { StateFiles } from "./state-files.ts";

const DEADLINE = { timeout: 20_000, interval: 5 };
const INSTANCE = "default-domain:tenant:vn0:vn0";
const GIVER_WAIT_MS = 2_000;

let directory: string;
let identity: Identity;
let control: Identity;
let nodes: readonly [ScriptedControlNode, ScriptedControlNode];
let dataPlane: TableDataPlane;
let agent: Agent;
let sessions: ControlSessions;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-sessions-"));
  await createAuthority(directory);
  identity = await issue(directory, { role: "agent", name: "host1", addresses: [] });
  control = await issue(directory, { role: "control", name: "control1", addresses: [] });
});

afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(async () => {
  nodes = [new ScriptedControlNode("control1"), new ScriptedControlNode("control2")];
  for (const node of nodes) await node.start(control);
  dataPlane = new TableDataPlane();
  const [clock, logger] = [systemClock, silentLogger];
  const files = new StateFiles(mkdtempSync(join(directory, "state-")), logger, () => 0);
  agent = new Agent({ settings: SETTINGS, dataPlane, files, clock, logger });
  const common = { agentName: "host1", hostAddress: HOST, version: "test", identity, clock, logger, random: () => 0 };
  sessions = new ControlSessions(
    nodes.map(({ address }) => ({ ...common, address })),
    agent,
    clock,
    GIVER_WAIT_MS,
  );
  sessions.start();
  await vi.waitFor(
    () => expect(sessions.status().map(({ state }) => state)).toEqual(["established", "established"]),
    DEADLINE,
  );
});

afterEach(() => {
  sessions.close();
  agent.close();
  for (const node of nodes) node.stop();
});

/** The node that is asked for the configuration now, and the other one. */
async function giver(): Promise<readonly [ScriptedControlNode, ScriptedControlNode]> {
  await vi.waitFor(() => expect(sessions.status().some(({ givesConfig }) => givesConfig)).toBe(true), DEADLINE);
  return sessions.status()[0]?.givesConfig === true ? nodes : [nodes[1], nodes[0]];
}

/** The agent with a machine in network 0 and its configuration from the first node given back. */
async function configured() {
  const [first, second] = await giver();
  agent.addPort(port(0));
  first.configure(...network(0), ...machine(0, 0));
  first.endOfConfig();
  await vi.waitFor(() => expect(dataPlane.rowsOf("interface")).toHaveLength(1), DEADLINE);
  return [first, second] as const;
}

function route(last: number, label: number, address = 0xac1e0202) {
  return {
    prefix: { prefix: { $case: "inet" as const, value: { address: 0x0a000000 + last, length: 32 } } },
    nextHops: [
      {
        nextHop: { address, label, encapsulations: [13], tagIds: [], localSequence: 0 },
        securityGroupIds: [],
        originVirtualNetworkId: 1,
      },
    ],
    localPreference: 100,
    sequence: 0,
    sticky: false,
    communities: [],
    etreeLeaf: false,
    assistedReplication: agentWire.AssistedReplication.ASSISTED_REPLICATION_UNSPECIFIED,
  };
}

const remote = () =>
  dataPlane
    .rowsOf("route")
    .filter(({ label }) => label > 0)
    .map(({ prefix }) => prefix.address & 255);

describe("what the agent says", () => {
  test("Hello first, then its machines, and of active ports instances before their routes, to both nodes", async () => {
    await configured();
    for (const node of nodes) {
      await vi.waitFor(() => expect(node.of("endOfRib")).toHaveLength(1), DEADLINE);
      const said = node.heard
        .map(({ message }) => message?.$case)
        .filter((kind) => kind !== "keepalive" && kind !== "acknowledge" && kind !== "wantConfig");
      expect(said).toEqual(["hello", "vmSubscribe", "vrfSubscribe", "routePublish", "endOfRib"]);
      expect(node.of("routePublish")).toMatchObject([
        { vrf: INSTANCE, routes: [{ nextHop: { address: HOST, label: 16, encapsulations: [13] } }] },
      ]);
    }
  });

  test("no end of its routes before it knows its configuration", async () => {
    const [first] = await giver();
    agent.addPort(port(0));
    first.configure(...network(0), ...machine(0, 0));
    await vi.waitFor(() => expect(first.of("routePublish")).toHaveLength(1), DEADLINE);
    expect(first.of("endOfRib")).toEqual([]);
    expect(dataPlane.rows.size).toBe(0);
  });

  test("an acknowledgement when the data plane decides by it, and not while it refuses", async () => {
    const [first] = await configured();
    await vi.waitFor(() => expect(first.of("acknowledge").at(-1)).toEqual({ sequence: 2n }), DEADLINE);
    dataPlane.failures = 1;
    first.say({ $case: "routeUpdate", value: { vrf: INSTANCE, reach: [route(9, 40)], unreach: [] } });
    await vi.waitFor(() => expect(dataPlane.failures).toBe(0), DEADLINE);
    expect(first.of("acknowledge").at(-1)).toEqual({ sequence: 2n });
    await vi.waitFor(() => expect(first.of("acknowledge").at(-1)).toEqual({ sequence: 3n }), DEADLINE);
    expect(remote()).toEqual([9]);
  });
});

describe("life signs", () => {
  test("a node that falls silent for its hold time is left and tried again; its routes stay in use", async () => {
    const [first, second] = await configured();
    first.say({ $case: "routeUpdate", value: { vrf: INSTANCE, reach: [route(9, 40)], unreach: [] } });
    await vi.waitFor(() => expect(remote()).toEqual([9]), DEADLINE);
    first.holdMs = 300;
    first.welcome();
    await vi.waitFor(() => expect(first.sessions).toBeGreaterThanOrEqual(2), DEADLINE);
    expect([remote(), second.sessions]).toEqual([[9], 1]);
  });

  test("an agent with nothing to say sends keepalives", async () => {
    const [first] = await giver();
    const before = first.of("keepalive").length;
    await vi.waitFor(() => expect(first.of("keepalive").length).toBeGreaterThan(before + 2), DEADLINE);
  });
});

describe("the node that gives the configuration", () => {
  test("is another one when it does not come to the end of it", async () => {
    const [silent, other] = await giver();
    silent.configure(...network(0));
    await vi.waitFor(() => expect(other.of("wantConfig")).toEqual([{ wanted: true }]), DEADLINE);
    expect(silent.of("wantConfig")).toEqual([{ wanted: true }, { wanted: false }]);
    agent.addPort(port(0));
    other.configure(...network(0), ...machine(0, 0));
    other.endOfConfig();
    await vi.waitFor(() => expect(dataPlane.rowsOf("interface")).toHaveLength(1), DEADLINE);
  });

  test("stays the same once it has, and what only the other one says is not believed", async () => {
    const [first, second] = await configured();
    second.configure(acl("a", "virtual-network", "vn0", "acl", [rule()]));
    second.endOfConfig();
    second.say({ $case: "routeUpdate", value: { vrf: INSTANCE, reach: [route(9, 40)], unreach: [] } });
    await vi.waitFor(() => expect(remote()).toEqual([9]), DEADLINE);
    expect([dataPlane.rowsOf("acl"), second.of("wantConfig"), first.of("wantConfig")]).toEqual([
      [],
      [],
      [{ wanted: true }],
    ]);
  });

  test("that comes new takes away what it does not name", async () => {
    const [first, second] = await configured();
    first.configure(acl("a", "virtual-network", "vn0", "acl", [rule()]));
    await vi.waitFor(() => expect(dataPlane.rowsOf("acl")).toHaveLength(1), DEADLINE);
    first.stop();
    await vi.waitFor(() => expect(second.of("wantConfig")).toEqual([{ wanted: true }]), DEADLINE);
    second.configure(...network(0), ...machine(0, 0));
    expect(dataPlane.rowsOf("acl")).toHaveLength(1);
    second.endOfConfig();
    await vi.waitFor(() => expect(dataPlane.rowsOf("acl")).toEqual([]), DEADLINE);
    expect(dataPlane.rowsOf("interface")).toHaveLength(1);
  });
});

describe("control nodes of other versions:", () => {
  test("what only a newer one says, in objects and messages, is passed over, and the rest is taken", async () => {
    const [first] = await giver();
    const [network0 = acl("", "", "", "", []), ...others] = network(0);
    agent.addPort(port(0));
    first.configure(
      { ...network0, type: "new-thing", uuid: "thing", fqName: ["thing"] },
      { ...network0, properties: { ...network0.properties, mtu_v6: 9_000, provider: { kind: "new" } } },
      ...others,
      ...machine(0, 0),
    );
    first.endOfConfig();
    await vi.waitFor(() => expect(dataPlane.rowsOf("interface")).toHaveLength(1), DEADLINE);
    // Field 99 of a message with sequence 3: nothing that this version knows.
    first.sendBytes(Uint8Array.of(0x08, 0x03, 0x9a, 0x06, 0x01, 0x78));
    await vi.waitFor(() => expect(first.of("acknowledge").at(-1)).toEqual({ sequence: 3n }), DEADLINE);
    expect(first.sessions).toBe(1);
  });

  test("routes of IPv6 and EVPN are not asked for, and passed over where a node sends them beside those of IPv4", async () => {
    const [first] = await configured();
    expect(first.of("hello")).toMatchObject([{ families: [] }]);
    const octets = Buffer.alloc(16, 0xfd);
    const macIp = { ethernetTag: 0, mac: 0x020000000001n, ip: Buffer.of(10, 0, 0, 7) };
    const others: agentWire.Prefix[] = [
      { prefix: { $case: "inet6", value: { address: octets, length: 128 } } },
      { prefix: { $case: "evpn", value: { route: { $case: "macIp", value: macIp } } } },
      { prefix: undefined },
    ];
    const reach = [...others.map((prefix) => ({ ...route(7, 40), prefix })), route(9, 40)];
    first.say({ $case: "routeUpdate", value: { vrf: INSTANCE, reach, unreach: [] } });
    await vi.waitFor(() => expect(remote()).toEqual([9]), DEADLINE);
    first.say({ $case: "routeUpdate", value: { vrf: INSTANCE, reach: [route(10, 41)], unreach: others } });
    await vi.waitFor(() => expect(remote()).toEqual([9, 10]), DEADLINE);
    expect([first.sessions, [...agent.routes.routes(INSTANCE)].length]).toEqual([1, 2]);
  });

  test("a newer minor is worked with; of another major nothing is taken, and the routes of before stay", async () => {
    const [first, second] = await configured();
    expect(first.of("hello")).toMatchObject([{ model: MODEL_VERSION }]);
    first.model = { ...MODEL_VERSION, minor: 99 };
    first.welcome();
    first.say({ $case: "routeUpdate", value: { vrf: INSTANCE, reach: [route(9, 40)], unreach: [] } });
    await vi.waitFor(() => expect(remote()).toEqual([9]), DEADLINE);
    first.model = { major: MODEL_VERSION.major + 1, minor: 0, hash: "" };
    first.welcome();
    await vi.waitFor(() => expect(first.sessions).toBeGreaterThanOrEqual(3), DEADLINE);
    const index = nodes.indexOf(first);
    expect(sessions.status()[index]).toMatchObject({ state: "connecting", refusal: expect.stringMatching(/ 2\.0 /) });
    first.configure(...network(1));
    first.endOfConfig();
    await vi.waitFor(() => expect(second.of("wantConfig")).toEqual([{ wanted: true }]), DEADLINE);
    expect([remote(), dataPlane.rowsOf("interface").length]).toEqual([[9], 1]);
  });
});

describe("no message ends the agent:", () => {
  test("an ACL that cannot be read denies; the others are taken", async () => {
    const [first] = await configured();
    const policy = network(0, { policy: true }).map((each) => ({ ...each, revision: 2n }));
    first.configure(...policy, acl("a", "virtual-network", "vn0", "acl", [rule()]));
    await vi.waitFor(() => expect(dataPlane.rowsOf("acl")[0]?.rules).toHaveLength(1), DEADLINE);
    const broken = {
      ...toWireObject(acl("a", "virtual-network", "vn0", "acl", [])),
      revision: 2n,
      properties: Buffer.from("{"),
    };
    first.say({ $case: "configUpdate", value: { upsert: [broken], remove: [] } });
    await vi.waitFor(() => expect(dataPlane.rowsOf("acl")[0]?.rules).toEqual([]), DEADLINE);
    expect(sessions.status().map(({ state }) => state)).toEqual(["established", "established"]);
  });

  test("routes with labels or addresses that are none are left out, the others taken", async () => {
    const [first] = await configured();
    const reach = [route(8, 3), route(9, 40), route(10, 1 << 20), route(11, 40, 0), { ...route(12, 40), nextHops: [] }];
    first.say({ $case: "routeUpdate", value: { vrf: INSTANCE, reach, unreach: [] } });
    await vi.waitFor(() => expect(remote()).toEqual([9]), DEADLINE);
  });

  test("octets made up and mutated end at most their session, and it comes again", async () => {
    const [first, second] = await configured();
    const whole = agentWire.ControlMessage.encode({
      sequence: 9n,
      message: {
        $case: "configUpdate",
        value: { upsert: [...network(0), ...machine(0, 0)].map(toWireObject), remove: [] },
      },
    }).finish();
    const mutated = fc
      .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 })
      .map((changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    for (const bytes of fc.sample(fc.oneof(mutated, fc.uint8Array({ maxLength: 40 })), { numRuns: 150, seed: 4 })) {
      first.sendBytes(bytes);
      await vi.waitFor(
        () => expect(sessions.status().map(({ state }) => state)).toEqual(["established", "established"]),
        DEADLINE,
      );
    }
    // What was made up is gone once another node has given everything.
    first.stop();
    const givers = () => sessions.status().filter(({ givesConfig }) => givesConfig);
    await vi.waitFor(() => expect(givers()).toMatchObject([{ address: second.address }]), DEADLINE);
    second.configure(...[...network(0), ...machine(0, 0)].map((each) => ({ ...each, revision: 1n << 62n })));
    second.endOfConfig();
    second.say({ $case: "routeUpdate", value: { vrf: INSTANCE, reach: [route(9, 40)], unreach: [] } });
    await vi.waitFor(() => expect([dataPlane.rowsOf("interface").length, remote()]).toEqual([1, [9]]), DEADLINE);
  });
});
