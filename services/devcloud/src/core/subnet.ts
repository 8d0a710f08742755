import { formatInetAddress, inetMask, inetPrefix, parseInetAddress } from "@contrail/net";
import { invalid } from "./api-error.ts";

/** A network's addresses. */
export interface Subnet {
  readonly gateway: string;
  readonly netmask: string;
  readonly cidr: string;
}

/** The subnet of gateway and netmask; throws ApiError 431 where they are none. */
export function subnetOf(gateway: string, netmask: string): Subnet {
  const address = parseInetAddress(gateway);
  const mask = parseInetAddress(netmask);
  if (address === undefined) throw invalid("Invalid gateway");
  if (mask === undefined) throw invalid("Invalid netmask");
  const length = maskLength(mask);
  const host = length === undefined ? 0 : (address & ~inetMask(length)) >>> 0;
  if (length === undefined || length > 29 || length < 8 || host === 0 || host === ~inetMask(length) >>> 0) {
    throw invalid("Invalid gateway IP provided. Either the IP is broadcast or network IP.");
  }
  const network = inetPrefix(address, length);
  return { gateway, netmask, cidr: `${formatInetAddress(network.address)}/${length}` };
}

function maskLength(mask: number): number | undefined {
  for (let length = 0; length <= 32; length += 1) if (inetMask(length) >>> 0 === mask >>> 0) return length;
  return undefined;
}

/** First and last address of a CIDR that a machine may have, as numbers. */
export function hostRange(cidr: string): readonly [first: number, last: number] {
  const [address = "", length = "32"] = cidr.split("/");
  const base = parseInetAddress(address) ?? 0;
  const size = 2 ** (32 - Number(length));
  return [base + 1, base + size - 2];
}

/** True where an address is one that a machine of the CIDR may have. */
export function isHostAddress(cidr: string, text: string): boolean {
  const address = parseInetAddress(text);
  const [first, last] = hostRange(cidr);
  return address !== undefined && address >= first && address <= last;
}

/** The first free address of a CIDR, looking from a place in it (0 to 1) on and around; undefined where none is left. */
export function freeAddress(cidr: string, taken: ReadonlySet<string>, place: number): string | undefined {
  const [first, last] = hostRange(cidr);
  const count = last - first + 1;
  const start = Math.min(count - 1, Math.floor(count * place));
  for (let step = 0; step < count; step += 1) {
    const text = formatInetAddress(first + ((start + step) % count));
    if (!taken.has(text)) return text;
  }
  return undefined;
}

/** MAC of the nth NIC of a network, as recorded: 02:02, the network's number, n. Unique while both fit in 16 bits. */
export function nicMac(networkNumber: number, n: number): string {
  const octets = [0x02, 0x02, networkNumber >> 8, networkNumber, n >> 8, n];
  return octets.map((octet) => (octet & 255).toString(16).padStart(2, "0")).join(":");
}
