import { formatInetAddress, inetMask, isInet6Address, parseInetAddress } from "@contrail/net";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { bad } from "./request-body.ts";

/** An IPv4 subnet of a network, as addresses are allocated from it. */
export interface Subnet {
  readonly uuid: string;
  readonly network: number;
  readonly length: number;
  readonly gateway: number | undefined;
  readonly fromStart: boolean;
  /** Ranges to allocate from, inclusive, ascending. */
  readonly ranges: readonly { readonly first: number; readonly last: number }[];
  /** Addresses inside that are never given out unasked: network, broadcast, gateway, DNS. */
  readonly reserved: ReadonlySet<number>;
}

type SubnetJson = Readonly<Record<string, JsonValue | undefined>>;

/** The pool of a subnet's addresses in the store; undefined: that of addresses in a network without subnets. */
export function addressPool(networkUuid: string, subnet: Subnet | undefined): string {
  return `ip:${networkUuid}:${subnet === undefined ? "none" : prefixText(subnet)}`;
}

/** Networks whose subnets have been read: objects do not change, and a body may hold thousands of subnets. */
const KNOWN = new WeakMap<ConfigObject, readonly Subnet[]>();

/** IPv4 subnets of a network, in the order of its references. */
export function subnetsOf(network: ConfigObject): readonly Subnet[] {
  const known = KNOWN.get(network);
  if (known !== undefined) return known;
  const subnets = subnetEntries(network).flatMap((entry) => readSubnet(entry) ?? []);
  KNOWN.set(network, subnets);
  return subnets;
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
  const known = new Map(
    (before === undefined ? [] : subnetEntries(before)).map((entry) => [prefixKey(entry), entry.subnet_uuid]),
  );
  const refs = network.refs.map((ref) => {
    const attr = ref.attr as JsonObject | null; // The model says VnSubnetsType.
    const subnets = attr?.ipam_subnets;
    if (ref.toType !== "network-ipam" || !Array.isArray(subnets)) return ref;
    const completed = (subnets as readonly SubnetJson[]).map((entry) => ({
      enable_dhcp: true,
      ...addDefaults(entry),
      subnet_uuid: entry.subnet_uuid ?? known.get(prefixKey(entry)) ?? newUuid(),
    }));
    return { ...ref, attr: { ...attr, ipam_subnets: completed as readonly JsonValue[] } };
  });
  return { ...network, refs };
}

function addDefaults(entry: SubnetJson): SubnetJson {
  const prefix = prefixOf(entry);
  if (prefix === undefined) return entry;
  const { network, length } = prefix;
  checkAddress(entry, "default_gateway");
  checkAddress(entry, "dns_server_address");
  if (length > 30) return entry;
  const last = network + 2 ** (32 - length) - 1;
  const [first, second] = entry.addr_from_start === true ? [network + 1, network + 2] : [last - 1, last - 2];
  const gateway = entry.default_gateway ?? formatInetAddress(first);
  // The service address is the one beside the gateway's usual place, unless the gateway is put there.
  const service = formatInetAddress(gateway === formatInetAddress(second) ? first : second);
  return { ...entry, default_gateway: gateway, dns_server_address: entry.dns_server_address ?? service };
}

function checkAddress(entry: SubnetJson, field: string): void {
  const value = entry[field];
  if (value === undefined || addressOf(value) !== undefined) return;
  throw bad(`${field}: ${String(value).slice(0, 50)} is no IPv4 address`);
}

/** Throws "config.bad_request" where two subnets of a network overlap. */
export function refuseOverlaps(network: ConfigObject): void {
  const sorted = subnetsOf(network).toSorted((a, b) => a.network - b.network);
  for (const [index, subnet] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined || next.network >= subnet.network + 2 ** (32 - subnet.length)) continue;
    throw bad(`network_ipam_refs: Overlapping addresses: ['${prefixText(subnet)}', '${prefixText(next)}']`);
  }
}

/** "10.1.0.0/16". */
export function prefixText(subnet: Subnet): string {
  return `${formatInetAddress(subnet.network)}/${subnet.length}`;
}

/** True where an address lies in a subnet. */
export function subnetHolds(subnet: Subnet, address: number): boolean {
  return address >= subnet.network && address < subnet.network + 2 ** (32 - subnet.length);
}

function readSubnet(entry: SubnetJson): Subnet | undefined {
  const prefix = prefixOf(entry);
  if (prefix === undefined) return undefined;
  const { network, length } = prefix;
  const last = network + 2 ** (32 - length) - 1;
  const gateway = addressOf(entry.default_gateway);
  const reserved = new Set(length > 30 ? [] : [network, last]);
  for (const address of [gateway, addressOf(entry.dns_server_address)]) if (address) reserved.add(address);
  const pools = Array.isArray(entry.allocation_pools) ? (entry.allocation_pools as readonly SubnetJson[]) : [];
  const ranges = pools.map((pool) => ({ first: addressOf(pool.start), last: addressOf(pool.end) }));
  const checked = ranges.flatMap(({ first, last: end }) => {
    if (first === undefined || end === undefined || first > end || first < network || end > last) {
      throw bad(`allocation_pools: a range does not lie in ${formatInetAddress(network)}/${length}`);
    }
    return [{ first, last: end }];
  });
  return {
    uuid: String(entry.subnet_uuid ?? ""),
    network,
    length,
    gateway: gateway === 0 ? undefined : gateway,
    fromStart: entry.addr_from_start === true,
    ranges: checked.length > 0 ? checked.sort((a, b) => a.first - b.first) : [{ first: network, last }],
    reserved,
  };
}

/** undefined for an IPv6 subnet. Throws where the prefix is neither. */
function prefixOf(entry: SubnetJson): { network: number; length: number } | undefined {
  const subnet = entry.subnet as SubnetJson | undefined; // The model says SubnetType.
  const text = String(subnet?.ip_prefix ?? "");
  const length = Number(subnet?.ip_prefix_len ?? -1);
  if (isInet6Address(text) && length >= 0 && length <= 128) return undefined;
  const address = parseInetAddress(text);
  if (address === undefined || !Number.isInteger(length) || length < 0 || length > 32) {
    throw bad(`subnet: ${text.slice(0, 50)}/${String(subnet?.ip_prefix_len ?? "")} is no prefix`);
  }
  return { network: (address & inetMask(length)) >>> 0, length };
}

function addressOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "string" ? parseInetAddress(value) : undefined;
}

function prefixKey(entry: SubnetJson): string {
  const subnet = entry.subnet as SubnetJson | undefined; // The model says SubnetType.
  return `${String(subnet?.ip_prefix)}/${String(subnet?.ip_prefix_len)}`;
}

function subnetEntries(network: ConfigObject): readonly SubnetJson[] {
  return network.refs.flatMap((ref) => {
    const subnets = (ref.attr as JsonObject | null)?.ipam_subnets; // The model says VnSubnetsType.
    return ref.toType === "network-ipam" && Array.isArray(subnets) ? (subnets as readonly SubnetJson[]) : [];
  });
}
