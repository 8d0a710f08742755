import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KilledNode } from "./campaign/killed-node.ts";
import { missingServers, NODE_KILLS, SEED } from "./config.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: kills of a configuration node on Cassandra ${missing}\n`);

const PER_KILL_MS = 60_000;

describe.skipIf(missing !== undefined)("kill -9 of a configuration node on Cassandra and Kafka", () => {
  let node: KilledNode;

  beforeAll(async () => {
    const servers = { ...(await upServers("cassandra")), kafkaBrokers: (await upServers("kafka")).kafkaBrokers };
    node = await KilledNode.start(servers, `kills_${process.pid}`, SEED);
  }, 2 * START_MS);

  afterAll(() => node?.close(), START_MS);

  test(
    `at ${NODE_KILLS} moments of its writes: nothing acknowledged is lost, no half object is left, and all of it is on the bus`,
    async () => {
      let longestMs = 0;
      for (let kill = 0; kill < NODE_KILLS; kill++) {
        const { problems, cleanMs } = await node.kill();
        expect(problems, `seed ${SEED}, kill ${kill}`).toEqual([]);
        longestMs = Math.max(longestMs, cleanMs);
      }
      const { acknowledged, unanswered, refused, objects, links, problems } = await node.sum();
      process.stderr.write(
        `node kills: seed ${SEED}, ${NODE_KILLS} kills, ${acknowledged} writes acknowledged, ` +
          `${unanswered} without answer, ${refused} refused; ${objects} objects and ${links} links whole; ` +
          `clean and on the bus at most ${Math.round(longestMs)} ms after the start (bar 5000)\n`,
      );
      expect(problems).toEqual([]);
      expect(unanswered).toBeGreaterThanOrEqual(NODE_KILLS);
      expect(refused).toBe(0);
    },
    START_MS + NODE_KILLS * PER_KILL_MS,
  );
});
