import { randomUUID } from "node:crypto";
import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { ObjectStore } from "@contrail/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBus, openStore } from "./adapters.ts";
import { BUS_OUTAGE_MS, missingServers } from "./config.ts";
import { eventually } from "./config-pair.ts";
import { expectOnLog } from "./log-state.ts";
import { LoneNode } from "./lone-node.ts";
import { type Servers, START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: all of Kafka down ${missing}\n`);

const WRITERS = 4;

describe.skipIf(missing !== undefined)("all of Kafka", () => {
  let node: LoneNode;
  let servers: Servers;
  let kafka: Servers;
  let store: ObjectStore;
  let bus: Bus;

  beforeAll(async () => {
    kafka = await upServers("kafka");
    servers = { ...(await upServers("cassandra")), kafkaBrokers: kafka.kafkaBrokers };
    const keyspace = `busdown_${process.pid}`;
    node = new LoneNode(servers, keyspace);
    await node.process.run();
    store = await openStore(servers, keyspace);
    bus = openBus(servers);
  }, 2 * START_MS);

  afterAll(async () => {
    await upServers("kafka");
    await node?.process.stop();
    await store?.close();
    await bus?.close();
  }, START_MS);

  test(
    `is killed for ${BUS_OUTAGE_MS} ms: every write is taken, and then all of them are on the bus, in order`,
    async () => {
      await node.settled();
      const before = await bus.highWaterMark(CONFIG_TOPIC);
      for (const { kind, pid } of kafka.servers) if (kind === "kafka") process.kill(pid, "SIGKILL");
      const overMs = performance.now() + BUS_OUTAGE_MS;
      const refused: string[] = [];
      let [taken, changes, longestMs] = [0, 0, 0];
      const write = async (writer: number): Promise<void> => {
        for (let index = 0; performance.now() < overMs; index++) {
          const uuid = randomUUID();
          const begunMs = performance.now();
          const made = await node.createNetwork(`w${writer}-${index}`, uuid);
          longestMs = Math.max(longestMs, performance.now() - begunMs);
          if (made.status === 200) taken++;
          else refused.push(`${made.status} ${made.text}`);
          const body = { "virtual-network": { display_name: `changed ${index}` } };
          const changed = await node.call("PUT", `/virtual-network/${uuid}`, body);
          if (changed.status === 200) changes++;
          else refused.push(`${changed.status} ${changed.text}`);
        }
      };
      await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
      const list = await node.call("GET", "/virtual-networks?count=True");
      const { count } = (JSON.parse(list.text) as { readonly "virtual-networks": { readonly count: number } })[
        "virtual-networks"
      ];
      const waiting = (await store.outbox(100_000)).length;
      kafka = await upServers("kafka");
      // Brokers serve before they have agreed on who leads: the first record that is taken starts the clock.
      let begunMs = performance.now();
      const watching = new AbortController();
      for await (const { records } of bus.read(CONFIG_TOPIC, before, watching.signal)) {
        begunMs = performance.now();
        if (records.length > 0) watching.abort();
      }
      await eventually(
        () => store.outbox(1),
        ({ length }) => length === 0,
      );
      const drainMs = performance.now() - begunMs;
      await node.settled();
      const objects = await expectOnLog(store, bus, 0n);
      process.stderr.write(
        `all of Kafka down for ${BUS_OUTAGE_MS} ms: ${taken} creations and ${changes} changes taken (the slowest creation ` +
          `took ${Math.round(longestMs)} ms), ${refused.length} refused; ${waiting} objects waited, on the bus ` +
          `${Math.round(drainMs)} ms after its first record: ${Math.round((waiting * 1_000) / drainMs)} a second (bar 5000); ` +
          `${objects} objects of the store are on the log\n`,
      );
      expect(refused).toEqual([]);
      // What waits for the bus is in the store: a list has all of it, or says that it may not.
      expect(list.status).toBe(200);
      expect(list.headers.has("warning") || count >= taken, `${count} of ${taken} networks are listed`).toBe(true);
      expect(taken).toBeGreaterThan(0);
      expect(waiting).toBeGreaterThanOrEqual(taken);
    },
    2 * START_MS + BUS_OUTAGE_MS,
  );
});
