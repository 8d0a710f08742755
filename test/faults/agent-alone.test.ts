import { randomUUID } from "node:crypto";
import { eventually, missingFor, withReason } from "@contrail/testkit/embedded";
import { afterEach, expect, test } from "vitest";
import { LoneHost } from "./lone-host.ts";

const missing = missingFor("ebpf");
if (missing !== undefined) process.stderr.write(`an agent alone is skipped: ${missing}\n`);
const DEADLINE_MS = 20_000;
let host: LoneHost | undefined;

afterEach(() => host?.close());

test.skipIf(missing !== undefined)(
  withReason("an agent without state that never hears from a control node opens nothing", missing),
  async () => {
    host = await LoneHost.make();
    const alone = host;
    const machines = [alone.addMachine("m1", "10.6.1.11"), alone.addMachine("m2", "10.6.1.12")];
    for (const { device, address, mac } of machines) {
      const port = {
        id: randomUUID(),
        "instance-id": randomUUID(),
        "display-name": device,
        "ip-address": address,
        "mac-address": mac,
        "system-name": device,
        type: 0,
        "rx-vlan-id": -1,
        "tx-vlan-id": -1,
      };
      expect(await alone.portApi("POST", "/port", port)).toMatchObject({ status: 200 });
    }
    const status = await alone.status();
    expect(status).toMatchObject({ configComplete: false, inStep: false });
    expect(status.ports.map(({ waitsFor }) => waitsFor === null)).toEqual([false, false]);
    expect(alone.pings("m1", "10.6.1.12")).toBe(0);
    expect(alone.pings("m1", "172.31.9.1")).toBe(0);
    // Once more with a new process: the ports are known from the start, and still nothing is.
    await alone.restart();
    await eventually("the ports are there", DEADLINE_MS, async () => (await alone.status()).ports.length === 2);
    expect(alone.pings("m1", "10.6.1.12")).toBe(0);
    const rows = Object.entries((await alone.status()).tables).filter(([, count]) => count > 0);
    expect(rows).toEqual([]);
  },
);
