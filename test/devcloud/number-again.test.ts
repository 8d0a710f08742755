import { randomUUID } from "node:crypto";
import type { JsonObject } from "@contrail/schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Account, PluginCloud } from "./plugin-cloud.ts";
import type { Body } from "./signed-client.ts";

/** CloudStack's database was made anew: it gives numbers again that networks of the configuration have still. */
let world: PluginCloud;
let domain: string;
let alice: Account;
let bob: Account;
/** The VLAN of the network made last. */
let vlan = 3_000;
/** A number that is surely smaller than those of networks that are made from now on. */
let lastNumber = 0;

beforeAll(async () => {
  world = await PluginCloud.start(["--grace-seconds", "3600"]);
  domain = String(((await world.admin.call("createDomain", { name: "customers" })).domain as Body).id);
  alice = await world.account("alice", domain);
  bob = await world.account("bob", domain);
  // Their projects are there from an earlier network each.
  for (const account of [alice, bob]) {
    const network = await world.network(account, "first", ++vlan);
    await world.deploy(account.client, `first-${lastNumber}`, [network]);
    lastNumber = Math.max(lastNumber, Number(await numberOf(network)));
  }
});

afterAll(() => world.stop());

async function annotationsOf(network: string): Promise<Readonly<Record<string, string>>> {
  const { annotations } = await world.vnc.read("virtual-network", network);
  const { key_value_pair: pairs } = annotations as { key_value_pair: { key: string; value: string }[] }; // KeyValuePairs.
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}

async function numberOf(network: string): Promise<string> {
  return (await annotationsOf(network))["cloudstack.network-id"] ?? "";
}

/** The database number of a network that is not implemented yet, which no list tells. */
async function numberToCome(network: string): Promise<string> {
  for (let number = lastNumber + 1; number < lastNumber + 100; number++) {
    const { network: found } = await world.admin
      .call("listNetworks", { id: String(number), listall: "true" })
      .catch(() => ({ network: undefined }));
    if ((found as Body[] | undefined)?.[0]?.id === network) return String(number);
  }
  throw new Error("the network has no number that is found");
}

interface Old {
  readonly network: string;
  readonly port: string;
}

/** Makes a network, with a port, as an earlier CloudStack's commands have made it. more: its annotations. */
async function old(
  owner: Account,
  number: string,
  more: Readonly<Record<string, string>>,
  gateway = "10.40.0.1",
): Promise<Old> {
  const project = (await world.object("project", owner.id))?.fq_name as readonly string[]; // The model says so.
  const pairs = { "cloudstack.network-id": number, "cloudstack.network-state": "implemented", ...more };
  const [prefix] = [gateway.replace(/1$/, "0")];
  const network = await world.vnc.create("virtual-network", {
    ...(more["cloudstack.uuid"] === undefined ? {} : { uuid: more["cloudstack.uuid"] }),
    fq_name: [...project, `cs-net-${number}`],
    parent_type: "project",
    network_ipam_refs: [
      {
        to: ["default-domain", "default-project", "default-network-ipam"],
        attr: {
          ipam_subnets: [
            { subnet: { ip_prefix: prefix, ip_prefix_len: 24 }, default_gateway: gateway, subnet_name: "cloudstack" },
          ],
        },
      },
    ],
    annotations: { key_value_pair: Object.entries(pairs).map(([key, value]) => ({ key, value })) },
  });
  const port = randomUUID();
  await world.vnc.create("virtual-machine-interface", {
    uuid: port,
    fq_name: [...project, port],
    parent_type: "project",
    virtual_network_refs: [{ uuid: network }],
    annotations: { key_value_pair: [{ key: "cloudstack.nic-state", value: "prepared" }] },
  });
  return { network, port };
}

async function portsOf(network: string): Promise<readonly string[]> {
  const { virtual_machine_interface_back_refs: ports } = await world.vnc.read("virtual-network", network);
  return ((ports ?? []) as readonly JsonObject[]).map(({ uuid }) => String(uuid)); // References.
}

function nicOf(machine: Body): string {
  const [nic] = machine.nic as readonly Body[]; // Recorded so.
  return String(nic?.id);
}

test.each([
  ["another tenant's", () => bob],
  ["an own one", () => alice],
])("a network whose number %s has still is made beside it, and no port comes to the other", async (_whose, ownerOf) => {
  const network = await world.network(alice, `again-${ownerOf().id}`, ++vlan);
  const number = await numberToCome(network);
  const uuid = randomUUID();
  const before = await old(ownerOf(), number, { "cloudstack.uuid": uuid });
  await world.plugin.kill();
  await world.plugin.run();
  const machine = await world.deploy(alice.client, `m-${number}`, [network]);
  expect(await portsOf(network)).toEqual([nicOf(machine)]);
  expect(await portsOf(before.network)).toEqual([before.port]);
  expect([await numberOf(network), await numberOf(before.network)]).toEqual([number, `${number}-${uuid}`]);
  expect(await world.object("virtual-network", network)).toMatchObject({ parent_uuid: alice.id });
  const second = await world.deploy(alice.client, `n-${number}`, [network]);
  expect((await portsOf(network)).toSorted()).toEqual([nicOf(machine), nicOf(second)].toSorted());
  expect((await world.diff()).filter(({ uuid: one }) => one === before.network)).toMatchObject([{ action: "wait" }]);
  await world.until("the old one is gone", async () => {
    await world.reconcile({ withoutGrace: true });
    return (await world.object("virtual-network", before.network)) === undefined;
  });
  expect(await portsOf(network)).toHaveLength(2);
  expect(await world.diff()).toEqual([]);
});

test("a provisional network with another's ports is left to them", async () => {
  const network = await world.network(alice, "provisional", ++vlan);
  const number = await numberToCome(network);
  const before = await old(bob, number, {});
  await world.plugin.kill();
  await world.plugin.run();
  const machine = await world.deploy(alice.client, "mp", [network]);
  expect(await portsOf(network)).toEqual([nicOf(machine)]);
  expect(await portsOf(before.network)).toEqual([before.port]);
  await world.until("the old one is gone", async () => {
    await world.reconcile({ withoutGrace: true });
    return (await world.object("virtual-network", before.network)) === undefined;
  });
});

test.each([
  ["has kept its uuid until now", { "cloudstack.uuid-kept": "true" }, "10.40.0.1"],
  ["has another prefix and gateway", {}, "10.77.0.1"],
])(
  "without CloudStack's API a network is not joined to one that %s; with it the start works",
  async (_what, more, gateway) => {
    const network = await world.network(alice, `silent-${gateway}`, ++vlan);
    const number = await numberToCome(network);
    let before: Old | undefined;
    await world.whileSilent(async () => {
      before = await old(bob, number, { "cloudstack.uuid": randomUUID(), ...more }, gateway);
      await expect(world.deploy(alice.client, `no-${number}`, [network])).rejects.toThrow();
      expect(await portsOf(before.network)).toEqual([before.port]);
      const { list } = (await world.plugin.status()).failures;
      expect(JSON.stringify(list)).toContain("seems to be another network of CloudStack's");
    });
    const machine = await world.deploy(alice.client, `yes-${number}`, [network]);
    expect(await portsOf(network)).toEqual([nicOf(machine)]);
    expect(await portsOf(before?.network ?? "")).toEqual([before?.port]);
  },
);

async function addressesOf(port: string): Promise<readonly (readonly [string, string])[]> {
  const { instance_ip_back_refs: references } = await world.vnc.read("virtual-machine-interface", port);
  const found = await Promise.all((references ?? []).map(({ uuid }) => world.vnc.read("instance-ip", uuid)));
  return found.map(({ instance_ip_address: ip, virtual_network_refs: networks }) => [
    String(ip),
    String(networks?.[0]?.uuid),
  ]);
}

test.each([
  ["whose uuid is known", () => ({ "cloudstack.uuid": randomUUID() })],
  ["that is provisional", () => ({})],
])(
  "a machine that was started in another's network %s while the API was silent comes into its own at once, with its data",
  async (which, more) => {
    const network = await world.network(alice, `joined-${which.length}`, ++vlan);
    const number = await numberToCome(network);
    let before: Old | undefined;
    let machine: Body = {};
    const userdata = Buffer.from("its own text").toString("base64");
    await world.whileSilent(async () => {
      before = await old(bob, number, more());
      machine = await world.deploy(alice.client, `j-${number}`, [network], { userdata });
    });
    const port = nicOf(machine);
    const [joined, stranger] = [before?.network ?? "", before?.port ?? ""];
    // The plugin has read both sides at its start, and found what is to be done.
    await world.until("the port is in its own network", async () => {
      await world.reconcile();
      const { virtual_network_refs: references } = await world.vnc.read("virtual-machine-interface", port);
      return references?.[0]?.uuid === network;
    });
    expect(await portsOf(network)).toEqual([port]);
    expect(await portsOf(joined)).toEqual([stranger]);
    const [nic] = machine.nic as readonly Body[]; // Recorded so.
    expect(await addressesOf(port)).toEqual([[String(nic?.ipaddress), network]]);
    const vmi = await world.vnc.read("virtual-machine-interface", port);
    expect(JSON.stringify(vmi.annotations)).toContain(userdata);
    expect((await world.diff()).filter(({ action }) => action !== "wait")).toEqual([]);
    const id = String(machine.id);
    await alice.client.job("stopVirtualMachine", { id });
    await alice.client.job("startVirtualMachine", { id });
    await world.until("the old one is gone", async () => {
      await world.reconcile({ withoutGrace: true });
      return (await world.object("virtual-network", joined)) === undefined;
    });
    expect(await portsOf(network)).toEqual([port]);
    expect(await world.diff()).toEqual([]);
  },
);

test("a network whose first database is back gets its number again, though it was adopted", async () => {
  const network = await world.network(alice, "adopted", ++vlan);
  const number = await numberToCome(network);
  const adopted = await old(alice, `${number}-x`, {});
  const { key_value_pair: pairs = [] } = (await world.vnc.read("virtual-network", adopted.network)).annotations ?? {};
  const annotations = { key_value_pair: [...pairs, { key: "cloudstack.uuid", value: network }] };
  await world.vnc.update("virtual-network", adopted.network, { annotations });
  const meanwhile = await old(bob, number, { "cloudstack.uuid": randomUUID() });
  await world.plugin.kill();
  await world.plugin.run();
  const machine = await world.deploy(alice.client, "back", [network]);
  expect((await portsOf(adopted.network)).toSorted()).toEqual([adopted.port, nicOf(machine)].toSorted());
  expect(await world.object("virtual-network", network)).toBeUndefined();
  expect([await numberOf(adopted.network), await numberOf(meanwhile.network)]).toEqual([
    number,
    `${number}-${meanwhile.network}`,
  ]);
});

test("CloudStack keeps the uuid of a network, and forgets it with its end", async () => {
  const network = await world.network(alice, "kept", ++vlan);
  const machine = await world.deploy(alice.client, "k1", [network]);
  expect(await annotationsOf(network)).toMatchObject({ "cloudstack.uuid-kept": "true" });
  await world.admin.job("stopVirtualMachine", { id: String(machine.id) });
  await alice.client.job("restartNetwork", { id: network, cleanup: "true" });
  await world.whileSilent(async () => {
    await alice.client.job("startVirtualMachine", { id: String(machine.id) });
    await alice.client.job("restartNetwork", { id: network, cleanup: "true" });
    expect(await annotationsOf(network)).not.toHaveProperty("cloudstack.uuid-kept");
    await world.deploy(alice.client, "k2", [network]);
  });
  expect(await portsOf(network)).toHaveLength(2);
  expect((await world.diff()).filter(({ action }) => action !== "wait")).toEqual([]);
});
