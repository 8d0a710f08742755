import { formatInetAddress, type InetPrefix, inetPrefixContains, parseInetPrefix } from "@contrail/net";
import type { JsonObject, JsonValue } from "@contrail/schema";
import type { NetworkPayload } from "./payload.ts";
import { referencesOf } from "./references.ts";
import { sameJson } from "./write.ts";

const IPAM: readonly string[] = ["default-domain", "default-project", "default-network-ipam"];
/**
 * Name of the subnet that CloudStack has made; those of other names are somebody else's. So are those of none, but for one
 * in the way of CloudStack's: older versions gave no name.
 */
const OWN = "cloudstack";

/** What is wanted of CloudStack's subnet. */
export interface WantedSubnet {
  /** True: prefix and gateway as the payload has them. */
  readonly subnet?: boolean;
  /** True: the payload has the whole prefix. A command's has the part for machines where a range is reserved (guestvmcidr). */
  readonly isWhole?: boolean;
  readonly dhcp?: boolean;
}

/** A subnet of a network, its prefix as 10.1.1.0/24. */
export interface Subnet {
  readonly prefix: string;
  readonly gateway: string | undefined;
}

/** A prefix as subnetsOf has it; undefined for none. */
export function canonicalPrefix(cidr: string | undefined): string | undefined {
  const parsed = cidr === undefined ? undefined : parseInetPrefix(cidr);
  return parsed === undefined ? undefined : `${formatInetAddress(parsed.address)}/${parsed.length}`;
}

/** All subnets of a network. */
export function subnetsOf(network: JsonObject): readonly Subnet[] {
  return referencesOf(network, "network_ipam_refs").flatMap((reference) =>
    entriesOf(reference).map(({ subnet, default_gateway: gateway }) => {
      const { ip_prefix: prefix, ip_prefix_len: length } = (subnet ?? {}) as JsonObject; // SubnetType.
      return { prefix: `${prefix}/${length}`, gateway: typeof gateway === "string" ? gateway : undefined };
    }),
  );
}

/**
 * The property that gives a network the payload's subnet in place of another one of CloudStack's; {} where nothing changes.
 * Subnets that others have added stay, in whatever IPAM.
 */
export function subnetChange(payload: NetworkPayload, network: JsonObject, wanted: WantedSubnet): JsonObject {
  const before = referencesOf(network, "network_ipam_refs");
  const ours = before.find(({ to }) => sameJson(to, IPAM));
  const entries = ours === undefined ? [] : entriesOf(ours);
  const after = withSubnet(payload, entries, wanted);
  if (sameJson(entries, after)) return {};
  const others = before
    .filter((reference) => reference !== ours)
    .map(({ to, attr }) => ({ to: to ?? [], attr: attr ?? null }));
  return { network_ipam_refs: [...others, { to: IPAM, attr: { ipam_subnets: after } }] };
}

function withSubnet(
  payload: NetworkPayload,
  before: readonly JsonObject[],
  wanted: WantedSubnet,
): readonly JsonObject[] {
  const parsed = payload.cidr === undefined ? undefined : parseInetPrefix(payload.cidr);
  if (parsed === undefined) return before;
  const [prefix, length] = [formatInetAddress(parsed.address), parsed.length];
  const same = before.find(({ subnet }) => samePrefix(subnet as JsonObject, prefix, length)); // SubnetType.
  const known = same ?? (wanted.isWhole === true ? undefined : before.find((one) => hasPart(one, parsed, payload)));
  if (known === undefined && wanted.subnet !== true) return before;
  const isOwn = (entry: JsonObject): boolean =>
    entry.subnet_name === OWN || (isUnnamed(entry) && isInTheWay(entry, parsed, payload));
  const own = before.filter(isOwn);
  const made = { subnet: { ip_prefix: prefix, ip_prefix_len: length }, enable_dhcp: own.some(hasDhcp) };
  const entry: JsonObject = {
    ...(known ?? made),
    ...(wanted.subnet === true ? { subnet_name: known?.subnet_name ?? OWN, ...gatewayOf(payload, known) } : {}),
    ...(wanted.dhcp === undefined ? {} : { enable_dhcp: wanted.dhcp }),
    ...nameServerOf(payload),
  };
  // CloudStack's former subnet goes when another prefix comes.
  const kept = before.filter((one) => one === known || wanted.subnet !== true || !isOwn(one));
  return known === undefined ? [...kept, entry] : kept.map((one) => (one === known ? entry : one));
}

/** The agent answers DNS at an address that no machine gets: the extension's own, else the gateway, also when that changes. */
function gatewayOf({ gateway }: NetworkPayload, known: JsonObject | undefined): JsonObject {
  if (gateway === undefined) return {};
  const own = known?.dns_server_address === known?.default_gateway ? undefined : known?.dns_server_address;
  return { default_gateway: gateway, dns_server_address: own ?? gateway };
}

/** Every command of a network with an address of the extension's tells it, so one that was lost comes back. */
function nameServerOf({ extension_ip: own }: NetworkPayload): JsonObject {
  return own === undefined ? {} : { dns_server_address: own };
}

/** True where a prefix is a part of a subnet with the same gateway. */
function hasPart(entry: JsonObject, part: InetPrefix, { gateway }: NetworkPayload): boolean {
  const whole = prefixOf(entry);
  if (whole === undefined || whole.length > part.length || gateway === undefined) return false;
  return entry.default_gateway === gateway && inetPrefixContains(whole, part.address);
}

function prefixOf({ subnet }: JsonObject): InetPrefix | undefined {
  const { ip_prefix: prefix, ip_prefix_len: length } = (subnet ?? {}) as JsonObject; // SubnetType.
  return parseInetPrefix(`${prefix}/${length}`);
}

function isUnnamed({ subnet_name: name }: JsonObject): boolean {
  return name === undefined || name === null || name === "";
}

/** True where a prefix cannot come beside a subnet: they have the same gateway, or overlap. */
function isInTheWay(entry: JsonObject, prefix: InetPrefix, { gateway }: NetworkPayload): boolean {
  const there = prefixOf(entry);
  if (there === undefined) return false;
  if (gateway !== undefined && entry.default_gateway === gateway) return true;
  return inetPrefixContains(there, prefix.address) || inetPrefixContains(prefix, there.address);
}

function hasDhcp(entry: JsonObject): boolean {
  return entry.enable_dhcp === true;
}

function samePrefix(entry: JsonObject, prefix: string, length: number): boolean {
  return entry.ip_prefix === prefix && Number(entry.ip_prefix_len) === length;
}

function entriesOf({ attr }: JsonObject): readonly JsonObject[] {
  const subnets = (attr as JsonObject | null | undefined)?.ipam_subnets; // The model says VnSubnetsType.
  return Array.isArray(subnets) ? subnets.map((subnet: JsonValue) => subnet as JsonObject) : []; // IpamSubnetType.
}
