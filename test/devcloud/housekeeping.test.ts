import { afterAll, beforeAll, expect, test } from "vitest";
import { ExtensionCloud } from "./extension-cloud.ts";
import type { Body } from "./signed-client.ts";

let cloud: ExtensionCloud;

beforeAll(async () => {
  cloud = await ExtensionCloud.start(["--network-gc-seconds", "1", "--expunge-delay-seconds", "2"]);
});

afterAll(() => cloud?.process.stop());

test("a network whose last machine stopped is shut down, and implemented anew at the next start", async () => {
  const network = await cloud.network("idle", 950);
  const state = async (): Promise<unknown> =>
    ((await cloud.admin.call("listNetworks", { id: network })).network as readonly Body[])[0]?.state;
  const { id } = await cloud.deploy("m", [network]);
  cloud.calls();
  await cloud.admin.job("stopVirtualMachine", { id: String(id) });
  await expect.poll(state, { timeout: 20_000 }).toBe("Allocated");
  const collected = cloud.calls().map(({ command }) => command);
  expect(collected).toEqual(["ensure-network-device", "release-nic", "ensure-network-device", "shutdown-network"]);
  await cloud.admin.job("startVirtualMachine", { id: String(id) });
  expect(cloud.calls().map(({ command }) => command)).toContain("implement-network");
  expect(await state()).toBe("Implemented");
});

test("a destroyed machine goes for good after its time", async () => {
  const { id } = await cloud.deploy("d", [await cloud.network("short", 951)]);
  await cloud.admin.job("destroyVirtualMachine", { id: String(id) });
  const shown = () => cloud.admin.call("listVirtualMachines", { name: "d" });
  expect(await shown()).toMatchObject({ virtualmachine: [{ state: "Destroyed" }] });
  await expect.poll(shown, { timeout: 20_000 }).toEqual({});
});
