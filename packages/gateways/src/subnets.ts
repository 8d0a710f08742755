import { type ConfigGraph, networkSubnets } from "@contrail/graph";
import {
  formatInet6Address,
  formatInetPrefix,
  type InetPrefix,
  inetMask,
  inetPrefix,
  parseInet6Address,
  parseInetAddress,
} from "@contrail/net";
import { type ConfigObject, filledText, integerIn, type JsonObject, record } from "@contrail/schema";

/** The subnets of a network: its own, and those of an IPAM with flat subnets; ascending, IPv4 before IPv6. */
export function subnetsOf(graph: ConfigGraph, network: ConfigObject): readonly string[] {
  return prefixesOf(networkSubnets(graph, network).map(({ subnet }) => record(subnet)));
}

/** Prefixes as text, each once; ascending, IPv4 before IPv6. A SubnetType that is none is left out. */
export function prefixesOf(subnets: readonly JsonObject[]): readonly string[] {
  const inet = subnets.flatMap((subnet) => inetOf(subnet) ?? []);
  const inet6 = subnets.flatMap((subnet) => inet6Of(subnet) ?? []);
  inet.sort((a, b) => a.address - b.address || a.length - b.length);
  inet6.sort((a, b) => (a.address < b.address ? -1 : Number(a.address > b.address)) || a.length - b.length);
  const texts = inet6.map(({ address, length }) => `${formatInet6Address(address)}/${length}`);
  return [...new Set([...inet.map(formatInetPrefix), ...texts])];
}

/** An IPv4 prefix of a SubnetType. */
export function inetOf({ ip_prefix: prefix, ip_prefix_len: bits }: JsonObject): InetPrefix | undefined {
  const address = parseInetAddress(filledText(prefix) ?? "");
  const length = integerIn(bits, 0, 32);
  return address === undefined || length === undefined ? undefined : inetPrefix(address, length);
}

function inet6Of({ ip_prefix: prefix, ip_prefix_len: bits }: JsonObject) {
  const address = parseInet6Address(filledText(prefix) ?? "");
  const length = integerIn(bits, 0, 128);
  if (address === undefined || length === undefined) return undefined;
  const hostBits = BigInt(128 - length);
  return { address: (address >> hostBits) << hostBits, length };
}

/** True for a prefix text of IPv6. */
export function isInet6(prefix: string): boolean {
  return prefix.includes(":");
}

/** Every prefix that holds an address, the longest first; that of all addresses is not among them. */
export function prefixesAround(address: number): readonly InetPrefix[] {
  return Array.from({ length: 32 }, (_, index) => {
    const length = 32 - index;
    return { address: (address & inetMask(length)) >>> 0, length };
  });
}
