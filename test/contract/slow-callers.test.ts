import { Agent, request } from "node:http";
import { createConnection, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";

/** Descriptors that the node may have. */
const DESCRIPTORS = 256;
const SLOW = 500;
const CALLS = 120;
/** Between two bytes of a slow caller. */
const TRICKLE_MS = 100;
/** How long a caller without a connection knocks: of a full house a place is free once a second, and others knock too. */
const KNOCKING_MS = 20_000;

let node: ConfigNodeProcess;

beforeAll(async () => {
  const limited = () => ["sh", "-c", `ulimit -n ${DESCRIPTORS}; exec "$@"`, "sh"];
  node = new ConfigNodeProcess([], limited);
  await node.run();
});

afterAll(() => node?.stop());

/** Callers that send a byte of their headers now and then, and come again when they are cut off. */
class SlowCallers {
  readonly #sockets = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;
  #isOver = false;
  cutOff = 0;

  constructor(port: number, count: number) {
    for (let index = 0; index < count; index++) this.#come(port);
    this.#timer = setInterval(() => {
      for (const socket of this.#sockets) socket.write("x");
    }, TRICKLE_MS);
  }

  end(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #come(port: number): void {
    const socket = createConnection({ host: "127.0.0.1", port });
    this.#sockets.add(socket);
    socket.on("error", () => undefined); // Cut off: "close" follows.
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.cutOff++;
      if (!this.#isOver) setTimeout(() => this.#come(port), TRICKLE_MS).unref();
    });
    socket.write("GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ");
  }
}

/** Status of a call; undefined: there was no connection for it. */
function call(port: number, path: string, agent: Agent | false): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path, agent }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode));
    });
    asked.on("error", () => resolve(undefined));
    asked.end();
  });
}

interface Served {
  readonly statuses: readonly (number | undefined)[];
  readonly p99Ms: number;
}

async function measured(count: number, once: () => Promise<number | undefined>): Promise<Served> {
  const statuses: (number | undefined)[] = [];
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const begunMs = performance.now();
    statuses.push(await once());
    times.push(performance.now() - begunMs);
  }
  times.sort((a, b) => a - b);
  return { statuses, p99Ms: times[Math.floor(times.length * 0.99)] ?? 0 };
}

test(`${SLOW} slow callers on ${DESCRIPTORS} descriptors: others are served, old connections and new, and so is introspect`, async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const kept = () => call(node.port, "/virtual-networks?count=True", agent);
  let knocks = 0;
  /** As a client that comes anew does: knocks until it is let in. */
  const anew = async (): Promise<number | undefined> => {
    for (const endMs = performance.now() + KNOCKING_MS; performance.now() < endMs; ) {
      knocks++;
      const status = await call(node.port, "/virtual-networks?count=True", false);
      if (status !== undefined) return status;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return undefined;
  };
  const calm = [await measured(CALLS, kept), await measured(CALLS, anew)];
  const calmKnocks = knocks;
  const slow = new SlowCallers(node.port, SLOW);
  try {
    while (slow.cutOff < SLOW) await new Promise((resolve) => setTimeout(resolve, 10));
    knocks = 0;
    const pressed = [await measured(CALLS, kept), await measured(CALLS, anew)];
    const state = await measured(CALLS, () => call(node.introspectPort, "/healthz", false));
    const [was, is] = [calm, pressed].map((served) => served.map(({ p99Ms }) => p99Ms.toFixed(1)).join(" and "));
    process.stderr.write(
      `slow callers: p99 of kept and of new connections ${was} ms without, ${is} ms with ${SLOW} of them (bar twice); ` +
        `${knocks} knocks for ${CALLS} new connections, ${slow.cutOff} slow ones cut off\n`,
    );
    expect(calmKnocks).toBe(CALLS);
    const [keptAnswers, newAnswers] = pressed.map(({ statuses }) => new Set(statuses));
    expect({ keptAnswers, newAnswers, introspect: new Set(state.statuses) }).toEqual({
      keptAnswers: new Set([200]),
      newAnswers: new Set([200]),
      introspect: new Set([200]),
    });
    for (const { statuses } of calm) expect(new Set(statuses)).toEqual(new Set([200]));
    expect(node.isAlive).toBe(true);
  } finally {
    slow.end();
    agent.destroy();
  }
  // What needs descriptors of its own still works: a write, its publication, a restart.
  const body = JSON.stringify({ domain: { fq_name: ["after"] } });
  const made = await fetch(`http://127.0.0.1:${node.port}/domains`, { method: "POST", body });
  expect(made.status).toBe(200);
});
