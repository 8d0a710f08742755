import { eventually, keepDown } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { agentsInStep, agentTables, HOSTS, verdictsAsAsked } from "./convergence.ts";
import type { FaultWorld } from "./fault-world.ts";
import { Streams } from "./streams.ts";

const DEADLINE_MS = 60_000;

/** Both control nodes are kept down, and then both agents are killed: what was there goes on, and nothing opens. */
export async function headless(world: FaultWorld): Promise<void> {
  const { system } = world;
  await system.healthy(DEADLINE_MS);
  await verdictsAsAsked(world);
  const before = await sizes(world);
  const streams = await Streams.start(world);
  const down = keepDown(system, ["control1", "control2"]);
  try {
    for (const host of HOSTS) {
      await eventually(`${host} has no control node`, DEADLINE_MS, async () => (await established(world, host)) === 0);
      const { restarts } = await system.node(host);
      await system.crash(host);
      await eventually(`${host} is started again`, DEADLINE_MS, async () => {
        const node = await system.node(host);
        return node.restarts > restarts && node.state === "running";
      });
    }
    await verdictsAsAsked(world);
    expect(await sizes(world)).toEqual(before);
    for (const host of HOSTS) {
      expect((await system.node(host)).problem).toBe("no control node is reached: it keeps what it has; are they up?");
    }
    expect(await streams.finish()).toMatchObject({ lost: 0, doubled: 0, leaked: 0, sent: expect.any(Number) });
  } finally {
    streams.kill();
    down.stop();
  }
  await system.healthy(DEADLINE_MS);
  await agentsInStep(world);
  expect(await sizes(world)).toEqual(before);
}

/** Rows that the data planes hold; settings are none that an agent reads back. */
async function sizes(world: FaultWorld): Promise<unknown> {
  const tables = await Promise.all(HOSTS.map(async (host) => (await agentTables(world, host)).tables));
  return tables.map((each) => ({ ...each, settings: undefined }));
}

async function established(world: FaultWorld, host: string): Promise<number> {
  const { controlNodes } = await world.system.introspect<{ controlNodes: readonly { state: string }[] }>(
    host,
    "status",
  );
  return controlNodes.filter(({ state }) => state === "established").length;
}
