import { join } from "node:path";
import { runContrail } from "@contrail/testkit/contrail";
import { expect } from "vitest";
import { extensionTest } from "./extension-call.ts";
import { nic, startOf } from "./machine-calls.ts";
import { DONE, PluginWorld } from "./plugin-world.ts";

const world = new PluginWorld();

/** Runs `contrail cloudstack <command>` on the plugin's control socket. */
function contrail(command: string, ...args: readonly string[]) {
  return runContrail(["cloudstack", command, "--socket", world.plugin.controlSocket, ...args]);
}

extensionTest("status of a plugin that works ends with 0 and counts the calls", async () => {
  await world.sendAll(startOf(31, 1));
  const { code, stdout } = await contrail("status");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^all is well$/m);
  expect(stdout).toMatch(/^configuration node {2}answers$/m);
  expect(stdout).toMatch(/^prepare-nic +1 +0$/m);
  expect(stdout).not.toContain("hunter2");
});

extensionTest(
  "a command that failed is shown with what to do, by status with exit code 3, until it works",
  async () => {
    const call = ["apply-fw-rules", nic(31, 1)] as const;
    expect(await world.send(call)).toMatchObject({ exit: 1 });
    const wrong = await contrail("status");
    expect(wrong.code).toBe(3);
    expect(wrong.stdout).toMatch(/^wrong: commands of CloudStack that failed.*: 1$/m);
    expect(wrong.stdout).toMatch(/apply-fw-rules +31 .* open\n {2}apply-fw-rules is not supported.*\n {2}next: \S/);
    const { stdout } = await contrail("events");
    expect(stdout).toMatch(/^\S+ +command-failed +apply-fw-rules of network 31/m);
    // With its network its failures end.
    expect(await world.send(["destroy-network", nic(31, 1)])).toEqual(DONE);
    const well = await contrail("status");
    expect(well.code).toBe(0);
    expect(well.stdout).toMatch(/apply-fw-rules +31 .* over /);
    expect((await contrail("events")).stdout).toMatch(/^\S+ +command-recovered +apply-fw-rules/m);
  },
);

extensionTest("a configuration node that is gone is wrong, for scripts too, until it is there again", async () => {
  await world.node.kill();
  const wrong = await contrail("status");
  expect(wrong.code).toBe(3);
  expect(wrong.stdout).toMatch(/^wrong: the configuration node does not answer on .*; see: contrail status$/m);
  const { code, stdout } = await contrail("status", "--json");
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    healthy: false,
    wrongs: [expect.stringMatching(/configuration node/)],
    configuration: { reachable: false },
  });
  await world.node.run();
  expect((await contrail("status")).code).toBe(0);
});

extensionTest("events are limited, and a limit that is none is refused as a wrong option", async () => {
  const { stdout } = await contrail("events", "--limit", "1", "--json");
  expect((JSON.parse(stdout) as { events: unknown[] }).events).toHaveLength(1); // The plugin's form.
  for (const limit of ["many", "0"]) {
    const { code, stderr } = await contrail("events", "--limit", limit);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/option '--limit <number>' .*from 1 to 1000\./)]);
  }
});

extensionTest("where no plugin answers, every command says so and ends with 1", async () => {
  const none = join(world.directory, "none.sock");
  for (const command of ["status", "events", "diff", "reconcile"]) {
    const { code, stdout, stderr } = await runContrail(["cloudstack", command, "--socket", none]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/the CloudStack plugin does not answer .*none\.sock.*--socket/);
  }
});
