import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUS_CONTRACT, type BusFixture } from "@contrail/bus";
import { silentLogger } from "@contrail/observability";
import { createAuthority, type Identity, issue } from "@contrail/pki";
import type { RpcServer } from "@contrail/rpc";
import { systemClock } from "@contrail/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLocalBus } from "./local-bus.ts";
import { type Log, openLog } from "./log.ts";
import { createEmbeddedBus } from "./log-client.ts";
import { serveLog } from "./log-server.ts";

let directory: string;
let log: Log;
let topics = 0;

function newTopic(prefix: string): string {
  return `${prefix}-${topics++}`;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-bus-"));
  log = await openLog(join(directory, "log.db"));
});

afterAll(() => rmSync(directory, { recursive: true }));

describe("through a log server", () => {
  let server: RpcServer;
  let fixture: BusFixture;
  let identity: Identity;

  beforeAll(async () => {
    await createAuthority(directory);
    identity = await issue(directory, { role: "config", name: "config", addresses: ["127.0.0.1"] });
    server = await serveLog(log, identity, "127.0.0.1:0");
    const address = `127.0.0.1:${server.port}`;
    const options = { address, identity, clock: systemClock, logger: silentLogger, random: () => 0 };
    fixture = {
      bus: createEmbeddedBus(options),
      topic: newTopic,
      async restart() {
        server.close();
        await log.close();
        log = await openLog(join(directory, "log.db"));
        server = await serveLog(log, identity, address);
      },
      async compact(topic) {
        await log.compact(topic);
      },
    };
  });

  afterAll(async () => {
    await fixture.bus.close();
    server.close();
  });

  test.each(BUS_CONTRACT.map((item) => [item.name, item] as const))("%s", (_name, item) => item.run(fixture));
});

describe("inside the process that hosts the log", () => {
  const cases = BUS_CONTRACT.filter(({ needsRestart }) => needsRestart !== true);
  test.each(cases.map((item) => [item.name, item] as const))("%s", async (_name, item) => {
    const own = await openLog(":memory:");
    const compact = async (topic: string): Promise<void> => {
      await own.compact(topic);
    };
    await item.run({ bus: createLocalBus(own), topic: newTopic, restart: undefined, compact });
    await own.close();
  });
});

describe("compaction of the embedded log", () => {
  const record = (key: string, value: string | undefined) => ({
    key: Buffer.from(key),
    value: value === undefined ? undefined : Buffer.from(value),
  });

  test("removes every record that a later one replaces, and tombstones that are far behind the end", async () => {
    const own = await openLog(":memory:");
    const rounds = ["0", "1", "2"].flatMap((value) => ["a", "b", "c"].map((key) => record(key, value)));
    await own.append("t", [record("gone", undefined), ...rounds]);
    expect(await own.compact("t", 1n)).toBe(7);
    const { records } = await own.read("t", 0n, 100);
    expect(records.map(({ key, value }) => `${Buffer.from(key)}=${Buffer.from(value ?? [])}`)).toEqual([
      "a=2",
      "b=2",
      "c=2",
    ]);
    await own.close();
  });

  test("comes by itself: 25,000 changes of ten keys leave fewer than 15,000 records", async () => {
    const own = await openLog(":memory:");
    for (let round = 0; round < 50; round++) {
      const records = Array.from({ length: 500 }, (_, index) => record(`${index % 10}`, `${round}`));
      await own.append("t", records);
    }
    await own.highWaterMark("t");
    const { records, highWaterMark } = await own.read("t", 0n, 100_000);
    expect([highWaterMark, records.length < 15_000]).toEqual([25_000n, true]);
    await own.close();
  });
});
