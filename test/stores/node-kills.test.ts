import type { Bus } from "@contrail/bus";
import { CONFIG_TOPIC } from "@contrail/bus";
import type { ObjectStore } from "@contrail/store";
import { seededRandom, WritingClient } from "@contrail/test-contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBus, openStore } from "./adapters.ts";
import { missingServers, NODE_KILLS, SEED } from "./config.ts";
import { PROJECT } from "./config-pair.ts";
import { expectNoOrphans, expectOnLog } from "./log-state.ts";
import { LoneNode } from "./lone-node.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: kills of a configuration node on Cassandra ${missing}\n`);

const CLIENTS = 4;
const PER_KILL_MS = 60_000;

describe.skipIf(missing !== undefined)("kill -9 of a configuration node on Cassandra and Kafka", () => {
  let node: LoneNode;
  let store: ObjectStore;
  let bus: Bus;

  beforeAll(async () => {
    const servers = { ...(await upServers("cassandra")), kafkaBrokers: (await upServers("kafka")).kafkaBrokers };
    const keyspace = `kills_${process.pid}`;
    node = new LoneNode(servers, keyspace);
    store = await openStore(servers, keyspace);
    bus = openBus(servers);
  }, 2 * START_MS);

  afterAll(async () => {
    await node?.process.stop();
    await bus?.close();
    await store?.close();
  }, START_MS);

  /** A network that clients ask addresses of. */
  const makeNetwork = async (): Promise<string> => {
    const attr = { ipam_subnets: [{ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 16 } }] };
    const network_ipam_refs = [{ to: [...PROJECT, "default-network-ipam"], attr }];
    const body = { "virtual-network": { fq_name: [...PROJECT, "addressed"], network_ipam_refs } };
    const { text } = await node.call("POST", "/virtual-networks", body);
    return (JSON.parse(text) as { "virtual-network": { uuid: string } })["virtual-network"].uuid;
  };

  const uuidsOf = async (type: string): Promise<string[]> => {
    const { text } = await node.call("GET", `/${type}s`);
    return ((JSON.parse(text) as Record<string, { uuid: string }[]>)[`${type}s`] ?? []).map(({ uuid }) => uuid);
  };

  test(
    `at ${NODE_KILLS} moments of its writes: nothing acknowledged is lost, no half object is left, and all of it is on the bus`,
    async () => {
      const random = seededRandom(SEED);
      const from = await bus.highWaterMark(CONFIG_TOPIC);
      await node.process.run();
      const network = await makeNetwork();
      const clients = Array.from(
        { length: CLIENTS },
        (_, index) => new WritingClient(`k${index}`, seededRandom(SEED + index), network),
      );
      const before = new Set((await uuidsOf("virtual-network")).concat(await uuidsOf("project")));
      let longestMs = 0;
      for (let kill = 0; kill < NODE_KILLS; kill++) {
        let left = 5 + Math.floor(random() * 40);
        const sent = (): void => {
          left--;
          // Somewhere between the first statement of the call and its answer.
          if (left === 0) setTimeout(() => void node.process.kill(), Math.floor(random() * 30));
        };
        const { port } = node.process;
        await Promise.all(clients.map((client) => client.writeUntilGone(port, sent)));
        await node.process.kill();
        await node.process.run();
        const servingMs = performance.now();
        const problems = await Promise.all(clients.map((client) => client.verify(node.process.port)));
        expect(problems.flat(), `seed ${SEED}, kill ${kill}`).toEqual([]);
        await node.settled();
        longestMs = Math.max(longestMs, performance.now() - servingMs);
        await expectNoOrphans(store);
      }
      const counts = clients.map((client) => client.counts);
      const sum = (key: "acknowledged" | "refused" | "unanswered") => counts.reduce((all, one) => all + one[key], 0);
      const objects = await expectOnLog(store, bus, from);
      const links = await expectNoOrphans(store);
      process.stderr.write(
        `node kills: seed ${SEED}, ${NODE_KILLS} kills, ${sum("acknowledged")} writes acknowledged, ` +
          `${sum("unanswered")} without answer, ${sum("refused")} refused; ${objects} objects and ${links} links whole; ` +
          `verified, clean and on the bus at most ${Math.round(longestMs)} ms after the start (bar 5000)\n`,
      );
      expect(sum("unanswered")).toBeGreaterThanOrEqual(NODE_KILLS);
      expect(sum("refused")).toBe(0);
      for (const type of ["virtual-network", "project"] as const) {
        const known = clients.flatMap((client) => client.existing(type));
        const found = (await uuidsOf(type)).filter((uuid) => !before.has(uuid));
        expect(found.sort()).toEqual(known.sort());
      }
      const addresses = clients.flatMap((client) => client.existing("instance-ip"));
      expect((await uuidsOf("instance-ip")).sort()).toEqual(addresses.sort());
    },
    START_MS + NODE_KILLS * PER_KILL_MS,
  );
});
