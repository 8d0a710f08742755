import { connect, type Socket } from "node:net";
import type { AgentClient } from "@contrail/control-node/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { AGENTS, DEADLINE, type LoopbackPeer, LoopbackWorld, redRoutes } from "./loopback-world.ts";

const CROWD = 1_000;
/** Sessions of one agent: each takes both sides a handshake. */
const SESSIONS = 40;
const ROUTES = 1_000;

let world: LoopbackWorld;
let feeder: LoopbackPeer;
let reader: LoopbackPeer;
let agent: AgentClient;
let label = 100;
const sockets: Socket[] = [];
const timers: NodeJS.Timeout[] = [];

beforeAll(async () => {
  world = new LoopbackWorld("feeder", "reader");
  await world.start();
  [feeder, reader] = [await world.join("feeder"), await world.join("reader")];
  agent = await world.agent("host1");
  timers.push(setInterval(() => agent.say({ $case: "keepalive", value: {} }), 500));
});

afterAll(async () => {
  for (const timer of timers) clearInterval(timer);
  for (const socket of sockets) socket.destroy();
  await world?.close();
});

/** A change of all routes reaches a peer and an agent; milliseconds that it took. */
async function served(): Promise<number> {
  const bytes = redRoutes(ROUTES, ++label);
  const startMs = performance.now();
  feeder.peer.socket.write(bytes);
  await vi.waitFor(() => {
    expect([...reader.labels.values()].filter((each) => each === label)).toHaveLength(ROUTES);
    expect([...agent.routes.values()].filter(([first]) => first === label)).toHaveLength(ROUTES);
  }, DEADLINE);
  return performance.now() - startMs;
}

/** What a crowd costs the node, and those whom it serves. */
async function withCrowd(what: string, crowd: () => Promise<void>): Promise<void> {
  const beforeMs = await served();
  const beforeBytes = world.node.residentBytes;
  await crowd();
  const duringMs = await served();
  const grownMb = (world.node.residentBytes - beforeBytes) / 1024 / 1024;
  console.log(
    `${what}: a change took ${beforeMs.toFixed(0)} ms before, ${duringMs.toFixed(0)} ms beside it; ` +
      `growth ${grownMb.toFixed(1)} MB (bar 64 MB)`,
  );
  const states = await Promise.all(["feeder", "reader"].map((name) => world.neighbour(name)));
  expect(states.map(({ state, establishedCount }) => [state, establishedCount])).toEqual([
    ["established", 1],
    ["established", 1],
  ]);
  expect([agent.ended, world.node.running]).toEqual([undefined, true]);
}

async function connectAll(octets: Uint8Array): Promise<void> {
  const made = Array.from({ length: CROWD }, () => {
    const socket = connect({ ...AGENTS, localAddress: "127.0.87.9" });
    sockets.push(socket);
    socket.on("error", () => {});
    let sent = 0;
    timers.push(
      setInterval(() => {
        if (!socket.destroyed && sent < octets.length) socket.write(octets.subarray(sent, ++sent));
      }, 1_000),
    );
    return new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  });
  await Promise.all(made);
}

describe("the agents' port", () => {
  test("serves its agents beside a thousand connections that say nothing", () =>
    withCrowd(`${CROWD} silent connections`, () => connectAll(new Uint8Array(0))));

  test("and beside a thousand that begin a handshake at an octet a second", () =>
    // The head of a TLS record with a ClientHello of 512 octets (RFC 8446 section 5.1).
    withCrowd(`${CROWD} dripping connections`, () =>
      connectAll(Uint8Array.from([22, 3, 1, 2, 0, 1, ...new Array(507).fill(0)])),
    ));

  test("holds one session of an agent, however many it opens without reading", () =>
    withCrowd(`${SESSIONS} sessions of one agent`, async () => {
      const opened: AgentClient[] = [];
      for (let count = 0; count < SESSIONS; count++) {
        const client = await world.agent("host2");
        client.read(false);
        opened.push(client);
      }
      const ended = () => opened.filter((client) => client.ended !== undefined);
      for (const client of opened) client.read(true);
      await vi.waitFor(() => expect(ended()).toHaveLength(SESSIONS - 1), DEADLINE);
      expect(opened.at(-1)?.ended).toBeUndefined();
      const agents = (await world.node.introspect("agents")) as readonly { name: string; state: string }[];
      expect(agents.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
        "host1 established",
        "host2 established",
      ]);
    }));
});
