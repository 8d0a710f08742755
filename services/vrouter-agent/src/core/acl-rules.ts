import { type AclRule, type AddressMatch, MAX_ACL_RULES, type PortRange } from "@contrail/forwarding";
import { inetPrefix, parseInetAddress } from "@contrail/net";
import { type ConfigObject, type JsonObject, type JsonValue, list, record } from "@contrail/schema";
import { numberOf, textOf, wholeNumber } from "./config-view.ts";

/** Compiled rules, or what was wrong; a policy that cannot be compiled denies everything. */
export interface CompiledAcl {
  readonly rules: readonly AclRule[];
  readonly problem: string | undefined;
}

/** virtual_network_network_id of a network by its name joined by ':'; undefined while it is not known. */
export type NetworkId = (name: string) => number | undefined;

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 };
const ANY: AddressMatch = { kind: "any" };

/** The rules of access-control-list objects, one after the other, as the data plane matches them. IPv4 only. */
export function compileAcls(acls: readonly ConfigObject[], networkId: NetworkId): CompiledAcl {
  const rules: AclRule[] = [];
  for (const acl of acls) {
    for (const item of list(record(acl.properties.access_control_list_entries).acl_rule)) {
      const compiled = compileRule(record(item), networkId);
      if (typeof compiled === "string") return { rules: [], problem: `${acl.fqName.join(":")}: ${compiled}` };
      rules.push(...compiled);
    }
  }
  if (rules.length <= MAX_ACL_RULES) return { rules, problem: undefined };
  return { rules: [], problem: `${rules.length} rules are more than ${MAX_ACL_RULES}` };
}

/** The rules that one entry stands for; none where it can match nothing here; a text where it is not understood. */
function compileRule(rule: JsonObject, networkId: NetworkId): readonly AclRule[] | string {
  const match = record(rule.match_condition);
  if (match.ethertype === "IPv6") return [];
  const protocol = protocolOf(match.protocol);
  if (protocol === undefined) return `protocol "${textOf(match.protocol)}" is not known`;
  const sourcePorts = portsOf(match.src_port);
  const destinationPorts = portsOf(match.dst_port);
  if (sourcePorts === undefined || destinationPorts === undefined) return "a port range is not understood";
  const sources = addresses(record(match.src_address), networkId);
  const destinations = addresses(record(match.dst_address), networkId);
  if (typeof sources === "string") return sources;
  if (typeof destinations === "string") return destinations;
  // Only what says so passes: an action that this version does not know denies.
  const pass = record(rule.action_list).simple_action === "pass";
  return sources.flatMap((source) =>
    destinations.map((destination) => ({ pass, source, destination, protocol, sourcePorts, destinationPorts })),
  );
}

/**
 * A side of a rule. A network together with a prefix is matched by the prefix: inside one routing instance an address
 * belongs to one network. A network that is not known has no routes here and matches nothing.
 */
function addresses(side: JsonObject, networkId: NetworkId): readonly AddressMatch[] | string {
  const subnets = [...list(side.subnet_list), ...(side.subnet ? [side.subnet] : [])];
  if (subnets.length > 0) return prefixes(subnets);
  const group = side.security_group;
  if (group !== undefined && group !== null) {
    if (group === "-1") return [ANY];
    const id = wholeNumber(numberOf(group));
    return id === undefined ? `group "${textOf(group)}" is no id` : [{ kind: "group", group: id }];
  }
  const network = side.virtual_network;
  if (network === undefined || network === null || network === "any") return [ANY];
  const id = networkId(textOf(network));
  return id === undefined ? [] : [{ kind: "network", network: id }];
}

function prefixes(subnets: readonly JsonValue[]): readonly AddressMatch[] | string {
  const found: AddressMatch[] = [];
  for (const item of subnets) {
    const subnet = record(item);
    const text = textOf(subnet.ip_prefix);
    const length = numberOf(subnet.ip_prefix_len);
    if (text.includes(":")) continue;
    const address = parseInetAddress(text);
    if (address === undefined || !Number.isInteger(length) || length < 0 || length > 32)
      return `${text}/${length} is no prefix`;
    found.push(length === 0 ? ANY : { kind: "prefix", prefix: inetPrefix(address, length) });
  }
  return found;
}

function protocolOf(value: JsonValue | undefined): number | "any" | undefined {
  const text = textOf(value ?? "any").toLowerCase();
  if (text === "any") return "any";
  const number = PROTOCOLS[text] ?? (/^[0-9]{1,3}$/.test(text) ? Number(text) : 256);
  return number <= 255 ? number : undefined;
}

function portsOf(value: JsonValue | undefined): PortRange | undefined {
  const port = record(value);
  const first = numberOf(port.start_port ?? 0);
  const last = numberOf(port.end_port ?? 65_535);
  if (first === -1 || last === -1) return { first: 0, last: 65_535 };
  const valid = Number.isInteger(first) && Number.isInteger(last) && first >= 0 && last <= 65_535 && first <= last;
  return valid ? { first, last } : undefined;
}
