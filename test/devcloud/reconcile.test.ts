import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { JsonObject } from "@contrail/schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PluginCloud, WEBHOOK_SECRET } from "./plugin-cloud.ts";
import type { Body } from "./signed-client.ts";

const MACHINES = 3;
const TYPES = ["domain", "project", "virtual-network", "virtual-machine-interface", "instance-ip", "virtual-machine"];

let world: PluginCloud;
let network: string;
let other: string;
const machines: Body[] = [];

beforeAll(async () => {
  world = await PluginCloud.start(["--grace-seconds", "3600"]);
  network = await world.network("admin", "web", 3_001);
  other = await world.network("admin", "other", 3_002);
  for (let index = 0; index < MACHINES; index++) {
    machines.push(await world.deploy(world.admin, `m${index}`, [network]));
  }
});

afterAll(() => world.stop());

function nic(index: number): Body {
  const [first] = (machines[index]?.nic ?? []) as readonly Body[]; // Recorded so.
  return first ?? {};
}

/** All objects that could be CloudStack's, without what counts writes and what is made at random. */
async function everything(): Promise<ReadonlyMap<string, string>> {
  const all = await Promise.all(TYPES.map((type) => world.vnc.list(type, true)));
  return new Map(all.flat().map((object) => [String(object.uuid), textOf(object)]));
}

function textOf(object: JsonObject): string {
  return JSON.stringify(object, (key, inner: unknown) =>
    key === "id_perms" || key === "subnet_uuid" ? undefined : typeof inner === "bigint" ? String(inner) : inner,
  );
}

/** Objects of the network's ports, all of CloudStack's. */
async function removePort(index: number): Promise<void> {
  const vmi = await world.vnc.read("virtual-machine-interface", String(nic(index).id));
  for (const { uuid } of (vmi.instance_ip_back_refs ?? []) as readonly JsonObject[]) {
    await world.vnc.remove("instance-ip", String(uuid));
  }
  await world.vnc.remove("virtual-machine-interface", String(vmi.uuid));
}

test("what the commands made does not differ; once it is noted where the passwords' machines run, a run writes nothing", async () => {
  expect(await world.diff()).toEqual([]);
  expect(await world.reconcile()).toMatchObject({ writes: 0, noted: MACHINES, settled: 0, failures: [] });
  const before = await everything();
  expect(await world.diff()).toEqual([]);
  expect(await world.reconcile()).toMatchObject({ writes: 0, noted: 0, failures: [] });
  expect(await everything()).toEqual(before);
});

test("a failure that CloudStack ignores is open until both sides are seen to agree", async () => {
  const [row] = await world.vnc.list("virtual-machine-interface", true);
  const annotations = JSON.stringify(row?.annotations);
  const nicId = /"cloudstack\.nic-id","value":"(\d+)"/.exec(annotations)?.[1] ?? "";
  const networkRow = await world.vnc.read("virtual-network", network);
  const number = /"cloudstack\.network-id","value":"(\d+)"/.exec(JSON.stringify(networkRow.annotations))?.[1] ?? "";
  await world.refusedCall("prepare-nic", { network_id: number, nic_id: nicId, nic_uuid: "none" });
  expect((await world.plugin.status()).failures).toMatchObject({ open: 1, list: [{ network: number, nic: nicId }] });
  expect(await world.diff()).toEqual([]);
  expect((await world.plugin.status()).failures.open).toBe(0);
});

/** The password that a machine's host gives it; undefined where it gives none. */
async function served(index: number): Promise<string | undefined> {
  const vmi = await world.vnc.read("virtual-machine-interface", String(nic(index).id));
  return /"cloudstack\.password","value":"([^"]+)"/.exec(JSON.stringify(vmi.annotations))?.[1];
}

test("a password stays on the host that has given it: after a migration it is not served again, and a new one is", async () => {
  const id = String(machines[2]?.id);
  expect(await served(2)).toBe(machines[2]?.password);
  await world.admin.call("createWebhook", {
    ...{ name: "hook", payloadurl: world.webhook, secretkey: WEBHOOK_SECRET, scope: "Global" },
  });
  await world.admin.job("migrateVirtualMachine", { virtualmachineid: id });
  // Nobody asks for it: CloudStack calls the extension for no migration, and its event wakes the plugin.
  await world.until("the password has gone", async () => (await served(2)) === undefined);
  expect(await served(1)).toBe(machines[1]?.password);
  await world.admin.job("stopVirtualMachine", { id });
  const reset = await world.admin.job("resetPasswordForVirtualMachine", { id });
  const password = String((reset.virtualmachine as Body).password);
  await world.admin.job("startVirtualMachine", { id });
  await world.reconcile();
  expect(await served(2)).toBe(password);
  await world.admin.job("migrateVirtualMachine", { virtualmachineid: id });
  await world.until("the new password has gone", async () => (await served(2)) === undefined);
  const [hook] = (await world.admin.call("listWebhooks")).webhook as readonly Body[];
  await world.admin.call("deleteWebhook", { id: String(hook?.id) });
  expect(await world.diff()).toEqual([]);
});

test("a port that is gone, an address and a name that are wrong are mended", async () => {
  await removePort(0);
  await world.vnc.update("virtual-machine-interface", String(nic(1).id), {
    display_name: "wrong",
    virtual_machine_interface_mac_addresses: { mac_address: ["02:00:00:00:00:99"] },
  });
  await world.vnc.update("virtual-network", network, { display_name: "wrong" });
  const found = await world.diff();
  expect(found.map(({ action, type, uuid }) => [action, type, uuid]).toSorted()).toEqual(
    [
      ["create", "virtual-machine-interface", nic(0).id],
      ["mend", "virtual-machine-interface", nic(1).id],
      ["mend", "virtual-network", network],
    ].toSorted(),
  );
  expect(await world.reconcile()).toMatchObject({ failures: [] });
  expect(await world.diff()).toEqual([]);
  expect(await world.vnc.read("virtual-machine-interface", String(nic(0).id))).toMatchObject({
    display_name: "m0",
    virtual_machine_interface_mac_addresses: { mac_address: [nic(0).macaddress] },
    virtual_machine_refs: [{ uuid: machines[0]?.id }],
  });
  expect(await world.vnc.read("virtual-machine-interface", String(nic(1).id))).toMatchObject({ display_name: "m1" });
});

test("secondary addresses and new names, of which no command tells, come and go", async () => {
  const taken = machines.map((_, index) => nic(index).ipaddress);
  const free = ["10.40.0.200", "10.40.0.201", "10.40.0.202", "10.40.0.203"].find((address) => !taken.includes(address));
  const added = await world.admin.job("addIpToNic", { nicid: String(nic(0).id), ipaddress: free ?? "" });
  const secondary = added.nicsecondaryip as Body;
  await world.admin
    .call("updateVirtualMachine", { id: String(machines[1]?.id), displayname: "x", name: "renamed" })
    .catch(() => undefined);
  await world.admin.job("updateNetwork", { id: network, name: "web2" });
  expect(await world.reconcile()).toMatchObject({ failures: [] });
  const made = (await world.vnc.list("instance-ip", true)).find(({ instance_ip_address: ip }) => ip === free);
  expect(made).toMatchObject({ virtual_machine_interface_refs: [{ uuid: nic(0).id }], instance_ip_secondary: true });
  expect(await world.vnc.read("virtual-network", network)).toMatchObject({ display_name: "web2" });
  await world.admin.job("removeIpFromNic", { id: String(secondary.id) });
  expect(await world.reconcile()).toMatchObject({ failures: [] });
  expect((await world.vnc.list("instance-ip", true)).some(({ instance_ip_address: ip }) => ip === free)).toBe(false);
  expect(await world.diff()).toEqual([]);
});

test("what CloudStack does not have goes after its grace only, and what is not CloudStack's never", async () => {
  const foreign = await world.vnc.create("virtual-network", {
    fq_name: ["default-domain", "default-project", "theirs"],
  });
  const project = await world.vnc.create("project", { fq_name: ["default-domain", "theirs"] });
  const stray = await world.vnc.create("virtual-machine-interface", {
    fq_name: ["default-domain", "default-project", "stray"],
    parent_type: "project",
    virtual_network_refs: [{ uuid: network, to: null }],
    annotations: { key_value_pair: [{ key: "cloudstack.nic-state", value: "prepared" }] },
  });
  const before = await everything();
  expect(await world.diff()).toMatchObject([{ action: "wait", uuid: stray }]);
  expect(await world.reconcile()).toMatchObject({ writes: 0 });
  expect(await everything()).toEqual(before);
  expect(await world.reconcile({ withoutGrace: true })).toMatchObject({ failures: [], writes: 1 });
  expect(await world.object("virtual-machine-interface", stray)).toBeUndefined();
  expect(await world.object("virtual-network", foreign)).toBeDefined();
  expect(await world.object("project", project)).toBeDefined();
});

test("a network with ports that CloudStack has lost goes as a whole", async () => {
  const machine = await world.deploy(world.admin, "lost", [other]);
  const [port] = machine.nic as readonly Body[]; // Recorded so.
  await world.plugin.kill();
  await world.admin.job("destroyVirtualMachine", { id: String(machine.id), expunge: "true" }).catch(() => undefined);
  await world.admin.job("deleteNetwork", { id: other, forced: "true" }).catch(() => undefined);
  await world.plugin.run();
  await world.admin.job("deleteNetwork", { id: other }).catch(() => undefined);
  await world.until("CloudStack has no such network", async () => {
    const body = await world.admin.call("listNetworks", { listall: "true" });
    return !((body.network ?? []) as readonly Body[]).some(({ id }) => id === other);
  });
  expect(await world.reconcile({ withoutGrace: true })).toMatchObject({ failures: [] });
  expect(await world.object("virtual-network", other)).toBeUndefined();
  expect(await world.object("virtual-machine-interface", String(port?.id))).toBeUndefined();
  expect(await world.object("virtual-machine", String(machine.id))).toBeUndefined();
  expect(await world.diff()).toEqual([]);
});

test("a key that sees a part of the cloud changes nothing", async () => {
  const { keyFile } = world.cloud;
  const root = readFileSync(keyFile, "utf8");
  const domain = String(((await world.admin.call("listDomains")).domain as readonly Body[])[0]?.id);
  const { keys } = await world.account("bob", domain);
  const before = await everything();
  writeFileSync(keyFile, `[cloudstack]\nkey = ${keys.apiKey}\nsecret = ${keys.secretKey}\n`);
  await expect(world.reconcile({ withoutGrace: true })).rejects.toThrow(/403 .*root administrator/);
  writeFileSync(keyFile, root);
  expect(await everything()).toEqual(before);
});

test("an event wakes the reconciler; one with a wrong signature does not", async () => {
  await removePort(2);
  const post = (signature: string, body: string) =>
    fetch(world.webhook, { method: "POST", body, headers: { "X-CS-Signature": signature } });
  expect((await post("0".repeat(64), "{}")).status).toBe(401);
  const signature = createHmac("sha256", WEBHOOK_SECRET).update("{}").digest("hex");
  expect((await post(signature, "{}")).status).toBe(200);
  await world.until("the port is there again", async () => {
    return (await world.object("virtual-machine-interface", String(nic(2).id))) !== undefined;
  });
});

test("a cloud that is gone changes nothing", async () => {
  await world.reconcile({ withoutGrace: false }); // Behind a run that may still be at work for the test before.
  const before = await everything();
  await world.cloud.kill();
  await expect(world.reconcile({ withoutGrace: true })).rejects.toThrow(/503 .*cannot be reached/);
  expect(await everything()).toEqual(before);
});
