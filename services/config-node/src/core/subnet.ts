import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import {
  ADDRESS_BITS,
  FAMILY_NAMES,
  type Family,
  formatIpAddress,
  type IpAddress,
  parseIpAddress,
} from "./ip-address.ts";
import { bad } from "./request-body.ts";

/** A subnet of a network, as addresses are allocated from it. */
export interface Subnet {
  readonly uuid: string;
  readonly family: Family;
  readonly network: bigint;
  readonly length: number;
  readonly fromStart: boolean;
  /** Ranges to allocate from, inclusive, ascending. */
  readonly ranges: readonly { readonly first: bigint; readonly last: bigint }[];
  /** Addresses inside that are never given out unasked: the first, the last, gateway, DNS. */
  readonly reserved: ReadonlySet<bigint>;
}

type SubnetJson = Readonly<Record<string, JsonValue | undefined>>;

/** The pool of a subnet's addresses in the store; owner: the network, or the flat IPAM. */
export function addressPool(ownerUuid: string, subnet: Subnet): string {
  return `ip:${ownerUuid}:${prefixText(subnet)}`;
}

/** The pool of addresses of a family of which the network has no subnet. */
export function loosePool(networkUuid: string, family: Family): string {
  return `ip:${networkUuid}:${family === "v4" ? "none" : "none6"}`;
}

/** Networks whose subnets have been read: objects do not change, and a body may hold thousands of subnets. */
const KNOWN = new WeakMap<ConfigObject, readonly Subnet[]>();

/** Subnets of a network, in the order of its references. */
export function subnetsOf(network: ConfigObject): readonly Subnet[] {
  const known = KNOWN.get(network);
  if (known !== undefined) return known;
  const subnets = subnetEntries(network).map(readSubnet);
  KNOWN.set(network, subnets);
  return subnets;
}

/** True for an IPAM whose subnets are those of every network that refers to it. */
export function isFlat({ type, properties }: ConfigObject): boolean {
  return type === "network-ipam" && properties.ipam_subnet_method === "flat-subnet";
}

/** Subnets of a flat IPAM; none where it is not flat. */
export function flatSubnetsOf(ipam: ConfigObject): readonly Subnet[] {
  if (!isFlat(ipam)) return [];
  const known = KNOWN.get(ipam);
  if (known !== undefined) return known;
  const subnets = ipamEntries(ipam).map(readSubnet);
  KNOWN.set(ipam, subnets);
  return subnets;
}

/** A flat IPAM with what the server adds to each subnet, as completeSubnets does for networks. */
export function completeFlatSubnets(
  ipam: ConfigObject,
  before: ConfigObject | undefined,
  newUuid: () => string,
): ConfigObject {
  const entries = isFlat(ipam) ? ipamEntries(ipam) : [];
  if (entries.length === 0) return ipam;
  const subnets = completeEntries(entries, before === undefined ? [] : ipamEntries(before), newUuid);
  return { ...ipam, properties: { ...ipam.properties, ipam_subnets: { subnets } } };
}

/**
 * The network's references with what the server adds to each subnet: subnet_uuid (that of the same prefix before, where
 * there was one), default_gateway, dns_server_address and enable_dhcp. Throws "config.bad_request" naming the subnet.
 */
export function completeSubnets(
  network: ConfigObject,
  before: ConfigObject | undefined,
  newUuid: () => string,
): ConfigObject {
  const known = before === undefined ? [] : subnetEntries(before);
  const refs = network.refs.map((ref) => {
    const attr = ref.attr as JsonObject | null; // The model says VnSubnetsType.
    const subnets = attr?.ipam_subnets;
    if (ref.toType !== "network-ipam" || !Array.isArray(subnets)) return ref;
    return {
      ...ref,
      attr: { ...attr, ipam_subnets: completeEntries(subnets as readonly SubnetJson[], known, newUuid) },
    };
  });
  return { ...network, refs };
}

function completeEntries(
  entries: readonly SubnetJson[],
  before: readonly SubnetJson[],
  newUuid: () => string,
): readonly JsonValue[] {
  const known = new Map(before.map((entry) => [prefixKey(entry), entry.subnet_uuid]));
  const completed = entries.map((entry) => ({
    enable_dhcp: true,
    ...addDefaults(entry),
    subnet_uuid: entry.subnet_uuid ?? known.get(prefixKey(entry)) ?? newUuid(),
  }));
  return completed as readonly JsonValue[]; // What is undefined in it is left out when it is written.
}

function addDefaults(entry: SubnetJson): SubnetJson {
  const { family, network, length } = prefixOf(entry);
  checkAddress(entry, "default_gateway", family);
  checkAddress(entry, "dns_server_address", family);
  if (ADDRESS_BITS[family] - length < 2) return entry;
  const last = lastOf(family, network, length);
  const text = (value: bigint): string => formatIpAddress({ family, value });
  const [first, second] = entry.addr_from_start === true ? [network + 1n, network + 2n] : [last - 1n, last - 2n];
  const gateway = entry.default_gateway ?? text(first);
  // The service address is the one beside the gateway's usual place, unless the gateway is put there.
  const service = text(addressOf(gateway)?.value === second ? first : second);
  return { ...entry, default_gateway: gateway, dns_server_address: entry.dns_server_address ?? service };
}

/** The unspecified address of IPv4, which stands for none, is taken in a subnet of IPv6 too. */
function checkAddress(entry: SubnetJson, field: string, family: Family): void {
  const value = entry[field];
  if (value === undefined || value === "0.0.0.0" || addressOf(value)?.family === family) return;
  throw bad(`${field}: ${String(value).slice(0, 50)} is no ${FAMILY_NAMES[family]} address`);
}

function lastOf(family: Family, network: bigint, length: number): bigint {
  return network + (1n << BigInt(ADDRESS_BITS[family] - length)) - 1n;
}

/** Throws "config.bad_request" where two subnets that a network takes addresses from, or of a flat IPAM, overlap. */
export function refuseOverlaps(subnets: readonly Subnet[], field = "network_ipam_refs"): void {
  const sorted = subnets.toSorted((a, b) => Number(a.family > b.family) || (a.network < b.network ? -1 : 1));
  for (const [index, subnet] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined || !subnetHolds(subnet, { family: next.family, value: next.network })) continue;
    throw bad(`${field}: Overlapping addresses: ['${prefixText(subnet)}', '${prefixText(next)}']`);
  }
}

/** "10.1.0.0/16". */
export function prefixText({ family, network, length }: Subnet): string {
  return `${formatIpAddress({ family, value: network })}/${length}`;
}

/** True where an address lies in a subnet. */
export function subnetHolds({ family, network, length }: Subnet, address: IpAddress): boolean {
  return address.family === family && address.value >= network && address.value <= lastOf(family, network, length);
}

/** Throws "config.bad_request" naming what is wrong. */
function readSubnet(entry: SubnetJson): Subnet {
  const { family, network, length } = prefixOf(entry);
  const last = lastOf(family, network, length);
  const reserved = new Set(ADDRESS_BITS[family] - length < 2 ? [] : [network, last]);
  for (const address of [addressOf(entry.default_gateway), addressOf(entry.dns_server_address)]) {
    if (address?.family === family && address.value !== 0n) reserved.add(address.value);
  }
  const pools = Array.isArray(entry.allocation_pools) ? (entry.allocation_pools as readonly SubnetJson[]) : [];
  const ranges = pools.map((pool) => {
    const [start, end] = [addressOf(pool.start), addressOf(pool.end)];
    const inside = start?.family === family && end?.family === family && start.value >= network && end.value <= last;
    if (inside && start.value <= end.value) return { first: start.value, last: end.value };
    throw bad(`allocation_pools: a range does not lie in ${formatIpAddress({ family, value: network })}/${length}`);
  });
  return {
    uuid: String(entry.subnet_uuid ?? ""),
    family,
    network,
    length,
    fromStart: entry.addr_from_start === true,
    ranges: ranges.length > 0 ? ranges.sort((a, b) => (a.first < b.first ? -1 : 1)) : [{ first: network, last }],
    reserved,
  };
}

function prefixOf(entry: SubnetJson): { family: Family; network: bigint; length: number } {
  const subnet = entry.subnet as SubnetJson | undefined; // The model says SubnetType.
  const text = String(subnet?.ip_prefix ?? "");
  const length = Number(subnet?.ip_prefix_len ?? -1);
  const address = parseIpAddress(text);
  if (address === undefined || !Number.isInteger(length) || length < 0 || length > ADDRESS_BITS[address.family]) {
    throw bad(`subnet: ${text.slice(0, 50)}/${String(subnet?.ip_prefix_len ?? "")} is no prefix`);
  }
  const hostBits = BigInt(ADDRESS_BITS[address.family] - length);
  return { family: address.family, network: (address.value >> hostBits) << hostBits, length };
}

function addressOf(value: JsonValue | undefined): IpAddress | undefined {
  return typeof value === "string" ? parseIpAddress(value) : undefined;
}

/** The same for every spelling of a prefix. */
function prefixKey(entry: SubnetJson): string {
  const { family, network, length } = prefixOf(entry);
  return `${formatIpAddress({ family, value: network })}/${length}`;
}

function subnetEntries(network: ConfigObject): readonly SubnetJson[] {
  return network.refs.flatMap((ref) => {
    const subnets = (ref.attr as JsonObject | null)?.ipam_subnets; // The model says VnSubnetsType.
    return ref.toType === "network-ipam" && Array.isArray(subnets) ? (subnets as readonly SubnetJson[]) : [];
  });
}

function ipamEntries({ properties }: ConfigObject): readonly SubnetJson[] {
  const subnets = (properties.ipam_subnets as JsonObject | undefined)?.subnets; // The model says IpamSubnets.
  return Array.isArray(subnets) ? (subnets as readonly SubnetJson[]) : [];
}
