import { CONFIG_TOPIC } from "@contrail/bus";
import { ConfigNodeProcess } from "@contrail/test-contract";
import { configWire, fromWireChange } from "@contrail/wire";
import { expect, test } from "vitest";
import { openBus, openStore } from "./adapters.ts";
import { missingServers } from "./config.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: configuration node on Cassandra and Kafka ${missing}\n`);

const NETWORKS = 10;
const DEADLINE_MS = 120_000;

test.skipIf(missing !== undefined)(
  "a configuration node on Cassandra and Kafka keeps what it acknowledged across kill -9, and all of it is on the bus",
  { timeout: 2 * START_MS },
  async () => {
    const servers = { ...(await upServers("cassandra")), kafkaBrokers: (await upServers("kafka")).kafkaBrokers };
    const keyspace = `node_${process.pid}`;
    const store = await openStore(servers, keyspace);
    const flags = ["--store", "cassandra", "--cassandra-contact-points", servers.cassandraContactPoints];
    const more = ["--cassandra-keyspace", keyspace, "--bus", "kafka", "--kafka-brokers", servers.kafkaBrokers];
    const node = new ConfigNodeProcess([...flags, ...more]);
    const bus = openBus(servers);
    try {
      await node.run();
      const made: string[] = [];
      for (let index = 0; index < NETWORKS; index++) made.push(await createNetwork(node.port, `n${index}`));
      await node.kill();
      await node.run();
      for (const uuid of made) {
        expect((await fetch(`http://127.0.0.1:${node.port}/virtual-network/${uuid}`)).status).toBe(200);
      }
      await settled(node.introspectPort);
      const stored = new Map<string, bigint>();
      for await (const { uuid, revision } of store.all()) stored.set(uuid, revision);
      expect(made.filter((uuid) => !stored.has(uuid))).toEqual([]);
      const end = await bus.highWaterMark(CONFIG_TOPIC);
      const carried = new Map<string, bigint>();
      const controller = new AbortController();
      for await (const { records, highWaterMark } of bus.read(CONFIG_TOPIC, 0n, controller.signal)) {
        for (const { value } of records) {
          const change = value === undefined ? undefined : fromWireChange(configWire.ObjectChange.decode(value));
          if (change?.kind === "upsert") carried.set(change.object.uuid, change.object.revision);
          if (change?.kind === "remove") carried.delete(change.uuid);
        }
        const last = records.at(-1)?.offset;
        if ((last !== undefined && last + 1n >= end) || (records.length === 0 && highWaterMark >= end))
          controller.abort();
      }
      // The topic may hold what earlier nodes of this cluster wrote to other keyspaces.
      const missed = [...stored].filter(([uuid, revision]) => carried.get(uuid) !== revision);
      expect(missed).toEqual([]);
      await node.end();
    } finally {
      await node.stop();
      await bus.close();
      await store.close();
    }
  },
);

async function createNetwork(port: number, name: string): Promise<string> {
  const body = { "virtual-network": { fq_name: ["default-domain", "default-project", name] } };
  const answer = await fetch(`http://127.0.0.1:${port}/virtual-networks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return (JSON.parse(text) as { "virtual-network": { uuid: string } })["virtual-network"].uuid;
}

/** Waits until the transformer rests and everything is published. */
async function settled(port: number): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (let before = ""; ; ) {
    const shown = await (await fetch(`http://127.0.0.1:${port}/status`)).text();
    const status = JSON.parse(shown) as { unpublished: number; leading: boolean; derivedPending: number };
    if (status.unpublished === 0 && status.leading && status.derivedPending === 0 && shown === before) return;
    if (Date.now() > deadline) throw new Error(`the node did not come to rest: ${shown}`);
    before = shown;
  }
}
