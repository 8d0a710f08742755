import type { JsonObject } from "@contrail/schema";
import { expect } from "vitest";
import { extensionTest } from "./extension-call.ts";
import { endOf, machineOf, nic, startOf, uuidOf } from "./machine-calls.ts";
import { DONE, PluginWorld, TYPES } from "./plugin-world.ts";

const world = new PluginWorld();
const { node, plugin, proxy, vnc } = world;

extensionTest(
  "a machine's start gives network, interface, address, machine and what the machine may read",
  async () => {
    await world.sendAll(startOf(1, 1));
    const vmi = await vnc.read("virtual-machine-interface", uuidOf("c", 1_001));
    expect(vmi).toMatchObject({
      display_name: "vm-1001",
      virtual_machine_interface_mac_addresses: { mac_address: ["02:00:00:00:01:01"] },
      virtual_machine_refs: [{ uuid: machineOf(1, 1) }],
      virtual_network_refs: [{ to: ["default-domain", "default-project", "cs-net-1"] }],
    });
    const text = JSON.stringify(vmi.annotations);
    for (const part of [
      "cloudstack.nic-id",
      "1001",
      "cloudstack.dns-name",
      "vm-1001",
      "cloudstack.password",
      "hunter2",
    ]) {
      expect(text).toContain(part);
    }
    const [reference] = vmi.instance_ip_back_refs as readonly JsonObject[]; // Back references are a list of objects.
    expect(await vnc.read("instance-ip", String(reference?.uuid))).toMatchObject({ instance_ip_address: "10.1.1.11" });
    const uuid = await vnc.find("virtual-network", ["default-domain", "default-project", "cs-net-1"]);
    const network = await vnc.read("virtual-network", uuid ?? "");
    expect(network.network_ipam_refs).toMatchObject([
      {
        attr: {
          ipam_subnets: [
            {
              subnet: { ip_prefix: "10.1.1.0", ip_prefix_len: 24 },
              default_gateway: "10.1.1.1",
              dns_server_address: "10.1.1.1",
              enable_dhcp: true,
            },
          ],
        },
      },
    ]);
    const annotations = JSON.stringify(network.annotations);
    for (const part of ["lswitch:cs-net-1", "192.0.2.53", "cs.example"]) expect(annotations).toContain(part);
    await world.sendAll(endOf(1, 1));
  },
);

extensionTest(
  "a command cut off at any write, before or after it, ends as if nothing had been when it is sent again",
  async () => {
    const before = await world.uuids();
    let cuts = 0;
    for (const call of [...startOf(2, 1), ...endOf(2, 1)]) {
      for (let write = 0; ; write++) {
        const counts: number[] = [];
        for (const arrives of [false, true]) {
          proxy.cutAt(write, arrives);
          const cut = await world.send(call);
          counts.push(proxy.writes);
          if (proxy.writes <= write) continue;
          cuts++;
          expect(cut.status, call[0]).toMatch(/^vnc\.unavailable: the configuration API cannot be reached/);
        }
        if (counts.every((count) => count <= write)) break;
      }
      proxy.cutAt(undefined);
      expect(await world.send(call), call[0]).toEqual(DONE);
      expect(proxy.writes, `${call[0]} had nothing left to do`).toBe(0);
    }
    process.stdout.write(`${cuts} writes cut off\n`);
    expect(cuts).toBeGreaterThan(10);
    expect(await world.uuids()).toEqual(before);
  },
);

extensionTest("a plugin that is killed and started again knows what it knew", async () => {
  await world.sendAll(startOf(3, 1));
  const before = await world.effects();
  await plugin.kill();
  expect((await world.send(["prepare-nic", nic(3, 1)])).status).toMatch(/^cloudstack\.unavailable/);
  await plugin.run();
  await world.sendAll(startOf(3, 1));
  expect(await world.effects()).toBe(before);
  await world.sendAll(endOf(3, 1));
});

extensionTest(
  "while the configuration node is gone a command fails with a clear text, and works when it is back",
  async () => {
    await node.kill();
    const failed = await world.send(["implement-network", nic(4, 1)]);
    expect(failed.exit).toBe(1);
    expect(failed.status).toMatch(/^vnc\.unavailable: the configuration API cannot be reached/);
    await node.run();
    await world.sendAll(startOf(4, 1));
    await world.sendAll(endOf(4, 1));
  },
);

extensionTest("a hundred starts at once in twenty networks give a hundred machines, their ends give none", async () => {
  const before = await world.uuids();
  const places = Array.from({ length: 100 }, (_, index) => [10 + (index % 20), 1 + Math.floor(index / 20)] as const);
  await Promise.all(places.map(([network, index]) => world.sendAll(startOf(network, index))));
  const counts = await Promise.all(TYPES.map(async (type) => (await vnc.list(type)).length));
  await world.sendAll(startOf(5, 1));
  const more = await Promise.all(TYPES.map(async (type) => (await vnc.list(type)).length));
  expect(more.map((count, index) => count - (counts[index] ?? 0))).toEqual([1, 1, 1, 1]);
  expect((await world.uuids()).length - before.length).toBe(20 + 3 * 100 + 4);
  await world.sendAll(endOf(5, 1));
  await Promise.all(places.map(([network, index]) => world.sendAll(endOf(network, index).slice(0, 3))));
  await Promise.all(places.slice(0, 20).map(([network, index]) => world.sendAll(endOf(network, index).slice(3))));
  expect(await world.uuids()).toEqual(before);
});

extensionTest("an interface of somebody else is refused and left as it is", async () => {
  const uuid = uuidOf("c", 6_001);
  const object = { uuid, fq_name: ["default-domain", "default-project", "foreign"], parent_type: "project" } as const;
  const network = await vnc.create("virtual-network", { fq_name: ["default-domain", "default-project", "theirs"] });
  await vnc.create("virtual-machine-interface", { ...object, virtual_network_refs: [{ uuid: network }] });
  const before = await world.effects();
  for (const command of ["prepare-nic", "add-dhcp-entry", "release-nic"]) {
    expect((await world.send([command, nic(6, 1)])).status, command).toMatch(/^cloudstack\.conflict/);
  }
  expect(await world.effects()).toBe(before);
  await vnc.remove("virtual-machine-interface", uuid);
  await vnc.remove("virtual-network", network);
});

extensionTest("a call for one network never moves, changes or removes another network's port", async () => {
  await world.sendAll(startOf(8, 1));
  await world.sendAll(startOf(9, 1));
  const before = await world.effects();
  const theirs = nic(9, 1);
  const mixed = { ...nic(8, 1), nic_uuid: uuidOf("c", 9_001), mac: "02:00:00:00:66:66", password: "p", sshkey: "k" };
  const commands = ["prepare-nic", "release-nic", "add-dhcp-entry", "remove-dhcp-entry", "add-dns-entry"];
  const more = ["remove-dns-entry", "save-vm-data", "save-userdata", "save-password", "save-sshkey"];
  for (const network of ["8", "77"]) {
    for (const command of [...commands, ...more]) {
      const payload = { ...mixed, network_id: network, userdata: "u", vm_data: [] };
      const { exit, status } = await world.send([command, payload]);
      expect(exit, command).toBe(1);
      expect(status, command).toMatch(/^cloudstack\.conflict: virtual-machine-interface c0000000-.* is a port of/);
    }
  }
  const vms = [{ ...mixed, vm_data: [] }];
  const restored = await world.send(["restore-network", { ...nic(8, 1), restore_data: { vms } }]);
  expect(restored.status).toMatch(/^cloudstack\.conflict/);
  // By number and MAC address a port is looked for in the network of the payload only.
  const { nic_uuid: _none, ...unnamed } = nic(8, 2);
  const nameless = { ...unnamed, nic_id: theirs.nic_id, mac: theirs.mac } as JsonObject; // Both have these fields.
  await world.sendAll([
    ["remove-dhcp-entry", nameless],
    ["remove-dns-entry", nameless],
    ["release-nic", nameless],
  ]);
  expect(await world.effects()).toBe(before);
  const open = (await plugin.status()).failures.list.filter(({ code }) => code === "cloudstack.conflict");
  expect(open[0]?.next).toContain(`virtual-machine-interface ${uuidOf("c", 9_001)}`);
  await world.sendAll([...endOf(8, 1), ...endOf(9, 1)]);
});

extensionTest("a machine of somebody else stays when the port that CloudStack plugged into it goes", async () => {
  const uuid = machineOf(7, 1);
  await vnc.create("virtual-machine", { uuid, fq_name: ["theirs"], display_name: "theirs" });
  const before = await world.effects();
  await world.sendAll([...startOf(7, 1), ...endOf(7, 1)]);
  await world.sendAll([...startOf(7, 1), ["destroy-network", nic(7, 1)]]);
  expect(await world.effects()).toBe(before);
  await vnc.remove("virtual-machine", uuid);
});

extensionTest("a network whose making was cut off is found by the command that comes right behind", async () => {
  const before = await world.uuids();
  const one = nic(5, 1);
  proxy.cutAt(0, true);
  expect((await world.send(["implement-network", one])).exit).toBe(1);
  proxy.cutAt(undefined);
  await world.sendAll([
    ["shutdown-network", one],
    ["destroy-network", one],
  ]);
  expect(await world.uuids()).toEqual(before);
});
