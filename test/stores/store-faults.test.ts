import { ContrailError } from "@contrail/errors";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBus, openStore } from "./adapters.ts";
import { missingServers, SEED } from "./config.ts";
import { type RunningServer, type ServerKind, type Servers, START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: faults of stores ${missing}\n`);

const WRITERS = 8;
const WRITES = 160;
const RECORDS = 300;

function object(uuid: string): ConfigObject {
  const named = { type: "t", uuid, fqName: [uuid], parentType: undefined, parentUuid: undefined };
  return { ...named, revision: 0n, refs: [], properties: { text: uuid }, derived: false, epoch: 0n };
}

function killed(servers: Servers, kind: ServerKind): RunningServer {
  const running = servers.servers.filter((server) => server.kind === kind);
  const chosen = running[SEED % running.length];
  if (chosen === undefined) throw new Error(`no ${kind} runs`);
  process.kill(chosen.pid, "SIGKILL");
  return chosen;
}

describe.skipIf(missing !== undefined)("kill -9", () => {
  let cassandra: Servers;
  let stores: readonly ObjectStore[] = [];

  beforeAll(async () => {
    cassandra = await upServers("cassandra");
    const keyspace = `faults_${process.pid}`;
    stores = [await openStore(cassandra, keyspace), await openStore(cassandra, keyspace)];
  }, START_MS);

  afterAll(() => Promise.all(stores.map((store) => store.close())), START_MS);

  test(
    "of a Cassandra node under two nodes' writes: none fails, none is lost, no number is given twice",
    async () => {
      let next = 0;
      let victim: RunningServer | undefined;
      let longestMs = 0;
      const acknowledged: string[] = [];
      const numbers: bigint[] = [];
      const refused: string[] = [];
      const writer = async (index: number): Promise<void> => {
        const store = stores[index % stores.length];
        while (store !== undefined && next < WRITES) {
          const uuid = `u${next++}`;
          if (next === Math.floor(WRITES / 3)) victim = killed(cassandra, "cassandra");
          const begunMs = performance.now();
          try {
            numbers.push(await store.allocate({ pool: "p", owner: uuid, first: 1n, last: 10_000n }));
            await store.write(object(uuid), undefined);
            acknowledged.push(uuid);
          } catch (reason) {
            refused.push(ContrailError.from(reason).message);
          }
          longestMs = Math.max(longestMs, performance.now() - begunMs);
        }
      };
      await Promise.all(Array.from({ length: WRITERS }, (_, index) => writer(index)));
      const found: string[] = [];
      for await (const { uuid } of stores[0]?.all() ?? []) found.push(uuid);
      process.stderr.write(
        `store faults: seed ${SEED}, ${victim?.name} killed, ${acknowledged.length} writes acknowledged, ` +
          `${refused.length} refused, the slowest took ${Math.round(longestMs)} ms (bar 1000)\n`,
      );
      expect(victim).toBeDefined();
      expect(refused).toEqual([]);
      expect(found.toSorted()).toEqual(acknowledged.toSorted());
      expect(new Set(numbers).size).toBe(WRITES);
      expect((await stores[1]?.allocations("p"))?.length).toBe(WRITES);
      cassandra = await upServers("cassandra");
    },
    START_MS,
  );

  test(
    "of a Kafka broker under appends: each acknowledged record is there, once, in order",
    async () => {
      const servers = await upServers("kafka");
      const bus = openBus(servers);
      const topic = `faults-${process.pid}`;
      const record = (index: number) => ({ key: Buffer.from(`k${index}`), value: Buffer.from(`${index}`) });
      const acknowledged = new Map<bigint, number>();
      let victim: RunningServer | undefined;
      let longestMs = 0;
      for (let index = 0; index < RECORDS; index++) {
        if (index === Math.floor(RECORDS / 3)) victim = killed(servers, "kafka");
        const begunMs = performance.now();
        acknowledged.set(await bus.append(topic, [record(index)]), index);
        longestMs = Math.max(longestMs, performance.now() - begunMs);
      }
      const read: [bigint, number][] = [];
      const controller = new AbortController();
      for await (const { records } of bus.read(topic, 0n, controller.signal)) {
        for (const { offset, value } of records) read.push([offset, Number(Buffer.from(value ?? []).toString())]);
        if (read.length >= RECORDS) controller.abort();
      }
      await bus.close();
      process.stderr.write(
        `store faults: seed ${SEED}, ${victim?.name} killed, ${acknowledged.size} records acknowledged, ` +
          `the slowest took ${Math.round(longestMs)} ms (bar 6000)\n`,
      );
      expect(victim).toBeDefined();
      expect(read).toEqual([...acknowledged]);
      await upServers("kafka");
    },
    START_MS,
  );
});
