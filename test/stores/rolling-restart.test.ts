import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingServers } from "./config.ts";
import { type Answer, ConfigPair, PROJECT } from "./config-pair.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: rolling restart ${missing}\n`);

const CLIENTS = 6;
/** Objects that each client makes at least. */
const LEAST_ROUNDS = 3;
const RETRY_MS = 60_000;
/** Between two tries of one call. */
const AGAIN_MS = 50;
/** Retry-After of a node that stops. */
const OUT_MS = 1_000;

/**
 * What a balancer knows of two nodes, for all of its clients (deploy/images/balancer): one that answers 503, or that nobody
 * listens at, gets no calls for a second, as its Retry-After says.
 */
class Balancer {
  readonly #outUntilMs = [0, 0];
  #turn = 0;

  /** The node for the next call; both in turn where both are in, and the one that is in again first where none is. */
  next(): number {
    const now = performance.now();
    const [first, second] = [this.#turn++ % 2, this.#turn % 2];
    const outUntilMs = (node: number): number => this.#outUntilMs[node] ?? 0;
    if (outUntilMs(first) <= now) return first;
    return outUntilMs(second) <= now || outUntilMs(second) < outUntilMs(first) ? second : first;
  }

  takeOut(node: number): void {
    this.#outUntilMs[node] = performance.now() + OUT_MS;
  }
}

/** A client behind a balancer: its calls alternate, one that is answered with 503 is made again. */
class BalancedClient {
  readonly #pair: ConfigPair;
  readonly #balancer: Balancer;
  calls = 0;
  sentAway = 0;
  refused = 0;

  constructor(pair: ConfigPair, balancer: Balancer) {
    this.#pair = pair;
    this.#balancer = balancer;
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    this.calls++;
    for (const deadline = Date.now() + RETRY_MS; Date.now() < deadline; ) {
      const answer = await this.#try(method, path, body);
      if (answer !== undefined && answer.status !== 503) return answer;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    throw new Error(`${method} ${path}: no node took it in time`);
  }

  /** undefined: nobody listens there, which a balancer knows; a connection that breaks under a call is a failure. */
  async #try(method: string, path: string, body: unknown): Promise<Answer | undefined> {
    const node = this.#balancer.next();
    try {
      const answer = await this.#pair.call(node, method, path, body);
      if (answer.status === 503) {
        this.sentAway++;
        this.#balancer.takeOut(node);
        if (answer.headers.get("retry-after") === null) throw new Error(`503 without Retry-After: ${answer.text}`);
      }
      return answer;
    } catch (reason) {
      const { cause } = reason as { cause?: { code?: string; syscall?: string } }; // As fetch tells it.
      // Reset while it was made: the listener was closed before it took the connection.
      const isNobody = cause?.code === "ECONNREFUSED" || (cause?.code === "ECONNRESET" && cause.syscall === "connect");
      if (!isNobody) throw reason;
      this.refused++;
      this.#balancer.takeOut(node);
      return undefined;
    }
  }
}

describe.skipIf(missing !== undefined)("under load", () => {
  let pair: ConfigPair;

  beforeAll(async () => {
    const servers = { ...(await upServers("cassandra")), kafkaBrokers: (await upServers("kafka")).kafkaBrokers };
    pair = await ConfigPair.start(servers, `rolling_${process.pid}`);
  }, 2 * START_MS);

  afterAll(() => pair?.stop(), START_MS);

  test(
    "both nodes are restarted, one after the other, and no call of clients that try again after a 503 fails",
    async () => {
      let isOver = false;
      const balancer = new Balancer();
      const clients = Array.from({ length: CLIENTS }, () => new BalancedClient(pair, balancer));
      const wrong: string[] = [];
      const expectStatus = async (status: number, what: string, call: Promise<Answer>): Promise<Answer> => {
        const answer = await call;
        if (answer.status !== status) wrong.push(`${what}: ${answer.status} ${answer.text}`);
        return answer;
      };
      const work = async (client: BalancedClient, index: number): Promise<void> => {
        for (let round = 0; !isOver || round < LEAST_ROUNDS; round++) {
          const name = `c${index}-${round}`;
          const made = await expectStatus(
            200,
            `create ${name}`,
            client.call("POST", "/virtual-networks", { "virtual-network": { fq_name: [...PROJECT, name] } }),
          );
          const uuid = (JSON.parse(made.text) as { "virtual-network": { uuid: string } })["virtual-network"].uuid;
          const path = `/virtual-network/${uuid}`;
          await expectStatus(200, `read ${name}`, client.call("GET", path));
          await expectStatus(
            200,
            `update ${name}`,
            client.call("PUT", path, { "virtual-network": { display_name: "x" } }),
          );
          const read = await expectStatus(200, `read ${name} again`, client.call("GET", path));
          if (!read.text.includes('"display_name":"x"')) wrong.push(`${name} was read without its update`);
          const list = await expectStatus(200, "list", client.call("GET", "/virtual-networks"));
          if (!list.text.includes(uuid)) wrong.push(`${name} is not in the list`);
          await expectStatus(200, `delete ${name}`, client.call("DELETE", path));
          await expectStatus(404, `read ${name} when it is gone`, client.call("GET", path));
        }
      };
      const load = Promise.all(clients.map(work)).finally(() => {
        isOver = true;
      });
      load.catch(() => undefined); // Told where it is awaited.
      for (const node of pair.nodes) {
        await node.end();
        await node.run();
      }
      isOver = true;
      await load;
      const sum = (count: (client: BalancedClient) => number) => clients.reduce((all, one) => all + count(one), 0);
      process.stderr.write(
        `rolling restart: ${sum(({ calls }) => calls)} calls, ${sum(({ sentAway }) => sentAway)} times sent away with ` +
          `503, ${sum(({ refused }) => refused)} times nobody listened, ${wrong.length} failed\n`,
      );
      expect(wrong).toEqual([]);
      expect(sum(({ sentAway, refused }) => sentAway + refused)).toBeGreaterThan(0);
    },
    2 * START_MS,
  );
});
