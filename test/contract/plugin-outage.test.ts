import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { OUTAGE_MS } from "./config.ts";
import { extensionTest } from "./extension-call.ts";
import { endOf, type MachineCall, startOf } from "./machine-calls.ts";
import { type Outcome, PluginWorld } from "./plugin-world.ts";

const world = new PluginWorld();
const { node, plugin, proxy } = world;
/** The script's promise to CloudStack. */
const LIMIT_MS = 55_000;
/** Between two attempts at a start: CloudStack's own come one after the other. */
const PAUSE_MS = 1_000;

/** One command while the node is gone: how it ended, inside the limit. */
async function sendInTime(call: MachineCall): Promise<Outcome> {
  const sentAt = performance.now();
  const outcome = await world.send(call);
  expect(performance.now() - sentAt, call[0]).toBeLessThan(LIMIT_MS);
  return outcome;
}

/** Sends a start as CloudStack does until the node has been gone for long enough; gives the commands of it that fail. */
async function startUntil(endMs: number, calls: readonly MachineCall[]): Promise<readonly string[]> {
  for (let rounds = 1; ; rounds++) {
    const failed: string[] = [];
    for (const call of calls) {
      const outcome = await sendInTime(call);
      if (outcome.exit === 0) continue;
      failed.push(call[0]);
      expect(outcome.status, call[0]).toMatch(/^vnc\.unavailable: the configuration API cannot be reached/);
    }
    if (performance.now() >= endMs) {
      process.stdout.write(
        `${rounds} starts in the outage of ${OUTAGE_MS} ms, ${failed.length} commands of each failed\n`,
      );
      return failed;
    }
    await delay(PAUSE_MS);
  }
}

extensionTest(
  `while the configuration node is gone for ${OUTAGE_MS} ms every start fails with a clear text, and the one after it works`,
  async () => {
    const quiet = await quietStart(3);
    const calls = startOf(3, 1);
    const again = calls.findIndex(([command]) => command === "prepare-nic");
    proxy.cutAt(1, true, () => node.kill());
    const failed = await startUntil(performance.now() + OUTAGE_MS, calls);
    expect(failed.length).toBeGreaterThan(3);
    const open = (await plugin.status()).failures.list.filter(({ closedAt }) => closedAt === null);
    expect(open.map(({ command }) => command).toSorted()).toEqual(failed.toSorted());
    await node.run();
    await world.sendAll(calls.slice(0, again));
    await world.sendAll(calls.slice(again));
    expect((await plugin.status()).failures.open).toBe(0);
    expect(await world.effects()).toBe(quiet);
    await world.sendAll(endOf(3, 1));
  },
);

extensionTest(
  "while the configuration node hangs a command of a start ends inside the limit, and the retry works",
  async () => {
    const quiet = await quietStart(4);
    const calls = startOf(4, 1);
    const cut = calls.findIndex(([command]) => command === "add-dhcp-entry");
    await world.sendAll(calls.slice(0, cut));
    node.signal("SIGSTOP");
    const outcome = await sendInTime(calls[cut] ?? ["", {}]).finally(() => node.signal("SIGCONT"));
    expect(outcome).toEqual({ exit: 1, status: expect.stringMatching(/^(vnc|cloudstack)\.unavailable: /) });
    await world.sendAll(calls);
    expect(await world.effects()).toBe(quiet);
    await world.sendAll(endOf(4, 1));
  },
);

/** What a start gives where nothing befalls it; it is taken back. */
async function quietStart(network: number): Promise<string> {
  await world.sendAll(startOf(network, 1));
  const quiet = await world.effects();
  await world.sendAll(endOf(network, 1));
  return quiet;
}
