import { randomBytes } from "node:crypto";
import { BUS_CONTRACT, type Bus, type BusFixture } from "@contrail/bus";
import { createKafkaBus } from "@contrail/bus-kafka";
import { silentLogger } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compactEagerly, SEGMENT_BYTES, waitForCompaction } from "./compaction.ts";
import { missingServers } from "./config.ts";
import { type RunningServer, START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: Kafka contract ${missing}\n`);

const REPLICATION = 3;

describe.skipIf(missing !== undefined)("three Kafka brokers, three copies", () => {
  let brokers: readonly string[] = [];
  let bus: Bus;
  let fixture: BusFixture;
  let topics = 0;
  let restarts = 0;
  const options = () => ({
    brokers,
    replication: REPLICATION,
    clock: systemClock,
    logger: silentLogger,
    random: () => 0,
  });

  beforeAll(async () => {
    let servers = await upServers("kafka");
    brokers = servers.kafkaBrokers.split(",");
    bus = createKafkaBus(options());
    fixture = {
      bus,
      topic: (prefix) => `${prefix}-${process.pid}-${topics++}`,
      // One after the other is killed: what it led goes to the others.
      async restart() {
        const running = servers.servers.filter(({ kind }) => kind === "kafka");
        killOne(running, restarts++);
        servers = await upServers("kafka");
      },
      async compact(topic) {
        await waitForCompaction(bus, topic);
      },
    };
  }, START_MS);

  afterAll(async () => {
    await bus?.close();
  });

  const cases = (compacts: boolean) =>
    BUS_CONTRACT.filter((item) => (item.compacts ?? false) === compacts).map((item) => [item.name, item] as const);

  test.each(cases(false))("%s", (_name, item) => item.run(fixture));

  describe("that compact at once", () => {
    beforeAll(() => compactEagerly(brokers, true));
    afterAll(() => compactEagerly(brokers, false));

    test.each(cases(true))("%s", (_name, item) => item.run(fixture));

    test("records that later ones replace are removed, and reading goes over the holes", async () => {
      const name = fixture.topic("compacted");
      const record = (key: string, value: string) => ({ key: Buffer.from(key), value: Buffer.from(value) });
      for (let round = 0; round < 20; round++)
        await bus.append(name, [record("a", `${round}`), record("b", `${round}`)]);
      const deadline = AbortSignal.timeout(60_000);
      let count = await waitForCompaction(bus, name);
      while (count >= 40 && !deadline.aborted) count = await waitForCompaction(bus, name);
      expect(count).toBeGreaterThanOrEqual(2);
      expect(count).toBeLessThan(40);
      expect(await bus.highWaterMark(name)).toBe(40n);
    });

    test("a batch that compaction has emptied, the last of its segment, hides nothing of what comes after it", async () => {
      const name = fixture.topic("emptied");
      const record = (key: string, value: Buffer | string) => [{ key: Buffer.from(key), value: Buffer.from(value) }];
      // Two segments too large to be made one, the first of which ends with all that its producer ever wrote.
      const large = randomBytes(SEGMENT_BYTES * 0.7);
      await bus.append(name, record("first", large));
      const gone = createKafkaBus(options());
      await gone.append(name, record("k", "1"));
      await gone.close();
      await bus.append(name, [...record("second", large), ...record("k", "2")]);
      await bus.append(name, record("last", large));
      const deadline = AbortSignal.timeout(60_000);
      let count = await waitForCompaction(bus, name);
      while (count === 5 && !deadline.aborted) count = await waitForCompaction(bus, name);
      expect(count).toBe(4);
      const keys: string[] = [];
      const controller = new AbortController();
      for await (const { records } of bus.read(name, 0n, controller.signal)) {
        keys.push(...records.map(({ key }) => `${Buffer.from(key)}`));
        if (records.at(-1)?.offset === 4n) controller.abort();
      }
      expect(keys).toEqual(["first", "second", "k", "last"]);
    });
  });

  test("two nodes that make a topic at once both append to it", async () => {
    const name = fixture.topic("made");
    const other = createKafkaBus(options());
    const record = { key: Buffer.from("k"), value: Buffer.from("v") };
    const offsets = await Promise.all([bus.append(name, [record]), other.append(name, [record])]);
    expect(new Set(offsets)).toEqual(new Set([0n, 1n]));
    await other.close();
  });

  test("brokers that are not there are told as such", async () => {
    const nowhere = createKafkaBus({ ...options(), brokers: ["127.0.0.1:1"] });
    const refused = { code: "bus.unavailable" };
    await Promise.all([
      expect(nowhere.highWaterMark("t")).rejects.toMatchObject(refused),
      expect(nowhere.append("t", [{ key: Buffer.from("k"), value: undefined }])).rejects.toMatchObject(refused),
    ]);
    await nowhere.close();
  });
});

function killOne(running: readonly RunningServer[], turn: number): void {
  const chosen = running[turn % running.length];
  if (chosen !== undefined) process.kill(chosen.pid, "SIGKILL");
}
