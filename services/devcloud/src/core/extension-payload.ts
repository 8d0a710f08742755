import type { JsonObject } from "./json.ts";
import type { MachineRow, NetworkRow, NicRow } from "./rows.ts";
import { nicsOf } from "./views/machine-view.ts";
import { need, type World } from "./world.ts";

/** network_id … cidr: in every payload. `vlan` is the value part of the broadcast URI once there is one. */
export function networkPayload(
  world: World,
  network: NetworkRow,
  state: string = network.state.toLowerCase(),
): JsonObject {
  return {
    network_id: String(network.number),
    vlan: state === "allocated" ? "" : (uriValue(network.broadcastUri) ?? network.vlan ?? ""),
    zone_id: String(need(world, "zone", network.zone).number),
    guest_type: need(world, "networkOffering", network.offering).guestIpType.toLowerCase(),
    network_state: state,
    gateway: network.gateway,
    cidr: network.cidr,
  };
}

function uriValue(uri: string | undefined): string | undefined {
  return uri?.replace(/^[a-z]+:(\/\/)?/i, "");
}

/** extension_ip; absent where the extension wants none. */
export function extensionAddress(network: NetworkRow): JsonObject {
  return network.extensionIp === undefined ? {} : { extension_ip: network.extensionIp };
}

/** dns and domain of a network: its own, or the zone's. */
export function resolverPayload(world: World, network: NetworkRow): JsonObject {
  const zone = need(world, "zone", network.zone);
  const servers = network.dns1 === undefined ? [zone.dns1, zone.dns2] : [network.dns1, network.dns2];
  return { dns: servers.filter((server) => server !== undefined).join(","), domain: network.networkDomain };
}

/** A NIC in the commands about it. */
export function nicPayload(network: NetworkRow, nic: NicRow): JsonObject {
  return {
    nic_id: String(nic.number),
    nic_uuid: nic.uuid,
    mac: nic.mac,
    ip: nic.ip,
    netmask: network.netmask,
    default_nic: String(nic.isDefault),
    device_id: String(nic.deviceId),
  };
}

/** A NIC that is being expunged: its address and uuid are gone already. */
export function gonePayload(nic: NicRow): JsonObject {
  return { nic_id: String(nic.number), mac: nic.mac, ip: "", default_nic: "false" };
}

/** vm_data of save-vm-data and restore-network: what a machine reads at 169.254.169.254. */
export function machineData(world: World, machine: MachineRow, nic: NicRow, password?: string): readonly JsonObject[] {
  const metadata = (file: string, content: string): JsonObject => ({ dir: "metadata", file, content });
  const userData =
    machine.userData === undefined ? [] : [{ dir: "userdata", file: "user_data", content: plain(machine.userData) }];
  const zone = need(world, "zone", machine.zone);
  return [
    ...userData,
    metadata("service-offering", need(world, "serviceOffering", machine.offering).name),
    metadata("availability-zone", zone.name),
    metadata("local-hostname", machine.name),
    metadata("local-ipv4", nic.ip),
    metadata("public-ipv4", nic.ip),
    metadata("public-hostname", ""),
    metadata("instance-id", machine.uuid),
    metadata("vm-id", machine.uuid),
    metadata("public-keys", machine.publicKeys ?? ""),
    metadata("cloud-identifier", `CloudStack-{${zone.uuid}}`),
    ...(password === undefined ? [] : [{ dir: "password", file: "vm_password", content: password }]),
    metadata("hypervisor-host-name", ""),
  ];
}

/** The text of user data that the API took in base64. */
export function plain(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)));
}

/** restore_data: the network's machines that run or are starting, whole. */
export function restoreData(world: World, network: NetworkRow): JsonObject {
  const names = new Set(need(world, "networkOffering", network.offering).services.map(({ name }) => name));
  const resolver = resolverPayload(world, network);
  const machines = world
    .where("nic", "network", network.uuid)
    .map((nic) => ({ nic, machine: need(world, "machine", nic.machine) }));
  const vms = machines
    .filter(({ machine }) => /^(Running|Starting|Migrating)$/.test(machine.state))
    .map(({ nic, machine }) => ({
      ...resolver,
      ip: nic.ip,
      ip6_address: "",
      mac: nic.mac,
      nic_uuid: nic.uuid,
      hostname: machine.name,
      device_id: String(nic.deviceId),
      default_nic: nic.isDefault,
      vm_data: machineData(world, machine, nic),
    }));
  return {
    dhcp_enabled: names.has("Dhcp"),
    dns_enabled: names.has("Dns"),
    userdata_enabled: names.has("UserData"),
    vms,
  };
}

/** A command of the extension, with its payload. */
export interface ExtensionCall {
  readonly command: string;
  readonly payload: JsonObject;
}

/** The commands that make a NIC ready, in the recorded order; prepare-nic is the first, and its failure is ignored. */
export function prepareNicCalls(
  world: World,
  network: NetworkRow,
  nic: NicRow,
  password?: string,
): readonly ExtensionCall[] {
  const machine = need(world, "machine", nic.machine);
  const names = new Set(need(world, "networkOffering", network.offering).services.map(({ name }) => name));
  const base = networkPayload(world, network);
  const own = nicPayload(network, nic);
  const address = extensionAddress(network);
  const resolver = resolverPayload(world, network);
  const hostname = { hostname: machine.name };
  const calls: ExtensionCall[] = [{ command: "prepare-nic", payload: { ...base, ...own, ...hostname, ...address } }];
  const subnet = { ...base, ...resolver, ...address, ...own };
  if (names.has("Dhcp")) {
    calls.push({ command: "config-dhcp-subnet", payload: subnet });
    calls.push({ command: "add-dhcp-entry", payload: { ...base, ...own, ...hostname, ...resolver, ...address } });
  }
  if (names.has("Dns")) {
    calls.push({ command: "config-dns-subnet", payload: subnet });
    calls.push({ command: "add-dns-entry", payload: { ...base, ...resolver, ...own, ...hostname, ...address } });
  }
  if (names.has("UserData")) {
    const data = machineData(world, machine, nic, password);
    calls.push({ command: "save-vm-data", payload: { ...base, ...own, ...address, vm_data: data } });
  }
  return calls;
}

/** The commands that forget a NIC for good. */
export function forgetNicCalls(world: World, network: NetworkRow, nic: NicRow): readonly ExtensionCall[] {
  const names = new Set(need(world, "networkOffering", network.offering).services.map(({ name }) => name));
  const base = networkPayload(world, network);
  const gone = gonePayload(nic);
  const address = extensionAddress(network);
  const calls: ExtensionCall[] = [];
  if (names.has("Dhcp")) calls.push({ command: "remove-dhcp-entry", payload: { ...base, ...gone, ...address } });
  if (names.has("Dns")) {
    calls.push({
      command: "remove-dns-entry",
      payload: { ...base, ...resolverPayload(world, network), ...gone, ...address },
    });
  }
  return calls;
}

/** Calls for the default NIC of a machine that tell one new thing: save-userdata, save-password, save-sshkey. */
export function defaultNicOf(world: World, machine: string): NicRow | undefined {
  return nicsOf(world, machine).find(({ isDefault }) => isDefault);
}
