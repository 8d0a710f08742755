import type { JsonObject } from "@contrail/schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Account, PluginCloud } from "./plugin-cloud.ts";
import type { Body } from "./signed-client.ts";

let world: PluginCloud;
let domain: string;
let alice: Account;
const ROOT_PATH = ["default-domain"];

beforeAll(async () => {
  world = await PluginCloud.start(["--grace-seconds", "0"]);
  domain = String(((await world.admin.call("createDomain", { name: "customers" })).domain as Body).id);
  alice = await world.account("alice", domain);
});

afterAll(() => world.stop());

function nicsOf(machine: Body): readonly Body[] {
  return machine.nic as readonly Body[]; // Recorded so.
}

async function annotation(type: string, uuid: string, key: string): Promise<unknown> {
  const annotations = (await world.object(type, uuid))?.annotations as { key_value_pair: readonly JsonObject[] }; // KeyValuePairs.
  return annotations.key_value_pair.find((pair) => pair.key === key)?.value;
}

test("a first machine gives network, machine and interface CloudStack's uuids, domain and account", async () => {
  const network = await world.network(alice, "web & <more>", 3_001);
  const machine = await world.deploy(alice.client, "m1", [network]);
  const [nic] = nicsOf(machine);
  expect(await world.object("virtual-network", network)).toMatchObject({
    display_name: "web & <more>",
    parent_uuid: alice.id,
    perms2: { owner: alice.id },
    fq_name: ["customers", "alice", expect.stringMatching(/^cs-net-\d+$/)],
  });
  expect(await world.object("domain", domain)).toMatchObject({ display_name: "customers", fq_name: ["customers"] });
  expect(await world.object("project", alice.id)).toMatchObject({ parent_uuid: domain });
  expect(await world.object("virtual-machine", String(machine.id))).toMatchObject({ display_name: "m1" });
  expect(await world.object("virtual-machine-interface", String(nic?.id))).toMatchObject({
    parent_uuid: alice.id,
    virtual_network_refs: [{ uuid: network }],
    virtual_machine_refs: [{ uuid: machine.id }],
  });
  await world.admin.job("destroyVirtualMachine", { id: String(machine.id), expunge: "true" });
  await alice.client.job("deleteNetwork", { id: network });
  expect(await world.object("virtual-network", network)).toBeUndefined();
  expect(await world.object("virtual-machine", String(machine.id))).toBeUndefined();
});

test("a network of a project is the project's; one of the root is of the default domain", async () => {
  const made = await world.admin.job("createProject", { name: "blue", displaytext: "blue" });
  const project = String((made.project as Body).id);
  const network = await world.network("admin", "of-blue", 3_002, { projectid: project });
  const machine = await world.deploy(world.admin, "m2", [network], { projectid: project });
  expect(await world.object("virtual-network", network)).toMatchObject({
    parent_uuid: project,
    display_name: "of-blue",
  });
  expect(await world.object("project", project)).toMatchObject({ fq_name: [...ROOT_PATH, "blue"] });
  await world.admin.job("destroyVirtualMachine", { id: String(machine.id), expunge: "true" });
  await world.admin.job("deleteNetwork", { id: network });
});

test("two owners of one name have a project each", async () => {
  const second = String(((await world.admin.call("createDomain", { name: "others" })).domain as Body).id);
  const bob = await world.account("bob", second);
  const made = await world.admin.job("createProject", {
    name: "bob",
    displaytext: "bob",
    account: "bob",
    domainid: second,
  });
  const project = String((made.project as Body).id);
  const [own, shared] = [
    await world.network(bob, "own", 3_003),
    await world.network("admin", "projects", 3_004, { projectid: project }),
  ];
  await world.deploy(bob.client, "m3", [own]);
  await world.deploy(bob.client, "m4", [shared], { projectid: project });
  const names = await Promise.all(
    [bob.id, project].map(async (uuid) => (await world.object("project", uuid))?.fq_name),
  );
  expect(names.toSorted()).toEqual([
    ["others", "bob"],
    ["others", `bob-${project.slice(0, 8)}`],
  ]);
  expect(await world.diff()).toEqual([]);
});

test("without CloudStack's API a start works; a network with ports is named later, one without gets its uuid", async () => {
  const [busy, empty] = [await world.network(alice, "busy", 3_010), await world.network(alice, "empty", 3_011)];
  let [made, port, host] = ["", "", ""];
  await world.whileSilent(async () => {
    const machine = await world.deploy(alice.client, "m5", [busy]);
    const [nic] = nicsOf(machine);
    [port, host] = [String(nic?.id), String(machine.id)];
    const gone = await world.deploy(alice.client, "m6", [empty]);
    await world.admin.job("destroyVirtualMachine", { id: String(gone.id), expunge: "true" });
    const provisional = (await world.object("virtual-machine-interface", String(nic?.id)))
      ?.virtual_network_refs as readonly JsonObject[]; // A list.
    made = String(provisional[0]?.uuid);
    expect(made).not.toBe(busy);
    expect(await world.object("virtual-network", made)).toMatchObject({
      fq_name: [...ROOT_PATH, "default-project", expect.anything()],
    });
  });
  await world.until("nothing differs", async () => (await world.reconcile()).writes === 0);
  expect(await world.object("virtual-network", made)).toMatchObject({
    display_name: "busy",
    perms2: { owner: alice.id },
  });
  const hers = { perms2: { owner: alice.id, owner_access: 7, global_access: 0 } };
  expect(await world.object("virtual-machine-interface", port)).toMatchObject(hers);
  expect(await world.object("virtual-machine", host)).toMatchObject({ display_name: "m5", ...hers });
  expect(await annotation("virtual-network", made, "cloudstack.uuid")).toBe(busy);
  expect(await world.object("virtual-network", empty)).toMatchObject({ display_name: "empty", parent_uuid: alice.id });
  expect(await world.diff()).toEqual([]);
  await world.deploy(alice.client, "m7", [empty]);
  expect(await world.diff()).toEqual([]);
});
