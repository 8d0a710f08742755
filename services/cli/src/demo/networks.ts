import type { AddressType, PolicyRuleType, PortType, SecurityGroup } from "@contrail/vnc-client";
import { type DemoWorld, TENANT_A, TENANT_B } from "./demo-world.ts";

/** Networks of each tenant, by gateway: the same names and prefixes. */
const GATEWAYS = { red: "10.1.1.1", green: "10.1.2.1", blue: "10.1.3.1" } as const;

/** Name, tenant, network, host, address: A's and B's red machines have the same addresses. */
const MACHINES: readonly (readonly [name: string, tenant: string, network: string, host: string, address: string])[] = [
  ["a-red-1", TENANT_A, "red", "host1", "10.1.1.11"],
  ["a-red-2", TENANT_A, "red", "host2", "10.1.1.12"],
  ["a-green-1", TENANT_A, "green", "host2", "10.1.2.11"],
  ["a-blue-1", TENANT_A, "blue", "host1", "10.1.3.11"],
  ["b-red-1", TENANT_B, "red", "host1", "10.1.1.11"],
  ["b-red-2", TENANT_B, "red", "host2", "10.1.1.12"],
  ["b-red-3", TENANT_B, "red", "host2", "10.1.1.13"],
];

/** Step 1: tenants with keys of their own, networks, machines; every address comes by DHCP from the agent. */
export async function networks(world: DemoWorld): Promise<string> {
  const startedAt = performance.now();
  const { cloud } = world;
  await world.removeLeftovers();
  const add = async ([name, tenant, network, host, address]: (typeof MACHINES)[number]): Promise<void> => {
    await cloud.addMachine({ name, tenant, network, host, address, userData: userDataOf(name) });
  };
  await Promise.all([TENANT_A, TENANT_B].map((tenant) => addTenant(world, tenant)));
  await Promise.all(MACHINES.slice(0, 2).map(add));
  await world.until("the first ping is answered", 10_000, () => world.ping("a-red-1", "10.1.1.12", 1) === 1);
  const since = world.output.startedAt;
  const first =
    since === undefined ? "" : `, first ping ${((performance.now() - since) / 1_000).toFixed(1)} s after the start`;
  await Promise.all(MACHINES.slice(2).map(add));
  await webGroup(world);
  const seconds = (performance.now() - startedAt) / 1_000;
  return `2 accounts with keys of their own, ${MACHINES.length} machines on 2 hosts addressed in ${seconds.toFixed(1)} s${first}`;
}

/** User data of a machine. */
export function userDataOf(machine: string): string {
  return `#cloud-config\n# of ${machine}\n`;
}

async function addTenant({ cloud }: DemoWorld, tenant: string): Promise<void> {
  await cloud.addTenant(tenant);
  for (const [name, gateway] of Object.entries(GATEWAYS)) await cloud.addNetwork(tenant, name, gateway);
}

/** A security group of a-green-1 that lets everything in; a later step narrows it. CloudStack's API does not show it. */
async function webGroup(world: DemoWorld): Promise<void> {
  const [nic] = world.cloud.machine("a-green-1").nics;
  const green = await world.network(TENANT_A, "green");
  const group = await world.createBeside(green, "security-group", groupEntries(undefined));
  const uuid = nic?.uuid ?? "";
  await world.vnc.updateReference(
    "ADD",
    { type: "virtual-machine-interface", uuid },
    { type: "security-group", uuid: group },
  );
}

/** Rules of the group: everything out; in from anywhere, by all protocols or by TCP to one port. */
export function groupEntries(tcpPort: number | undefined): SecurityGroup {
  const any: AddressType = { subnet: { ip_prefix: "0.0.0.0", ip_prefix_len: 0 } };
  const local: AddressType = { security_group: "local" };
  const all: PortType = { start_port: 0, end_port: 65_535 };
  const port = tcpPort === undefined ? all : { start_port: tcpPort, end_port: tcpPort };
  const rule = (
    protocol: string,
    source: AddressType,
    destination: AddressType,
    destinationPorts: PortType,
  ): PolicyRuleType => ({
    direction: ">",
    ethertype: "IPv4",
    protocol,
    src_addresses: [source],
    src_ports: [all],
    dst_addresses: [destination],
    dst_ports: [destinationPorts],
  });
  const ingress = rule(tcpPort === undefined ? "any" : "tcp", any, local, port);
  return { security_group_entries: { policy_rule: [ingress, rule("any", local, any, all)] } };
}
