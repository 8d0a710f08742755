import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUS_CONTRACT, type BusFixture } from "@contrail/bus";
import { silentLogger } from "@contrail/observability";
import { createAuthority, type Identity, issue } from "@contrail/pki";
import type { RpcServer } from "@contrail/rpc";
import { systemClock } from "@contrail/runtime";
import { afterAll, beforeAll, describe, test } from "vitest";
import { createLocalBus } from "./local-bus.ts";
import { type Log, openLog } from "./log.ts";
import { createEmbeddedBus } from "./log-client.ts";
import { serveLog } from "./log-server.ts";

let directory: string;
let log: Log;

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
  const cases = BUS_CONTRACT.filter(({ name }) => !name.includes("restart"));
  test.each(cases.map((item) => [item.name, item] as const))("%s", async (_name, item) => {
    const own = await openLog(":memory:");
    const compact = async (topic: string): Promise<void> => {
      await own.compact(topic);
    };
    await item.run({ bus: createLocalBus(own), restart: () => Promise.resolve(), compact });
    await own.close();
  });
});
