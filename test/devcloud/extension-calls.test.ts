import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ExtensionCloud } from "./extension-cloud.ts";
import { recordedOperations } from "./recordings.ts";
import type { Body } from "./signed-client.ts";

const DETAILS = ["network-extension-details", "physical-network-extension-details"];

describe("the extension's executable is called as CloudStack calls it", () => {
  let cloud: ExtensionCloud;
  const ids = new Map<string, string>();
  const id = (name: string): string => ids.get(name) ?? "";
  const nics = async (machine: string): Promise<readonly Body[]> =>
    (await cloud.admin.call("listNics", { virtualmachineid: machine })).nic as readonly Body[];
  const nicIn = async (machine: string, network: string): Promise<string> =>
    String((await nics(machine)).find(({ networkid }) => networkid === network)?.id);

  beforeAll(async () => {
    cloud = await ExtensionCloud.start();
    ids.set("n511", await cloud.network("n511", 511));
    const details = { "details[0].network.services": "Dhcp", "details[1].network.allocate.extension.ip": "false" };
    const key = {
      name: "k",
      publickey: `ssh-rsa ${Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from("ssh-rsa"), Buffer.alloc(32, 1)]).toString("base64")}`,
    };
    await cloud.admin.call("registerSSHKeyPair", key);
    const action = { extensionid: cloud.extension, name: "dump-flows", resourcetype: "Network", enabled: "true" };
    const target = { "parameters[0].name": "target", "parameters[0].required": "true" };
    const made = await cloud.admin.call("addCustomAction", { ...action, ...target });
    ids.set("action", String((made.extensioncustomaction as Body).id));
    ids.set("wanted", JSON.stringify(details));
  });

  afterAll(() => cloud?.process.stop());

  /** What is done for each recorded operation, in the order of doing. */
  const operations: readonly (readonly [operation: string, work: () => Promise<unknown>])[] = [
    [
      "deployVirtualMachine in network without SourceNat, allocate.extension.ip=default",
      async () => ids.set("x1", String((await cloud.deploy("x1", [id("n511")])).id)),
    ],
    [
      "deployVirtualMachine second in network",
      async () => {
        const userdata = Buffer.from("#cloud-config\n").toString("base64");
        ids.set("x2", String((await cloud.deploy("x2", [id("n511")], { userdata, keypair: "k" })).id));
      },
    ],
    [
      "addIpToNic (secondary IP)",
      async () => cloud.admin.job("addIpToNic", { nicid: await nicIn(id("x1"), id("n511")) }),
    ],
    ["rebootVirtualMachine", () => cloud.admin.job("rebootVirtualMachine", { id: id("x1") })],
    ["migrateVirtualMachine", () => cloud.admin.job("migrateVirtualMachine", { virtualmachineid: id("x1") })],
    [
      "runCustomAction on isolated network",
      () =>
        cloud.admin.job("runCustomAction", {
          customactionid: id("action"),
          resourcetype: "Network",
          resourceid: id("n511"),
          "parameters[0].target": "10.1.1.5",
        }),
    ],
    ["stopVirtualMachine", () => cloud.admin.job("stopVirtualMachine", { id: id("x1") })],
    [
      "updateVirtualMachine userdata (stopped)",
      () => cloud.admin.call("updateVirtualMachine", { id: id("x1"), userdata: "eA==" }),
    ],
    ["resetPasswordForVirtualMachine", () => cloud.admin.job("resetPasswordForVirtualMachine", { id: id("x1") })],
    [
      "resetSSHKeyForVirtualMachine",
      () => cloud.admin.job("resetSSHKeyForVirtualMachine", { id: id("x1"), keypair: "k" }),
    ],
    [
      "resetUserDataForVirtualMachine",
      () => cloud.admin.call("resetUserDataForVirtualMachine", { id: id("x1"), userdata: "eQ==" }),
    ],
    ["startVirtualMachine", () => cloud.admin.job("startVirtualMachine", { id: id("x1") })],
    [
      "updateDefaultNicForVirtualMachine",
      async () =>
        cloud.admin.job("updateDefaultNicForVirtualMachine", {
          virtualmachineid: id("x1"),
          nicid: await nicIn(id("x1"), id("n512")),
        }),
    ],
    [
      "removeNicFromVirtualMachine",
      async () =>
        cloud.admin.job("removeNicFromVirtualMachine", {
          virtualmachineid: id("x1"),
          nicid: await nicIn(id("x1"), id("n511")),
        }),
    ],
    ["destroyVirtualMachine vm2 expunge=false", () => cloud.admin.job("destroyVirtualMachine", { id: id("x2") })],
    ["recoverVirtualMachine", () => cloud.admin.call("recoverVirtualMachine", { id: id("x2") })],
    [
      "destroyVirtualMachine in network without SourceNat, allocate.extension.ip=default",
      () => cloud.admin.job("destroyVirtualMachine", { id: id("x1"), expunge: "true" }),
    ],
    [
      "deleteNetwork without SourceNat, allocate.extension.ip=default",
      () => cloud.admin.job("deleteNetwork", { id: id("n511") }),
    ],
    [
      "deployVirtualMachine in network without SourceNat, allocate.extension.ip=false",
      async () => ids.set("x3", String((await cloud.deploy("x3", [id("n513")])).id)),
    ],
    [
      "destroyVirtualMachine in network without SourceNat, allocate.extension.ip=false",
      () => cloud.admin.job("destroyVirtualMachine", { id: id("x3"), expunge: "true" }),
    ],
    [
      "deleteNetwork without SourceNat, allocate.extension.ip=false",
      () => cloud.admin.job("deleteNetwork", { id: id("n513") }),
    ],
  ];
  /** What is made ready before an operation, outside what is compared. */
  const before: Readonly<Record<string, () => Promise<unknown>>> = {
    updateDefaultNicForVirtualMachine: async () => {
      ids.set("n512", await cloud.network("n512", 512));
      await cloud.admin.job("addNicToVirtualMachine", { virtualmachineid: id("x1"), networkid: id("n512") });
    },
    "deleteNetwork without SourceNat, allocate.extension.ip=default": () =>
      cloud.admin.job("destroyVirtualMachine", { id: id("x2"), expunge: "true" }),
    "deployVirtualMachine in network without SourceNat, allocate.extension.ip=false": async () => {
      await cloud.admin.call("updateExtension", {
        id: cloud.extension,
        ...(JSON.parse(id("wanted")) as Record<string, string>),
      });
      ids.set("n513", await cloud.network("n513", 513));
    },
  };

  test.each(operations)("%s", async (operation, work) => {
    await before[operation]?.();
    cloud.calls();
    await work();
    const calls = cloud.calls();
    const recorded = recordedOperations().find((candidate) => candidate.operation === operation);
    expect(calls.map(({ command }) => command)).toEqual(recorded?.calls.map(({ command }) => command));
    for (const [index, call] of calls.entries()) {
      const keys = call.command === "custom-action" ? call.file : (call.file.payload as Body);

      expect([call.command, Object.keys(keys).toSorted()]).toEqual([call.command, recorded?.calls[index]?.keys]);
      expect(call.argument).toBe("60");
      expect(
        Object.keys(call.file)
          .filter((key) => DETAILS.includes(key))
          .toSorted(),
      ).toEqual(DETAILS);
    }
    expect(cloud.payloadFiles()).toEqual([]);
  });

  test("every recorded operation has been done", () => {
    expect(operations.map(([name]) => name).toSorted()).toEqual(
      recordedOperations()
        .map(({ operation }) => operation)
        .toSorted(),
    );
  });
});
