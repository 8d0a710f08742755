import type { JsonObject } from "@contrail/schema";

/** A command of CloudStack with its payload's inner object. */
export type MachineCall = readonly [command: string, payload: JsonObject];

/** The fields of a NIC: the n-th of a network. */
export function nic(network: number, index: number): JsonObject {
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

/** A uuid for a number: kind is one hexadecimal digit. */
export function uuidOf(kind: string, number: number): string {
  return `${kind}0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** UUID of the n-th machine of a network. */
export function machineOf(network: number, index: number): string {
  return uuidOf("d", network * 1_000 + index);
}

/** What CloudStack sends for one machine's start, in its order. */
export function startOf(network: number, index: number): readonly MachineCall[] {
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
export function endOf(network: number, index: number): readonly MachineCall[] {
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
