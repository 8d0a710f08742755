import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";

/** A machine of the lab with one interface; all have addresses of one subnet, each network by itself. */
export interface Guest {
  readonly name: string;
  readonly network: string;
  readonly address: string;
  readonly device: string;
  readonly mac: string;
  readonly index: number;
}

export const GATEWAY = "10.1.1.1";
export const NAME_SERVER = "10.1.1.2";

/** Two networks that overlap: a and b have the same address, c is in a's network. */
export const GUESTS: readonly Guest[] = [
  guest("a", "red", "10.1.1.249", 1),
  guest("b", "blue", "10.1.1.249", 2),
  guest("c", "red", "10.1.1.23", 3),
];

function guest(letter: string, network: string, address: string, index: number): Guest {
  return {
    name: `oct-guest-${letter}`,
    network,
    address,
    device: `tap${index}`,
    mac: `02:00:00:00:00:0${index}`,
    index,
  };
}

/** What CloudStack has said of a machine: items and user data that name it. */
export function annotationsOf({ name, address }: Guest, password: string): Readonly<Record<string, string>> {
  const data = [
    ["userdata", "user_data", `#cloud-config\nhostname: ${name}\n${"# padding\n".repeat(20_000)}`],
    ["metadata", "instance-id", `id-of-${name}`],
    ["metadata", "local-hostname", name],
    ["metadata", "local-ipv4", address],
    ["metadata", "public-keys", `ssh-ed25519 AAAA ${name}`],
  ].map(([dir, file, content = ""]) => ({ dir, file, content: Buffer.from(content).toString("base64") }));
  return {
    "cloudstack.vm-data": JSON.stringify(data),
    "cloudstack.password": password,
    "cloudstack.dns-name": name,
    "cloudstack.default-nic": "true",
  };
}

export function interfaceUuid(index: number): string {
  return `00000000-0000-4000-8000-00000000000${index}`;
}

export function machineUuid(index: number): string {
  return `00000000-0000-4000-9000-00000000000${index}`;
}

/** A network 10.1.1.0/24 with its routing instance. */
export function networkObjects(name: string, id: number): readonly ConfigObject[] {
  const subnet = {
    subnet: { ip_prefix: "10.1.1.0", ip_prefix_len: 24 },
    default_gateway: GATEWAY,
    dns_server_address: NAME_SERVER,
    enable_dhcp: true,
  };
  return [
    object("virtual-network", name, {
      refs: [ref("network-ipam", "ipam", { ipam_subnets: [subnet] })],
      properties: {
        virtual_network_network_id: id,
        ...annotations({ "cloudstack.network-domain": `${name}.example` }),
      },
    }),
    object("routing-instance", `${name}-ri`, {
      fqName: ["default-domain", "tenant", name, name],
      parentType: "virtual-network",
      parentUuid: name,
      properties: { routing_instance_is_default: true },
    }),
  ];
}

/** A machine with its interface and address. */
export function guestObjects(guest: Guest, password: string, revision = 1n): readonly ConfigObject[] {
  const uuid = interfaceUuid(guest.index);
  return [
    object("virtual-machine", machineUuid(guest.index)),
    object("instance-ip", `ip${guest.index}`, {
      refs: [ref("virtual-network", guest.network), ref("virtual-machine-interface", uuid)],
      properties: { instance_ip_address: guest.address },
    }),
    object("virtual-machine-interface", uuid, {
      revision,
      refs: [ref("virtual-machine", machineUuid(guest.index)), ref("virtual-network", guest.network)],
      properties: {
        virtual_machine_interface_mac_addresses: { mac_address: [guest.mac] },
        ...annotations(annotationsOf(guest, password)),
      },
    }),
  ];
}

/** All objects of the lab. */
export function allObjects(): readonly ConfigObject[] {
  const networks = [...networkObjects("red", 1), ...networkObjects("blue", 2)];
  return [...networks, ...GUESTS.flatMap((each) => guestObjects(each, `secret-${each.name}`))];
}

function annotations(pairs: Readonly<Record<string, string>>): JsonObject {
  return { annotations: { key_value_pair: Object.entries(pairs).map(([key, value]) => ({ key, value })) } };
}

function object(type: string, uuid: string, more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, refs: [], properties: {}, derived: false, epoch: 0n };
  return { type, uuid, fqName: ["default-domain", "tenant", uuid], revision: 1n, ...none, ...more };
}

function ref(toType: string, toUuid: string, attr: JsonValue = null) {
  return { toType, toUuid, toFqName: ["default-domain", "tenant", toUuid], attr };
}
