import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@contrail/schema";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, expect } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { CuttingProxy } from "./cutting-proxy.ts";
import { extensionTest, objectOf, runScript } from "./extension-call.ts";
import { PluginProcess } from "./plugin-process.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-plugin-faults-"));
const configSocket = join(directory, "rest.sock");
const proxySocket = join(directory, "proxy.sock");
const node = new ConfigNodeProcess(["--rest-socket", configSocket]);
const proxy = new CuttingProxy(configSocket);
const plugin = new PluginProcess(directory, proxySocket);
const vnc = new VncClient({ socketPath: configSocket });

beforeAll(async () => {
  await node.run();
  await proxy.listen(proxySocket);
  await plugin.run();
});

afterAll(async () => {
  await plugin.kill();
  proxy.close();
  await node.stop();
  rmSync(directory, { recursive: true });
});

/** The fields of a NIC: the n-th of a network. */
function nic(network: number, index: number): JsonObject {
  const number = network * 1_000 + index;
  return {
    network_id: String(network),
    gateway: "10.1.1.1",
    cidr: "10.1.1.0/24",
    extension_ip: "10.1.1.1",
    dns: "192.0.2.53",
    domain: "cs.example",
    nic_id: String(number),
    nic_uuid: uuidOf("c", number),
    mac: `02:00:00:00:${hex(network)}:${hex(index)}`,
    ip: `10.1.1.${index + 10}`,
    default_nic: "true",
    hostname: `vm-${number}`,
  };
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}

function uuidOf(kind: string, number: number): string {
  return `${kind}0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

function machineOf(network: number, index: number): string {
  return uuidOf("d", network * 1_000 + index);
}

/** What CloudStack sends for one machine's start, in its order. */
function startOf(network: number, index: number): readonly (readonly [command: string, payload: JsonObject])[] {
  const one = nic(network, index);
  const uuid = machineOf(network, index);
  const data = [
    { dir: "metadata", file: "instance-id", content: uuid },
    { dir: "userdata", file: "user_data", content: "#cloud-config\n" },
    { dir: "password", file: "vm_password", content: "hunter2" },
  ];
  return [
    ["ensure-network-device", one],
    ["implement-network", one],
    [
      "restore-network",
      { ...one, restore_data: { dhcp_enabled: true, dns_enabled: true, vms: [{ ...one, vm_data: data }] } },
    ],
    ["prepare-nic", one],
    ["config-dhcp-subnet", one],
    ["add-dhcp-entry", one],
    ["config-dns-subnet", one],
    ["add-dns-entry", one],
    ["save-vm-data", { ...one, vm_data: data }],
  ];
}

/** What it sends for a machine's end, and its network's. */
function endOf(network: number, index: number): readonly (readonly [command: string, payload: JsonObject])[] {
  const one = nic(network, index);
  const { nic_uuid: _none, hostname: _neither, ...expunged } = one;
  return [
    ["release-nic", one],
    ["remove-dhcp-entry", { ...expunged, ip: "" }],
    ["remove-dns-entry", { ...expunged, ip: "" }],
    ["shutdown-network", one],
    ["destroy-network", one],
  ];
}

async function send([command, payload]: readonly [string, JsonObject]): Promise<{
  exit: number | null;
  status: unknown;
}> {
  const file = JSON.stringify({ "physical-network-extension-details": {}, payload });
  const run = await runScript("sh", command, file, { OPENCONTRAIL_PLUGIN: plugin.socket });
  const { status, code, message } = objectOf(run);
  return { exit: run.exit, status: status === "success" ? status : `${String(code)}: ${String(message)}` };
}

const DONE = { exit: 0, status: "success" };
const TYPES = ["virtual-network", "virtual-machine-interface", "instance-ip", "virtual-machine"];

async function uuids(): Promise<readonly string[]> {
  const all = await Promise.all(TYPES.map((type) => vnc.list(type)));
  return all
    .flat()
    .map(({ uuid }) => String(uuid))
    .toSorted();
}

/** The objects of CloudStack without what is made at random and what counts writes. */
async function effects(): Promise<string> {
  const all = await Promise.all(TYPES.map((type) => vnc.list(type, true)));
  const shown = all.flat().map((object) => {
    const { fq_name, annotations, instance_ip_address, virtual_machine_interface_mac_addresses: macs } = object;
    const refs = [object.virtual_network_refs, object.virtual_machine_refs, object.virtual_machine_interface_refs];
    const to = refs.map((list) => ((list ?? []) as readonly JsonObject[]).map((ref) => ref.to ?? null)); // A list of objects.
    return JSON.stringify({ fq_name, annotations, instance_ip_address, macs, to });
  });
  return shown.toSorted().join("\n");
}

async function sendAll(calls: ReturnType<typeof startOf>): Promise<void> {
  for (const call of calls) expect(await send(call), call[0]).toEqual(DONE);
}

extensionTest(
  "a machine's start gives network, interface, address, machine and what the machine may read",
  async () => {
    await sendAll(startOf(1, 1));
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
    await sendAll(endOf(1, 1));
  },
);

extensionTest(
  "a command cut off at any write, before or after it, ends as if nothing had been when it is sent again",
  async () => {
    const before = await uuids();
    let cuts = 0;
    for (const call of [...startOf(2, 1), ...endOf(2, 1)]) {
      for (let write = 0; ; write++) {
        const counts: number[] = [];
        for (const arrives of [false, true]) {
          proxy.cutAt(write, arrives);
          const cut = await send(call);
          counts.push(proxy.writes);
          if (proxy.writes <= write) continue;
          cuts++;
          expect(cut.status, call[0]).toMatch(/^vnc\.unavailable: the configuration API cannot be reached/);
        }
        if (counts.every((count) => count <= write)) break;
      }
      proxy.cutAt(undefined);
      expect(await send(call), call[0]).toEqual(DONE);
      expect(proxy.writes, `${call[0]} had nothing left to do`).toBe(0);
    }
    process.stdout.write(`${cuts} writes cut off\n`);
    expect(cuts).toBeGreaterThan(10);
    expect(await uuids()).toEqual(before);
  },
);

extensionTest("a plugin that is killed and started again knows what it knew", async () => {
  await sendAll(startOf(3, 1));
  const before = await effects();
  await plugin.kill();
  expect((await send(["prepare-nic", nic(3, 1)])).status).toMatch(/^cloudstack\.unavailable/);
  await plugin.run();
  await sendAll(startOf(3, 1));
  expect(await effects()).toBe(before);
  await sendAll(endOf(3, 1));
});

extensionTest(
  "while the configuration node is gone a command fails with a clear text, and works when it is back",
  async () => {
    await node.kill();
    const failed = await send(["implement-network", nic(4, 1)]);
    expect(failed.exit).toBe(1);
    expect(failed.status).toMatch(/^vnc\.unavailable: the configuration API cannot be reached/);
    await node.run();
    await sendAll(startOf(4, 1));
    await sendAll(endOf(4, 1));
  },
);

extensionTest("a hundred starts at once in twenty networks give a hundred machines, their ends give none", async () => {
  const before = await uuids();
  const places = Array.from({ length: 100 }, (_, index) => [10 + (index % 20), 1 + Math.floor(index / 20)] as const);
  await Promise.all(places.map(([network, index]) => sendAll(startOf(network, index))));
  const counts = await Promise.all(TYPES.map(async (type) => (await vnc.list(type)).length));
  await sendAll(startOf(5, 1));
  const more = await Promise.all(TYPES.map(async (type) => (await vnc.list(type)).length));
  expect(more.map((count, index) => count - (counts[index] ?? 0))).toEqual([1, 1, 1, 1]);
  expect((await uuids()).length - before.length).toBe(20 + 3 * 100 + 4);
  await sendAll(endOf(5, 1));
  await Promise.all(places.map(([network, index]) => sendAll(endOf(network, index).slice(0, 3))));
  await Promise.all(places.slice(0, 20).map(([network, index]) => sendAll(endOf(network, index).slice(3))));
  expect(await uuids()).toEqual(before);
});

extensionTest("an interface of somebody else is refused and left as it is", async () => {
  const uuid = uuidOf("c", 6_001);
  const object = { uuid, fq_name: ["default-domain", "default-project", "foreign"], parent_type: "project" };
  const network = await vnc.create("virtual-network", { fq_name: ["default-domain", "default-project", "theirs"] });
  await vnc.create("virtual-machine-interface", { ...object, virtual_network_refs: [{ uuid: network }] });
  const before = await effects();
  for (const command of ["prepare-nic", "add-dhcp-entry", "release-nic"]) {
    expect((await send([command, nic(6, 1)])).status, command).toMatch(/^cloudstack\.conflict/);
  }
  expect(await effects()).toBe(before);
  await vnc.remove("virtual-machine-interface", uuid);
  await vnc.remove("virtual-network", network);
});

extensionTest("names of shell characters, quotes and line ends do no harm", async () => {
  const hostile = `$(touch ${directory}/hacked)'"\`;|&><{}\\ é`;
  const one = { ...nic(7, 1), hostname: hostile, domain: hostile };
  await sendAll([
    ["prepare-nic", one],
    ["config-dns-subnet", one],
    ["add-dns-entry", one],
  ]);
  const vmi = await vnc.read("virtual-machine-interface", uuidOf("c", 7_001));
  expect(vmi.display_name).toBe(hostile);
  const refused = await send(["prepare-nic", { ...one, hostname: "a\nb" }]);
  expect(refused.status).toMatch(/^cloudstack\.bad_request/);
  await sendAll(endOf(7, 1));
});
