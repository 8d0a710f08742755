import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PluginProcess } from "@contrail/test-contract";
import { runContrail } from "@contrail/testkit/contrail";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DevCloudProcess } from "./devcloud-process.ts";
import { PluginCloud } from "./plugin-cloud.ts";

let world: PluginCloud;
let other: DevCloudProcess;
let plugin: PluginProcess;
let network: string;
let port: string;
const directory = mkdtempSync(join(tmpdir(), "contrail-other-cloud-"));

beforeAll(async () => {
  world = await PluginCloud.start();
  network = await world.network("admin", "web", 3_001);
  const machine = await world.deploy(world.admin, "m0", [network]);
  port = String((machine.nic as readonly { id: string }[])[0]?.id); // Recorded so.
  expect(await world.reconcile()).toMatchObject({ failures: [] });
  other = await DevCloudProcess.start();
  plugin = new PluginProcess(directory, join(world.directory, "rest.sock"), [
    ...["--cloudstack-url", other.url, "--cloudstack-keys", other.keyFile],
    ...["--reconcile-seconds", "1", "--grace-seconds", "0"],
  ]);
  await plugin.run();
});

afterAll(async () => {
  await plugin?.kill();
  await other?.stop();
  await world?.stop();
  rmSync(directory, { recursive: true });
});

function contrail(command: string, ...args: readonly string[]) {
  return runContrail(["cloudstack", command, "--socket", plugin.controlSocket, ...args]);
}

async function areThere(): Promise<readonly boolean[]> {
  const objects = [
    await world.object("virtual-network", network),
    await world.object("virtual-machine-interface", port),
  ];
  return objects.map((object) => object !== undefined);
}

test("a plugin with the URL and keys of another CloudStack removes nothing, and says what to do", async () => {
  await world.until("the plugin has asked the other CloudStack", async () =>
    JSON.stringify((await plugin.status()).reconciler).includes("not the CloudStack"),
  );
  const status = await contrail("status");
  expect([status.code, status.stdout]).toEqual([
    3,
    expect.stringContaining("contrail cloudstack reconcile --other-cloud"),
  ]);
  for (const command of ["diff", "reconcile"]) {
    const { code, stderr } = await contrail(command);
    expect([code, stderr]).toEqual([1, expect.stringContaining("not the CloudStack that the configuration's objects")]);
  }
  expect(await areThere()).toEqual([true, true]);
  expect((await world.reconcile()).failures).toEqual([]);
});

test("a person may say that the other one is meant; what is lost with the old one goes when he says that too", async () => {
  const accepted = await contrail("reconcile", "--other-cloud");
  expect([accepted.code, accepted.stdout]).toEqual([3, expect.stringContaining("or all of them, would go")]);
  expect(await areThere()).toEqual([true, true]);
  const removed = await contrail("reconcile", "--remove-many");
  expect(removed.code).toBe(0);
  expect(await areThere()).toEqual([false, false]);
  expect((await contrail("status")).code).toBe(0);
});
