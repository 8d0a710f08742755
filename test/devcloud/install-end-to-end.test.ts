import { runContrail } from "@contrail/testkit/contrail";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstId } from "./extension-offering.ts";
import { PluginCloud } from "./plugin-cloud.ts";
import type { Body } from "./signed-client.ts";

let world: PluginCloud;

beforeAll(async () => {
  world = await PluginCloud.start();
});

afterAll(() => world?.stop());

test("after install a machine of its offering has its port in the configuration, and uninstall waits for its network", async () => {
  const names = ["--api-key-file", world.cloud.keyFile, "--name", "overlay"];
  const install = ["cloudstack", "install", ...names, "--plugin-socket", world.plugin.socket];
  expect(await runContrail(install)).toMatchObject({ code: 0 });
  world.offering = await firstId(world.admin, "listNetworkOfferings", "networkoffering", {
    name: "OpenContrail isolated",
  });

  const network = await world.network("admin", "web", 3_001);
  const machine = await world.deploy(world.admin, "m0", [network]);
  const [nic] = machine.nic as readonly Body[]; // Recorded so.
  expect(await world.object("virtual-network", network)).toMatchObject({ display_name: "web" });
  expect(await world.object("virtual-machine-interface", String(nic?.id))).toMatchObject({
    virtual_machine_interface_mac_addresses: { mac_address: [nic?.macaddress] },
  });

  const refused = await runContrail(["cloudstack", "uninstall", ...names]);
  expect(refused).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(`${network}.*; delete it first`),
  });
  const forScripts = await runContrail(["cloudstack", "uninstall", ...names, "--json"]);
  expect(forScripts.code).toBe(1);
  expect(JSON.parse(forScripts.stdout)).toEqual({
    changed: false,
    done: [],
    refusals: [expect.stringContaining(network)],
  });
  await world.admin.job("destroyVirtualMachine", { id: String(machine.id), expunge: "true" });
  await world.admin.job("deleteNetwork", { id: network });
  expect(await runContrail(["cloudstack", "uninstall", ...names])).toMatchObject({ code: 0 });
  expect(await world.object("virtual-network", network)).toBeUndefined();
});
