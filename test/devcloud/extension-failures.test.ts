import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ExtensionCloud } from "./extension-cloud.ts";
import type { Body } from "./signed-client.ts";

/** Cases of recordings/extension/failures.json, in networks without source NAT: its calls are not made there. */
describe("a command of the extension that fails has the recorded consequences", () => {
  let cloud: ExtensionCloud;
  let vlan = 600;

  beforeAll(async () => {
    cloud = await ExtensionCloud.start();
  });

  afterAll(() => cloud?.process.stop());

  const network = (): Promise<string> => cloud.network(`f${++vlan}`, vlan);
  const outcome = async (work: Promise<unknown>): Promise<string> => {
    cloud.calls();
    return work.then(
      () => "ok",
      (reason: Error) =>
        reason.message
          .replace(/[0-9a-f-]{36}/g, "UUID")
          .replace(/\d+-VM/, "N-VM")
          .replace(/"id":\d+/, '"id":N'),
    );
  };
  const commands = (): readonly string[] => cloud.calls().map(({ command }) => command);
  const networkOf = async (id: string): Promise<Body> =>
    ((await cloud.admin.call("listNetworks", { id })).network as readonly Body[])[0] ?? {};
  const stateOf = async (name: string): Promise<unknown> =>
    ((await cloud.admin.call("listVirtualMachines", { name })).virtualmachine as readonly Body[])[0]?.state;

  test.each([
    ["exits 1", 1, '{"status":"error"}'],
    ["prints no JSON", 0, "done"],
    ["prints nothing", 0, ""],
    ["prints JSON without the two keys", 0, '{"status":"success"}'],
    [
      "prints a warning beside a good answer",
      0,
      'warning\n{"network.broadcast_domain_type":"Lswitch","network.broadcast_uri":"lswitch:x"}',
    ],
    [
      "says status error with good keys",
      0,
      '{"status":"error","network.broadcast_domain_type":"Lswitch","network.broadcast_uri":"lswitch:x"}',
    ],
  ])(
    "implement-network that %s is tried twice, then the machine is in Error and the network Allocated",
    async (_how, exitCode, output) => {
      const id = await network();
      cloud.answer("implement-network", exitCode, output);
      const text = await outcome(cloud.deploy(`m${vlan}`, [id]));
      cloud.usual("implement-network");
      expect(text).toBe(
        'deployVirtualMachine: 530 Unable to orchestrate the start of VM instance {"instanceName":"i-2-N-VM","uuid":"UUID"}.',
      );
      const once = [
        "ensure-network-device",
        "ensure-network-device",
        "implement-network",
        "ensure-network-device",
        "shutdown-network",
      ];
      expect(commands()).toEqual([...once, ...once]);
      expect(await networkOf(id)).toMatchObject({ state: "Allocated", broadcastdomaintype: "Vlan" });
      expect(await stateOf(`m${vlan}`)).toBe("Error");
    },
  );

  test.each([
    [
      "upper case and on several lines",
      '{\n "status": "SUCCESS",\n "network.broadcast_domain_type": "lswitch",\n "network.broadcast_uri": "lswitch:x1"\n}',
      "Lswitch",
      "lswitch:x1",
    ],
    ["nested", '{"network":{"broadcast_domain_type":"Lswitch","broadcast_uri":"lswitch:x9"}}', "Lswitch", "lswitch:x9"],
    [
      "of an unknown type",
      '{"network.broadcast_domain_type":"Contrail","network.broadcast_uri":"contrail://x1"}',
      "Vlan",
      "contrail://x1",
    ],
  ])("an answer of implement-network %s is taken", async (_how, output, type, uri) => {
    const id = await network();
    cloud.answer("implement-network", 0, output);
    expect(await outcome(cloud.deploy(`m${vlan}`, [id]))).toBe("ok");
    cloud.usual("implement-network");
    expect(await networkOf(id)).toMatchObject({ state: "Implemented", broadcastdomaintype: type, broadcasturi: uri });
  });

  test.each(["prepare-nic", "ensure-network-device"])("%s that fails is ignored", async (command) => {
    const id = await network();
    cloud.answer(command, 1, "");
    expect(await outcome(cloud.deploy(`m${vlan}`, [id]))).toBe("ok");
    cloud.usual(command);
    expect(await stateOf(`m${vlan}`)).toBe("Running");
  });

  test("release-nic that fails is ignored: the machine is stopped, and starts again", async () => {
    const machine = await cloud.deploy(`r${vlan}`, [await network()]);
    cloud.answer("release-nic", 1, "");
    expect(await outcome(cloud.admin.job("stopVirtualMachine", { id: String(machine.id) }))).toBe("ok");
    cloud.usual("release-nic");
    expect(commands()).toEqual(["ensure-network-device", "release-nic"]);
    expect(await outcome(cloud.admin.job("startVirtualMachine", { id: String(machine.id) }))).toBe("ok");
  });

  test.each(["config-dhcp-subnet", "add-dhcp-entry", "config-dns-subnet", "add-dns-entry", "save-vm-data"])(
    "%s that fails releases the NIC, three times, then the machine is in Error",
    async (command) => {
      const id = await network();
      cloud.answer(command, 1, "");
      const text = await outcome(cloud.deploy(`m${vlan}`, [id]));
      cloud.usual(command);
      expect(text).toContain("after 3 attempts].");
      const own = commands().filter((name) => [command, "release-nic", "prepare-nic"].includes(name));
      expect(own).toEqual(Array(3).fill(["prepare-nic", command, "release-nic"]).flat());
      expect(await stateOf(`m${vlan}`)).toBe("Error");
      expect(await networkOf(id)).toMatchObject({ state: "Implemented" });
    },
  );

  test("ensure-network-device that prints no JSON bricks the network for good", async () => {
    const id = await network();
    cloud.answer("ensure-network-device", 0, "not json");
    const text = await outcome(cloud.deploy(`m${vlan}`, [id]));
    cloud.usual("ensure-network-device");
    expect(text).toContain("Unable to orchestrate the start of VM instance");
    expect(commands()).toEqual(["ensure-network-device"]);
    expect(await outcome(cloud.admin.job("deleteNetwork", { id }))).toBe("deleteNetwork: 530 Failed to parse JSON");
    expect((await networkOf(id)).details).toMatchObject({ "extension.details": "not json" });
  });

  test.each(["shutdown-network", "destroy-network"])(
    "%s that fails at deleteNetwork: the network stays, a second call removes it",
    async (command) => {
      const id = await network();
      const machine = await cloud.deploy(`d${vlan}`, [id]);
      await cloud.admin.job("destroyVirtualMachine", { id: String(machine.id), expunge: "true" });
      cloud.answer(command, 1, "");
      expect(await outcome(cloud.admin.job("deleteNetwork", { id }))).toBe(
        "deleteNetwork: 530 Failed to delete network",
      );
      cloud.usual(command);
      expect(await outcome(cloud.admin.job("deleteNetwork", { id }))).toBe("ok");
      const again = command === "shutdown-network" ? ["ensure-network-device", "shutdown-network"] : [];
      expect(commands()).toEqual([...again, "ensure-network-device", "destroy-network"]);
    },
  );

  test.each([
    ["shutdown-network", "restartNetwork", {}],
    ["implement-network", "restartNetwork", {}],
    ["implement-network", "restartNetwork", { cleanup: "false" }],
    ["restore-network", "restartNetwork", {}],
    ["implement-network", "updateNetwork", { dns1: "192.0.2.77" }],
  ])(
    "%s that fails at %s %o: the network is Allocated, and a second restart implements it",
    async (failing, call, more) => {
      const id = await network();
      await cloud.deploy(`a${vlan}`, [id]);
      cloud.answer(failing, 1, "");
      expect(await outcome(cloud.admin.job(call, { id, ...more }))).toMatch(/: 530 Failed to /);
      cloud.usual(failing);
      expect(await networkOf(id)).toMatchObject({ state: "Allocated", broadcastdomaintype: "Vlan" });
      expect(await outcome(cloud.admin.job("restartNetwork", { id }))).toBe("ok");
      expect(await networkOf(id)).toMatchObject({ state: "Implemented" });
    },
  );

  test("user data that are set while a network is implemented anew are handed over afterwards", async () => {
    const id = await network();
    const machine = String((await cloud.deploy(`w${vlan}`, [id])).id);
    await cloud.admin.job("stopVirtualMachine", { id: machine });
    cloud.calls();
    cloud.hold("implement-network");
    const { jobid } = await cloud.admin.call("restartNetwork", { id });
    await expect.poll(async () => (await networkOf(id)).state, { timeout: 10_000 }).toBe("Implementing");
    const saved = cloud.admin.call("resetUserDataForVirtualMachine", { id: machine, userdata: "eA==" });
    await cloud.admin.call("listZones");
    cloud.release("implement-network");
    await Promise.all([saved, cloud.admin.ended(String(jobid))]);
    expect(commands().filter((name) => !name.startsWith("ensure"))).toEqual([
      "shutdown-network",
      "implement-network",
      "restore-network",
      "save-userdata",
    ]);
  });

  test("an extension that is disabled or not executable fails every operation of its networks", async () => {
    const machine = await cloud.deploy(`u${vlan}`, [await network()]);
    const id = String(machine.id);
    await cloud.admin.job("stopVirtualMachine", { id });
    await cloud.admin.call("updateExtension", { id: cloud.extension, state: "Disabled" });
    expect(await outcome(cloud.admin.job("startVirtualMachine", { id }))).toMatch(/^startVirtualMachine: 530/);
    await cloud.admin.call("updateExtension", { id: cloud.extension, state: "Enabled" });
    const script = join(cloud.process.directory, "extensions/recsdn/recsdn.sh");
    chmodSync(script, 0o644);
    expect(await outcome(cloud.admin.call("resetUserDataForVirtualMachine", { id, userdata: "eA==" }))).toContain(
      "No executable script found",
    );
    chmodSync(script, 0o755);
    expect(await outcome(cloud.admin.job("startVirtualMachine", { id }))).toBe("ok");
  });

  test("a network that a stop of the process left between two states is implemented again where machines run, else Allocated", async () => {
    const [used, unused] = [await network(), await network()];
    await cloud.deploy(`s${vlan}`, [used]);
    cloud.hold("implement-network");
    for (const id of [used, unused]) {
      await cloud.admin.call("restartNetwork", { id });
      await expect.poll(async () => (await networkOf(id)).state, { timeout: 10_000 }).toBe("Implementing");
    }
    await cloud.process.kill();
    cloud.release("implement-network");
    await cloud.process.run();
    const admin = cloud.process.admin(); // On another port.
    const states = async (): Promise<readonly unknown[]> => {
      const { network: all } = await admin.call("listNetworks", { ids: `${used},${unused}` });
      return [used, unused].map((id) => (all as readonly Body[]).find((one) => one.id === id)?.state);
    };
    await expect.poll(states, { timeout: 20_000 }).toEqual(["Implemented", "Allocated"]);
  });
});
