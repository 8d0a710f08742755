import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseInetAddress } from "@contrail/net";
import { withReason } from "@contrail/testkit/embedded";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ConfigLog } from "../config-log.ts";
import { bgpRouters, INSTANCE, redNetwork } from "../config-objects.ts";
import { ControlNodeProcess } from "../control-node-process.ts";
import { LineProcess } from "../line-process.ts";
import type { AgentProcess } from "../peer-world.ts";
import { createLink, cutLink, deafen, ENDS, type EndName, missingForLink, removeLink, slowLink } from "./link.ts";

const missing = missingForLink();
if (missing !== undefined) console.warn(`SKIPPED test/interop/faults/partition: ${missing}`);

const DEADLINE = { timeout: 60_000, interval: 50 };
const HOLD_SECONDS = 3;
const NAMES = ["control1", "control2"] as const;
/** Each node's own agent, which speaks for its address. */
const HOSTS = { control1: "host1", control2: "host2" } as const;
const OWN = { control1: range(1, 20), control2: range(21, 20) } as const;
/** One way is lost for some hold times. */
const DEAF_MS = 3 * HOLD_SECONDS * 1_000;
/** Slower than its news, which take it a hold time and more, with a queue of two seconds. */
const SLOW = { bitsPerSecond: 128_000, queueBytes: 32_000 };
const MANY = range(1_000, 3_000);

const folder = mkdtempSync(join(tmpdir(), "contrail-link-"));
const log = new ConfigLog();
const nodes = new Map<EndName, ControlNodeProcess>();
const agents = new Map<EndName, AgentProcess>();

describe.skipIf(missing !== undefined)(withReason("two control nodes with a link between them", missing), () => {
  beforeAll(async () => {
    createLink();
    const [first, second] = [ENDS.control1.address, ENDS.control2.address];
    await log.start(`unix:${join(folder, "log.sock")}`, [
      ...NAMES.map((name) => ({ role: "control", name, addresses: [ENDS[name].address] }) as const),
      ...NAMES.map((name) => ({ role: "agent", name: HOSTS[name], addresses: [ENDS[name].address] }) as const),
    ]);
    const timers = { hold_time: HOLD_SECONDS };
    // No virtual-router: a node would not say that this is all before it has heard each, and each has one agent here.
    await log.configure(
      ...bgpRouters({ control1: first, control2: second }, 179, { control1: timers, control2: timers }),
      ...redNetwork(),
    );
    for (const name of NAMES) {
      const { address, namespace } = ENDS[name];
      const node = new ControlNodeProcess(folder, log, { name, address, namespace });
      nodes.set(name, node);
      await vi.waitFor(() => node.introspect("status"), DEADLINE);
      agents.set(name, startAgent(name));
    }
    await bothUp(1);
    await same(40);
  });

  afterAll(async () => {
    for (const agent of agents.values()) await agent.stop();
    for (const node of nodes.values()) await node.stop();
    if (missing === undefined) removeLink();
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("serve each its own agent while the link is cut, and have the same routes when it heals, once and for all", async () => {
    const before = withdrawals();
    cutLink(true);
    const downMs = await took(() => bothDown());
    tell("control1", { kind: "publish", vrf: INSTANCE, hosts: [50] });
    tell("control2", { kind: "publish", vrf: INSTANCE, hosts: [60] });
    tell("control2", { kind: "withdraw", vrf: INSTANCE, hosts: OWN.control2.slice(0, 5) });
    // Each hears of its own; what the other had is kept as stale.
    await vi.waitFor(() => {
      expect([routesAt("control1").length, routesAt("control2").length]).toEqual([41, 36]);
    }, DEADLINE);
    cutLink(false);
    const healedMs = await took(() => same(37));
    console.log(
      `down ${downMs} ms after the cut (hold time ${HOLD_SECONDS} s), same routes ${healedMs} ms after it healed (bar 5000)`,
    );
    await bothUp(2);
    expect(withdrawals()).toEqual({ control1: before.control1 + 5, control2: before.control2 + 5 });
  });

  test("flap once at most on a link that is slower than their news, lose nothing, and have the same routes in the end", async () => {
    const before = withdrawals();
    slowLink(SLOW);
    try {
      const [announcing, withdrawing] = [
        await slowly({ kind: "publish", vrf: INSTANCE, hosts: MANY }, 37 + MANY.length, () => {
          expect(withdrawals()).toEqual(before);
        }),
        await slowly({ kind: "withdraw", vrf: INSTANCE, hosts: MANY }, 37, () => {}),
      ];
      console.log(
        `${MANY.length} routes over ${SLOW.bitsPerSecond} bit/s: there ${announcing}, gone again ${withdrawing} ` +
          `(hold time ${HOLD_SECONDS} s, bar 1 flap)`,
      );
    } finally {
      slowLink(undefined);
    }
  });

  test("lose their session once where the link drops everything one way, and have it once more when it heals", async () => {
    const [counts, before] = [await established(), withdrawals()];
    deafen("control2", true);
    const downMs = await took(() => bothDown());
    const untilMs = performance.now() + DEAF_MS;
    while (performance.now() < untilMs) {
      expect(await states()).not.toContain("established");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect([routesAt("control1").length, routesAt("control2").length]).toEqual([37, 37]);
    deafen("control2", false);
    const healedMs = await took(() => bothUp(counts.control1 + 1));
    console.log(`down after ${downMs} ms (hold time ${HOLD_SECONDS} s), up ${healedMs} ms after it healed (bar 5000)`);
    await same(37);
    expect(await established()).toEqual({ control1: counts.control1 + 1, control2: counts.control2 + 1 });
    expect(withdrawals()).toEqual(before);
  });
});

/** Lets the first agent say something that goes over the slow link; what it took. */
async function slowly(command: Parameters<AgentProcess["tell"]>[0], count: number, check: () => void): Promise<string> {
  const counts = await established();
  tell("control1", command);
  const ms = await took(() => same(count));
  check();
  const after = await established();
  const flaps = [after.control1 - counts.control1, after.control2 - counts.control2];
  expect(Math.max(...flaps)).toBeLessThanOrEqual(1);
  return `${ms} ms and ${Math.max(...flaps)} flaps`;
}

function startAgent(name: EndName): AgentProcess {
  const { namespace, address } = ENDS[name];
  const program = fileURLToPath(new URL("../agent-process.ts", import.meta.url));
  const host = String(parseInetAddress(address));
  const agent: AgentProcess = new LineProcess(
    ...([namespace, program, log.directory, HOSTS[name], host, `${address}:5269`] as const),
  );
  agent.tell({ kind: "hello", address });
  agent.tell({ kind: "subscribe", vrf: INSTANCE, instanceId: 3 });
  agent.tell({ kind: "publish", vrf: INSTANCE, hosts: OWN[name] });
  agent.tell({ kind: "end-of-rib" });
  return agent;
}

function tell(name: EndName, command: Parameters<AgentProcess["tell"]>[0]): void {
  agents.get(name)?.tell(command);
}

function routesAt(name: EndName): readonly string[] {
  return Object.keys(agents.get(name)?.lines.at(-1)?.routes ?? {}).sort();
}

function withdrawals(): Record<EndName, number> {
  const of = (name: EndName) => agents.get(name)?.lines.at(-1)?.withdrawn ?? 0;
  return { control1: of("control1"), control2: of("control2") };
}

/** The peer of each node, as it sees it. */
async function neighbours(): Promise<readonly { state: string; establishedCount: number }[]> {
  return Promise.all(
    NAMES.map(async (name) => {
      const page = await nodes.get(name)?.introspect("neighbours");
      const { peers } = page as { peers: readonly { state: string; establishedCount: number }[] };
      return peers[0] ?? { state: "none", establishedCount: 0 };
    }),
  );
}

async function states(): Promise<readonly string[]> {
  return (await neighbours()).map(({ state }) => state);
}

/** How often each node has had its session. */
async function established(): Promise<Record<EndName, number>> {
  const [first, second] = await neighbours();
  return { control1: first?.establishedCount ?? 0, control2: second?.establishedCount ?? 0 };
}

function bothDown(): Promise<void> {
  return vi.waitFor(async () => expect(await states()).not.toContain("established"), DEADLINE);
}

function bothUp(count: number): Promise<void> {
  return vi.waitFor(async () => {
    expect((await neighbours()).map(({ state, establishedCount }) => [state, establishedCount])).toEqual([
      ["established", count],
      ["established", count],
    ]);
  }, DEADLINE);
}

/** Both nodes hold the same best routes, so many, and both agents know as many. */
function same(count: number): Promise<void> {
  return vi.waitFor(async () => {
    const [first, second] = await Promise.all(NAMES.map(bestRoutes));
    expect(first).toHaveLength(count);
    expect(second).toEqual(first);
    expect(routesAt("control1")).toHaveLength(count);
    expect(routesAt("control2")).toEqual(routesAt("control1"));
  }, DEADLINE);
}

async function bestRoutes(name: EndName): Promise<readonly string[]> {
  const page = await nodes.get(name)?.introspect("vpn-routes?limit=10000");
  const routes = page as readonly {
    readonly distinguisher: string;
    readonly prefix: string;
    readonly paths: readonly { readonly best: boolean; readonly nextHop: string; readonly label: number }[];
  }[];
  return routes
    .map(({ distinguisher, prefix, paths }) => {
      const best = paths.find((path) => path.best);
      return `${distinguisher} ${prefix} ${best?.nextHop} ${best?.label}`;
    })
    .sort();
}

async function took(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return Math.round(performance.now() - startMs);
}

/** So many numbers from the first on. */
function range(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
