import type { AgentClient } from "@contrail/control-node/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DEADLINE, type LoopbackPeer, LoopbackWorld, redRoutes } from "./loopback-world.ts";

const ROUTES = 20_000;
/** Rounds in which all routes change, before and after some stop reading; more until their outputs are full. */
const ROUNDS = 8;
const MOST_ROUNDS = 120;
/** Most that waits in a connection: what "full" is, and what was encoded in one go when it got there. */
const MOST_OUTPUT_BYTES = (4 + 1) * 1024 * 1024;
const FIRST_LABEL = 100;
const SLOW = ["stuck", "dripping"] as const;

let world: LoopbackWorld;
let reader: LoopbackPeer;
let feeder: LoopbackPeer;
const slow = new Map<string, LoopbackPeer>();
let agent: AgentClient;
let deaf: AgentClient;
const timers: NodeJS.Timeout[] = [];
let label = FIRST_LABEL;

beforeAll(async () => {
  world = new LoopbackWorld("feeder", "reader", ...SLOW);
  await world.start();
  [feeder, reader] = [await world.join("feeder"), await world.join("reader")];
  for (const name of SLOW) slow.set(name, await world.join(name));
  [agent, deaf] = [await world.agent("host1"), await world.agent("host2")];
  timers.push(
    setInterval(() => {
      for (const client of [agent, deaf]) client.say({ $case: "keepalive", value: {} });
    }, 500),
  );
});

afterAll(async () => {
  for (const timer of timers) clearInterval(timer);
  await world?.close();
});

function agentHasAll(client: AgentClient): boolean {
  let count = 0;
  for (const labels of client.routes.values()) if (labels[0] === label) count++;
  return count === ROUTES;
}

function peerHasAll({ labels }: LoopbackPeer): boolean {
  if (labels.size !== ROUTES) return false;
  for (const each of labels.values()) if (each !== label) return false;
  return true;
}

/** All routes change; milliseconds until the reader and the agent have all of them. */
async function round(): Promise<number> {
  const bytes = redRoutes(ROUTES, ++label);
  const startMs = performance.now();
  feeder.peer.socket.write(bytes);
  await vi.waitFor(() => {
    if (!peerHasAll(reader) || !agentHasAll(agent)) throw new Error(`not all have label ${label}`);
  }, DEADLINE);
  return performance.now() - startMs;
}

async function rounds(count: number): Promise<number> {
  const took: number[] = [];
  for (let done = 0; done < count; done++) took.push(await round());
  return took.sort((a, b) => a - b)[Math.floor(count / 2)] ?? 0;
}

describe("a peer that stops reading, one that reads an octet a second, and an agent that stops reading", () => {
  test("hold what is bounded, and harm no other", async () => {
    await rounds(ROUNDS);
    const beforeMs = await rounds(ROUNDS);
    const beforeBytes = world.node.residentBytes;
    for (const { peer } of slow.values()) peer.socket.pause();
    deaf.read(false);
    timers.push(setInterval(() => slow.get("dripping")?.peer.socket.read(1), 1_000));
    for (let inStep = 2; inStep > 0 && label < FIRST_LABEL + MOST_ROUNDS; ) {
      await round();
      inStep = (await Promise.all(SLOW.map((name) => world.neighbour(name)))).filter((each) => each.inStep).length;
    }
    const afterMs = await rounds(ROUNDS);
    const found = await Promise.all(SLOW.map((name) => world.neighbour(name)));
    const grownMb = (world.node.residentBytes - beforeBytes) / 1024 / 1024;
    console.log(
      `${label - FIRST_LABEL} rounds of ${ROUTES} routes: ${beforeMs.toFixed(0)} ms each before, ${afterMs.toFixed(0)} ms ` +
        `beside them (bar +10 %), growth ${grownMb.toFixed(1)} MB (bar 64 MB a peer), ` +
        found.map(({ name, outputBytes, missed }) => `${name} ${outputBytes} octets and ${missed} names`).join(", "),
    );
    for (const { state, inStep, missed, outputBytes, establishedCount } of found) {
      expect({ state, inStep, establishedCount }).toEqual({ state: "established", inStep: false, establishedCount: 1 });
      expect(missed).toBe(ROUTES);
      expect(outputBytes).toBeLessThanOrEqual(MOST_OUTPUT_BYTES);
    }
    const agents = (await world.node.introspect("agents")) as readonly { name: string; outputFull: boolean }[];
    expect(Object.fromEntries(agents.map(({ name, outputFull }) => [name, outputFull]))).toEqual({
      host1: false,
      host2: true,
    });
    expect(reader.received).toBe((label - FIRST_LABEL) * ROUTES);
  });

  test("come to the present state when they read again, and were spared what was no longer true", async () => {
    for (const { peer } of slow.values()) peer.socket.resume();
    deaf.read(true);
    await vi.waitFor(() => {
      for (const each of slow.values()) if (!peerHasAll(each)) throw new Error("a peer has not all");
      if (!agentHasAll(deaf)) throw new Error("the agent has not all");
    }, DEADLINE);
    const missed = [...slow.values()].map(({ received }) => reader.received - received);
    console.log(`of ${reader.received} routes they were spared ${missed.join(" and ")}`);
    for (const each of missed) expect(each).toBeGreaterThanOrEqual(ROUTES * (ROUNDS - 2));
    const states = await Promise.all(["reader", "feeder", ...SLOW].map((name) => world.neighbour(name)));
    expect(states.map(({ inStep, establishedCount }) => [inStep, establishedCount])).toEqual(
      states.map(() => [true, 1]),
    );
    expect([agent.ended, deaf.ended]).toEqual([undefined, undefined]);
  });
});
