import {
  type InetPrefix,
  inetPrefix,
  inetPrefixContains,
  type MacAddress,
  parseInetAddress,
  parseMacAddress,
} from "@contrail/net";
import { type ConfigObject, type JsonObject, list, record } from "@contrail/schema";
import { type ConfigView, numberOf, textOf, wholeNumber } from "./config-view.ts";
import type { Port } from "./port.ts";

/** A subnet of a network, as DHCP and routes need it. */
export interface NetworkSubnet {
  readonly prefix: InetPrefix;
  readonly gateway: number | undefined;
  readonly dnsServer: number | undefined;
  readonly dhcp: boolean;
  readonly json: JsonObject;
}

/** A port whose configuration is complete: what an interface row is made of. */
export interface ActivePort {
  readonly port: Port;
  readonly interface: ConfigObject;
  readonly network: ConfigObject;
  /** virtual_network_network_id. */
  readonly networkId: number;
  /** Name of the network's default routing instance, joined by ':'. */
  readonly instance: string;
  readonly mac: MacAddress;
  /** Its addresses, at least one: its own ascending, then those that it shares with others (instance_ip_secondary). */
  readonly addresses: readonly number[];
  readonly subnets: readonly NetworkSubnet[];
  /** The subnet of its first address. */
  readonly subnet: NetworkSubnet | undefined;
  /** Security group objects, by id ascending. */
  readonly groups: readonly ConfigObject[];
  readonly policyDisabled: boolean;
}

/** A port with its configuration, or what it waits for. */
export function activePort(view: ConfigView, port: Port): ActivePort | { readonly waitsFor: string } {
  const vmi = view.get(port.id);
  if (vmi?.type !== "virtual-machine-interface") return { waitsFor: "virtual-machine-interface" };
  const [network] = view.targets(vmi, "virtual-network");
  if (network === undefined) return { waitsFor: "virtual-network" };
  const networkId = wholeNumber(network.properties.virtual_network_network_id);
  if (networkId === undefined) return { waitsFor: "virtual_network_network_id" };
  const instance = view
    .children(network.uuid, "routing-instance")
    .find((child) => child.properties.routing_instance_is_default === true);
  if (instance === undefined) return { waitsFor: "routing-instance" };
  const addresses = addressesOf(view.referrers(vmi.uuid, "instance-ip"));
  const [first] = addresses;
  if (first === undefined) return { waitsFor: "instance-ip" };
  const mac = macOf(vmi);
  if (mac === undefined) return { waitsFor: "virtual_machine_interface_mac_addresses" };
  const subnets = subnetsOf(view, network);
  const groups = view.targets(vmi, "security-group").toSorted((a, b) => groupId(a) - groupId(b));
  if (groups.length < vmi.refs.filter((ref) => ref.toType === "security-group").length)
    return { waitsFor: "security-group" };
  if (groups.some(({ properties }) => wholeNumber(properties.security_group_id) === undefined))
    return { waitsFor: "security_group_id" };
  return {
    port,
    interface: vmi,
    network,
    networkId,
    instance: instance.fqName.join(":"),
    mac,
    addresses,
    subnets,
    subnet: subnets.find(({ prefix }) => inetPrefixContains(prefix, first)),
    groups,
    policyDisabled: vmi.properties.virtual_machine_interface_disable_policy === true,
  };
}

/** security_group_id of a group. */
export function groupId(group: ConfigObject): number {
  return wholeNumber(group.properties.security_group_id) ?? 0;
}

/** Addresses beside its own that an interface may send from (allowed address pairs). */
export function allowedPairs(vmi: ConfigObject, mac: MacAddress): readonly { prefix: InetPrefix; mac: MacAddress }[] {
  const pairs = list(record(vmi.properties.virtual_machine_interface_allowed_address_pairs).allowed_address_pair);
  return pairs.map(record).flatMap((pair) => {
    const address = parseInetAddress(textOf(record(pair.ip).ip_prefix));
    const length = numberOf(record(pair.ip).ip_prefix_len ?? 32);
    if (address === undefined || !Number.isInteger(length) || length < 0 || length > 32) return [];
    return [{ prefix: inetPrefix(address, length), mac: parseMacAddress(textOf(pair.mac)) ?? mac }];
  });
}

/** DHCP gives the first: one that is shared by the members of a service is no machine's own. */
function addressesOf(ips: readonly ConfigObject[]): readonly number[] {
  const isShared = (ip: ConfigObject): boolean => ip.properties.instance_ip_secondary === true;
  const ascending = (some: readonly ConfigObject[]): number[] => some.flatMap(addressOf).sort((a, b) => a - b);
  return [...ascending(ips.filter((ip) => !isShared(ip))), ...ascending(ips.filter(isShared))];
}

function addressOf(ip: ConfigObject): readonly number[] {
  const address = parseInetAddress(textOf(ip.properties.instance_ip_address));
  return address === undefined ? [] : [address];
}

function macOf(vmi: ConfigObject): MacAddress | undefined {
  const [first] = list(record(vmi.properties.virtual_machine_interface_mac_addresses).mac_address);
  return typeof first === "string" ? parseMacAddress(first) : undefined;
}

/** Subnets of the network's own, then those of the flat IPAMs that it refers to. */
function subnetsOf(view: ConfigView, network: ConfigObject): readonly NetworkSubnet[] {
  const own = network.refs.filter((ref) => ref.toType === "network-ipam").map((ref) => record(ref.attr).ipam_subnets);
  const flat = view
    .targets(network, "network-ipam")
    .filter(({ properties }) => properties.ipam_subnet_method === "flat-subnet")
    .map(({ properties }) => record(properties.ipam_subnets).subnets);
  return [...own, ...flat]
    .flatMap((entries) => list(entries).map(record))
    .flatMap((json) => {
      const subnet = record(json.subnet);
      const address = parseInetAddress(textOf(subnet.ip_prefix));
      const length = wholeNumber(subnet.ip_prefix_len) ?? 32;
      if (address === undefined || length > 32) return [];
      return [
        {
          prefix: inetPrefix(address, length),
          gateway: nonZero(json.default_gateway),
          dnsServer: nonZero(json.dns_server_address),
          dhcp: json.enable_dhcp !== false,
          json,
        },
      ];
    });
}

function nonZero(value: unknown): number | undefined {
  const address = typeof value === "string" ? parseInetAddress(value) : undefined;
  return address === 0 ? undefined : address;
}
