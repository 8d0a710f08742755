import { expect } from "vitest";
import { extensionTest } from "./extension-call.ts";
import { endOf, type MachineCall, nic, startOf } from "./machine-calls.ts";
import { DONE, PluginWorld } from "./plugin-world.ts";

const world = new PluginWorld();
const { plugin, proxy } = world;

/** Every command where it has something to write, in three networks: one command leaves another nothing to do. */
function allCalls(): readonly MachineCall[] {
  const start = startOf(2, 1).filter(([command]) => command !== "restore-network");
  const one = nic(2, 1);
  const removals = endOf(2, 1).toSorted(
    ([a], [b]) => Number(a === "remove-dhcp-entry") - Number(b === "remove-dhcp-entry"),
  );
  return [
    ...start,
    ["save-userdata", { ...one, userdata: "#cloud-config\nother" }],
    ["save-password", { ...one, password: "other" }],
    ["save-sshkey", { ...one, sshkey: "ssh-ed25519 AAAA" }],
    ["remove-dns-subnet", one],
    ["remove-dhcp-subnet", one],
    ...removals.filter(([command]) => command.endsWith("-nic") || command.endsWith("-entry")),
    ...removals.filter(([command]) => command.endsWith("-network")),
    ...startOf(4, 1).filter(([command]) => command.endsWith("-network")),
    ["destroy-network", nic(4, 1)],
    ["add-dhcp-entry", nic(5, 1)],
    ["config-dns-subnet", nic(5, 1)],
    ["destroy-network", nic(5, 1)],
  ];
}

/** What is there after each command where nothing befalls it. */
async function quietEffects(): Promise<readonly string[]> {
  const after: string[] = [];
  for (const call of allCalls()) {
    expect(await world.send(call), call[0]).toEqual(DONE);
    after.push(await world.effects());
  }
  return after;
}

/**
 * Kills the plugin before and behind every write of a command, by turns, each in a run of its own: the runs go on where
 * the last one ended. Gives the number of kills; the command has worked in the end.
 */
async function killedAtEachWrite(call: MachineCall): Promise<number> {
  let write = 0;
  for (let kills = 0; ; kills++) {
    const arrives = kills % 2 === 1;
    const before = await world.effects();
    proxy.cutAt(write, arrives, () => plugin.kill());
    const outcome = await world.send(call);
    if (proxy.writes <= write) {
      expect(outcome, call[0]).toEqual(DONE);
      return kills;
    }
    expect(outcome, call[0]).toMatchObject({ exit: 1, status: expect.stringMatching(/^cloudstack\.unavailable/) });
    await plugin.run();
    // Behind a write that changed nothing, as the removal of what is gone, the same one comes first again.
    if (arrives && (await world.effects()) === before) write++;
  }
}

extensionTest("a plugin killed at any write of any command leaves what the repeated command makes whole", async () => {
  const before = await world.uuids();
  const quiet = await quietEffects();
  expect(await world.uuids()).toEqual(before);
  const kills = new Map<string, number>();
  for (const [index, call] of allCalls().entries()) {
    kills.set(call[0], (kills.get(call[0]) ?? 0) + (await killedAtEachWrite(call)));
    proxy.cutAt(undefined);
    expect(await world.send(call), call[0]).toEqual(DONE);
    expect(proxy.written, `${call[0]} had nothing left to do`).toEqual([]);
    expect(await world.effects(), call[0]).toBe(quiet[index]);
  }
  process.stdout.write(`killed: ${JSON.stringify(Object.fromEntries(kills))}\n`);
  expect(await world.uuids()).toEqual(before);
});
