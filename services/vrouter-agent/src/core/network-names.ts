import { formatInetAddress, type InetPrefix, inetPrefixContains, parseInetAddress } from "@contrail/net";
import type { ConfigObject } from "@contrail/schema";
import { annotations, CLOUDSTACK } from "./annotations.ts";
import { type ConfigView, textOf } from "./config-view.ts";

/** The names of the machines of one network, in small letters, without a dot at the end. */
export interface NetworkNames {
  /** undefined: names of one label only. */
  readonly domain: string | undefined;
  /** Addresses by name: "web" and "web.example.org". */
  readonly addresses: ReadonlyMap<string, readonly number[]>;
  /** The whole name by address. */
  readonly names: ReadonlyMap<number, string>;
}

/** Letters, digits, hyphens; 1 to 63 (RFC 1123 section 2.1), and the underscore that some hosts' names have. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
const MAX_NAME = 253;

/** Where a machine's scripts look for metadata, by name (CloudStack's "data-server"). */
export const DATA_SERVER = "data-server";

/** The domain of a network as a name in small letters; undefined where it has none, or one that is no name. */
export function networkDomain(network: ConfigObject): string | undefined {
  const domain = (annotations(network).get(CLOUDSTACK.networkDomain) ?? "").toLowerCase();
  return isName(domain) ? domain : undefined;
}

/** Collects the names of a network's interfaces; of two machines with one name both addresses count. */
export function networkNames(view: ConfigView, network: ConfigObject): NetworkNames {
  const domain = networkDomain(network);
  const addresses = new Map<string, number[]>();
  const names = new Map<number, string>();
  for (const vmi of view.referrers(network.uuid, "virtual-machine-interface")) {
    const label = (annotations(vmi).get(CLOUDSTACK.dnsName) ?? "").toLowerCase();
    const whole = domain === undefined ? label : `${label}.${domain}`;
    if (!LABEL.test(label) || whole.length > MAX_NAME) continue;
    for (const address of addressesOf(view, vmi)) {
      for (const name of new Set([label, whole])) addresses.set(name, [...(addresses.get(name) ?? []), address]);
      if (!names.has(address)) names.set(address, whole);
    }
  }
  return { domain, addresses, names };
}

/** "4.3.2.1.in-addr.arpa" as 1.2.3.4; undefined for any other name (RFC 1035 section 3.5). */
export function reverseAddress(name: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/.exec(name);
  return match === null ? undefined : parseInetAddress(match.slice(1).reverse().join("."));
}

/** True for an address that no server of the outside knows about: of a subnet of the network, or private (RFC 6303). */
export function isInside(address: number, subnets: readonly InetPrefix[]): boolean {
  if (subnets.some((subnet) => inetPrefixContains(subnet, address))) return true;
  return /^(10|127|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./.test(formatInetAddress(address));
}

function isName(text: string): boolean {
  return text.length <= MAX_NAME && text !== "" && text.split(".").every((label) => LABEL.test(label));
}

function addressesOf(view: ConfigView, vmi: ConfigObject): readonly number[] {
  return view
    .referrers(vmi.uuid, "instance-ip")
    .flatMap((ip) => parseInetAddress(textOf(ip.properties.instance_ip_address)) ?? []);
}
