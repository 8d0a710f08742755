import { agentRoute } from "@contrail/control-node/testing";
import { parseInetAddress } from "@contrail/net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { INSTANCE, redMachine, redNetwork, redPort } from "../config-objects.ts";
import type { ControlNodeProcess } from "../control-node-process.ts";
import { BULK, type ControlName, ControlPlane, type Host, type HostName } from "../control-plane.ts";

const DEADLINE = { timeout: 90_000, interval: 20 };
const BOTH = ["control1", "control2"] as const;
const MACHINES = { host1: [11], host2: [12, 13] } as const;
/** Routes of another host, which one control node has to learn from the other. */
const BULK_ROUTES = 10_000;
const FIRST_BULK = 1_000;
/** The machine that goes, by the last octet of its address. */
const GONE = 200;
const FLAPS = 6;
/** Up and down again at one hertz. */
const HALF_PERIOD_MS = 500;

let plane: ControlPlane;
const hosts = new Map<HostName, Host>();
/** Rows that a data plane was told to remove, after the world was made. */
let removed: Record<HostName, ReturnType<typeof vi.spyOn>>;

beforeAll(async () => {
  plane = new ControlPlane();
  await plane.start();
  await plane.log.configure(...redNetwork(), ...[11, 12, 13, 14, 15].flatMap(redMachine));
  await Promise.all(BOTH.map((name) => plane.startProcess(name)));
  for (const name of ["host1", "host2"] as const) {
    const host = plane.startHost(name);
    for (const machine of MACHINES[name]) host.agent.addPort(redPort(machine));
    hosts.set(name, host);
  }
  await inSync();
  await vi.waitFor(() => expect([own("host1"), own("host2")]).toEqual([[12, 13], [11]]), DEADLINE);
  const { host1, host2 } = plane.dataPlanes;
  removed = { host1: vi.spyOn(host1.rows, "delete"), host2: vi.spyOn(host2.rows, "delete") };
});

afterAll(() => plane?.close());

/** Machines of the other host that a host has a tunnel to. */
function own(name: HostName): readonly number[] {
  return plane.tunnelled(name).filter((address) => address < FIRST_BULK);
}

function statesAt(name: HostName): readonly string[] {
  return (hosts.get(name)?.sessions.status() ?? []).map(({ state }) => state);
}

/** Both hosts have both control nodes, and have been told by each that this was all. */
function inSync(): Promise<void> {
  return vi.waitFor(async () => {
    for (const name of ["host1", "host2"] as const) {
      expect(statesAt(name)).toEqual(["established", "established"]);
      expect(hosts.get(name)?.agent.swept).toBe(true);
    }
    expect(await Promise.all(BOTH.map((node) => plane.hasHeardAll(node)))).toEqual([true, true]);
  }, DEADLINE);
}

/** VPN routes that a node has of its peer. */
async function learnt(node: ControlNodeProcess): Promise<number | undefined> {
  const { output } = (await node.introspect("neighbours")) as {
    readonly output: readonly { readonly received: Readonly<Record<string, number>> }[];
  };
  return output[0]?.received["inet-vpn"];
}

function nothingRemoved(): void {
  expect([removed.host1, removed.host2].map(({ mock }) => mock.calls)).toEqual([[], []]);
}

async function took(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return Math.round(performance.now() - startMs);
}

async function kill(...names: readonly ControlName[]): Promise<void> {
  await Promise.all(names.map((name) => plane.killNode(name)));
}

describe("a control node that goes up and down once a second", () => {
  test("costs no route, and no agent its configuration", async () => {
    await kill("control1");
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    let ups = 0;
    for (let flap = 0; flap < FLAPS; flap++) {
      await plane.startNode("control1");
      const untilMs = performance.now() + HALF_PERIOD_MS;
      while (performance.now() < untilMs) {
        if (statesAt("host1")[0] === "established") ups++;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await plane.stopNode("control1");
      await new Promise((resolve) => setTimeout(resolve, HALF_PERIOD_MS));
      expect(hosts.get("host1")?.sessions.status()[1]).toMatchObject({ state: "established", givesConfig: true });
    }
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (performance.now() - startMs) / 1_000;
    console.log(
      `${FLAPS} flaps in ${seconds.toFixed(1)} s: two agents and the flapping node took ` +
        `${((user + system) / 1e6 / seconds).toFixed(2)} cores (bar 1 an agent); the node was seen up ${ups} times of ` +
        `${(FLAPS * HALF_PERIOD_MS) / 20}`,
    );
    expect([own("host1"), own("host2")]).toEqual([[12, 13], [11]]);
    nothingRemoved();
    await plane.startProcess("control1");
    await inSync();
    nothingRemoved();
  });
});

describe("control nodes that are killed", () => {
  test("both: agents keep every row, and none is removed when both are back", async () => {
    await kill(...BOTH);
    await vi.waitFor(() => {
      expect([statesAt("host1"), statesAt("host2")].flat()).toEqual(new Array(4).fill("connecting"));
    }, DEADLINE);
    const before = [new Map(plane.dataPlanes.host1.rows), new Map(plane.dataPlanes.host2.rows)];
    await Promise.all(BOTH.map((name) => plane.startProcess(name)));
    console.log(`agents in sync ${await took(inSync)} ms after both nodes had started`);
    expect([plane.dataPlanes.host1.rows, plane.dataPlanes.host2.rows]).toEqual(before);
    nothingRemoved();
    hosts.get("host2")?.agent.addPort(redPort(14));
    await vi.waitFor(() => expect(own("host1")).toEqual([12, 13, 14]), DEADLINE);
    nothingRemoved();
  });

  test("one: agents lose no route and use the other one, and the new one learns all that it knows", async () => {
    const bulk = plane.bulkAgent("control2");
    const alive = setInterval(() => bulk.say({ $case: "keepalive", value: {} }), 200);
    try {
      bulk.subscribe(INSTANCE, 9);
      const host = parseInetAddress(BULK.address) ?? 0;
      for (let first = FIRST_BULK; first < FIRST_BULK + BULK_ROUTES; first += 1_000)
        bulk.publish(INSTANCE, ...Array.from({ length: 1_000 }, (_, index) => agentRoute(host, first + index)));
      bulk.endOfRib();
      await vi.waitFor(() => expect(plane.tunnelled("host1")).toHaveLength(BULK_ROUTES + 3), DEADLINE);
      await kill("control1");
      await vi.waitFor(() => {
        const status = hosts.get("host1")?.sessions.status() ?? [];
        expect(status).toMatchObject([{ state: "connecting" }, { state: "established", givesConfig: true }]);
      }, DEADLINE);
      hosts.get("host2")?.agent.addPort(redPort(15));
      await vi.waitFor(() => expect(own("host1")).toEqual([12, 13, 14, 15]), DEADLINE);
      const node = await plane.startProcess("control1");
      const learntMs = await took(() => vi.waitFor(async () => expect(await learnt(node)).toBe(BULK_ROUTES), DEADLINE));
      const syncMs = await took(inSync);
      console.log(
        `${BULK_ROUTES} routes learnt ${learntMs} ms after the start (bar 5000), agents in sync ${syncMs} ms later; the ` +
          `node has had ${node.processorMs} ms of the processor, its start included`,
      );
      // Its agents' own are there too.
      expect(await node.introspect("status")).toMatchObject({ synchronized: true, vpnRoutes: BULK_ROUTES + 5 });
      expect(plane.tunnelled("host1")).toHaveLength(BULK_ROUTES + 4);
      nothingRemoved();
    } finally {
      clearInterval(alive);
      bulk.close();
    }
  });
});

describe("a machine that goes while a control node is dead", () => {
  test("is gone at other hosts at once: what the dead node had told of it is not kept for its restart time", async () => {
    const route = agentRoute(parseInetAddress(BULK.address) ?? 0, GONE);
    const bulks = BOTH.map((name) => plane.bulkAgent(name));
    const alive = setInterval(() => {
      for (const bulk of bulks) bulk.say({ $case: "keepalive", value: {} });
    }, 200);
    try {
      for (const bulk of bulks) {
        bulk.subscribe(INSTANCE, 9);
        bulk.publish(INSTANCE, route);
        bulk.endOfRib();
      }
      await vi.waitFor(async () => {
        const page = await plane.page("control2", `vpn-routes?prefix=10.0.0.${GONE}`);
        const paths = [{ source: `agent ${BULK.name}` }, { source: expect.stringContaining("control1") }];
        expect(page).toMatchObject([{ paths }]);
        expect(plane.tunnelled("host1")).toContain(GONE);
      }, DEADLINE);
      await kill("control1");
      await vi.waitFor(() => expect(statesAt("host1")).toEqual(["connecting", "established"]), DEADLINE);
      const prefixes = route.prefix === undefined ? [] : [route.prefix];
      bulks[1]?.say({ $case: "routeWithdraw", value: { vrf: INSTANCE, prefixes } });
      await vi.waitFor(async () => {
        expect(await plane.page("control2", `vpn-routes?prefix=10.0.0.${GONE}`)).toEqual([]);
        expect(plane.tunnelled("host1")).not.toContain(GONE);
        const status = await plane.page("control2", "neighbours");
        expect(status).toMatchObject({ peers: [{ state: expect.not.stringContaining("established") }] });
      }, DEADLINE);
    } finally {
      clearInterval(alive);
      for (const bulk of bulks) bulk.close();
    }
  });
});
