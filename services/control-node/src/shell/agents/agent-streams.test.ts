import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGraph } from "@contrail/graph";
import { silentLogger } from "@contrail/observability";
import { createAuthority, type Identity, issue } from "@contrail/pki";
import { Rib } from "@contrail/rib";
import { CLIENT_OPTIONS, channelCredentials, type RpcServer } from "@contrail/rpc";
import { systemClock } from "@contrail/runtime";
import { agentWire } from "@contrail/wire";
import { Client, type ClientDuplexStream } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RibDriver } from "../rib-driver.ts";
import { AgentServer } from "./agent-server.ts";

const DEADLINE = { timeout: 20_000, interval: 20 };
const CROWD = 1_000;
const FOREVER_MS = 600_000;
const SESSION = agentWire.AgentServiceService.session;

type Stream = ClientDuplexStream<agentWire.AgentMessage, agentWire.ControlMessage>;

let directory: string;
let rib: Rib;
let agents: AgentServer;
let server: RpcServer;
const clients: Client[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-agent-streams-"));
  await createAuthority(directory);
  await start();
});

afterEach(() => {
  stop();
  rmSync(directory, { recursive: true });
});

async function start(maxAgents?: number): Promise<void> {
  rib = new Rib({ autonomousSystem: 64_512, routerId: 1 });
  agents = new AgentServer({
    nodeName: "control1",
    autonomousSystem: 64_512,
    graph: createGraph(),
    driver: new RibDriver(rib, systemClock),
    clock: systemClock,
    logger: silentLogger,
    keepaliveMs: 100,
    holdMs: FOREVER_MS,
    gracefulRestartMs: FOREVER_MS,
    onEndOfRib: () => {},
    maxAgents,
  });
  const control = await issue(directory, { role: "control", name: "control1", addresses: ["127.0.0.1"] });
  server = await agents.listen(control, "127.0.0.1:0");
}

function stop(): void {
  for (const client of clients.splice(0)) client.close();
  agents.close();
  server.close();
}

/** A connection of a host, which can have many sessions. */
async function hostNumber(last: number): Promise<Client> {
  const address = `127.0.1.${last}`;
  const identity: Identity = await issue(directory, { role: "agent", name: `host${last}`, addresses: [address] });
  const credentials = channelCredentials(identity, { role: "control" });
  const client = new Client(`127.0.0.1:${server.port}`, credentials, CLIENT_OPTIONS);
  clients.push(client);
  return client;
}

/** A session, and how it ended, or that it was welcome. */
class Session {
  readonly #stream: Stream;
  welcome = false;
  ended: string | undefined;

  constructor(client: Client) {
    this.#stream = client.makeBidiStreamRequest(SESSION.path, SESSION.requestSerialize, SESSION.responseDeserialize);
    this.#stream.on("data", ({ message }: agentWire.ControlMessage) => {
      if (message?.$case === "welcome") this.welcome = true;
    });
    this.#stream.on("error", () => {});
    this.#stream.on("status", ({ details }) => {
      this.ended = details;
    });
  }

  hello(last: number): void {
    const host = { agentName: `host${last}`, hostAddress: `127.0.1.${last}` };
    const value = { ...host, version: "test", forwardingPreserved: true, model: undefined, families: [] };
    this.#stream.write({ message: { $case: "hello", value } });
  }

  get state(): string {
    return this.ended ?? (this.welcome ? "welcome" : "waiting");
  }
}

/** So many sessions of one agent, on one connection. */
function open(client: Client, count: number): readonly Session[] {
  return Array.from({ length: count }, () => new Session(client));
}

function living(sessions: readonly Session[]): readonly Session[] {
  return sessions.filter(({ ended }) => ended === undefined);
}

describe("of a thousand sessions of one agent", () => {
  test("that say no Hello the newest is left waiting, and its session that serves goes on", async () => {
    const client = await hostNumber(1);
    const serving = new Session(client);
    serving.hello(1);
    await vi.waitFor(() => expect(serving.state).toBe("welcome"), DEADLINE);
    const crowd = open(client, CROWD);
    await vi.waitFor(() => expect(living(crowd)).toHaveLength(1), DEADLINE);
    expect([serving.state, agents.status().map(({ state }) => state)]).toEqual(["welcome", ["established"]]);
    // Another one is served beside, and the agent itself may come anew.
    const other = new Session(await hostNumber(2));
    other.hello(2);
    await vi.waitFor(() => expect(other.state).toBe("welcome"), DEADLINE);
    living(crowd)[0]?.hello(1);
    await vi.waitFor(
      () => expect([living(crowd)[0]?.state, serving.ended !== undefined]).toEqual(["welcome", true]),
      DEADLINE,
    );
  });

  test("that all say Hello the newest is served, however little the others read", async () => {
    const client = await hostNumber(1);
    const crowd = open(client, CROWD);
    for (const session of crowd) session.hello(1);
    await vi.waitFor(() => expect(living(crowd).map(({ state }) => state)).toEqual(["welcome"]), DEADLINE);
    expect(agents.status()).toMatchObject([{ name: "host1", state: "established" }]);
    await vi.waitFor(() => expect(agents.streams).toBe(1), DEADLINE);
  });
});

describe("of more agents than a node may have", () => {
  test("those that are known are served, also anew, the others are told so", async () => {
    stop();
    await start(2);
    const [first, second, third] = [await hostNumber(1), await hostNumber(2), await hostNumber(3)];
    const sessions = [first, second].map((client, index) => {
      const session = new Session(client);
      session.hello(index + 1);
      return session;
    });
    await vi.waitFor(() => expect(sessions.map(({ state }) => state)).toEqual(["welcome", "welcome"]), DEADLINE);
    const refused = new Session(third);
    refused.hello(3);
    await vi.waitFor(() => expect(refused.ended).toContain("2 agents"), DEADLINE);
    const again = new Session(first);
    again.hello(1);
    await vi.waitFor(() => expect([again.state, sessions[0]?.ended]).toEqual(["welcome", expect.anything()]), DEADLINE);
    expect(sessions[1]?.state).toBe("welcome");
  });
});
