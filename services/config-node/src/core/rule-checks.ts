import { isInet6Address, parseInetAddress } from "@contrail/net";
import { type JsonObject, type JsonValue, list, record } from "@contrail/schema";
import { bad } from "./request-body.ts";

const PROTOCOL_NAMES = new Set(["any", "icmp", "tcp", "udp", "icmp6"]);
const MAX_PORT = 65_535;
/** Rules of the ACLs that the rules of one object may stand for: an agent holds 1,024 an ACL, a group has two ACLs. */
const MAX_COMBINATIONS = { "network-policy": 1_024, "security-group": 2_048 };

/** Checks the rules of a network policy or a security group. Throws "config.bad_request" naming the field. */
export function checkRules(property: string, entries: JsonValue | undefined, isSecurityGroup: boolean): void {
  checkSize(property, entries, MAX_COMBINATIONS[isSecurityGroup ? "security-group" : "network-policy"]);
  for (const [index, item] of list(record(entries).policy_rule).entries()) {
    const rule = record(item);
    const path = `${property}.policy_rule[${index}]`;
    checkProtocol(rule.protocol, `${path}.protocol`);
    for (const side of ["src_ports", "dst_ports"]) {
      for (const [at, port] of list(rule[side]).entries()) checkPorts(record(port), `${path}.${side}[${at}]`);
    }
    for (const side of ["src_addresses", "dst_addresses"]) {
      for (const [at, address] of list(rule[side]).entries()) checkAddress(record(address), `${path}.${side}[${at}]`);
    }
    if (isSecurityGroup && !hasLocal(rule.src_addresses) && !hasLocal(rule.dst_addresses)) {
      throw bad(`${path}: At least one of source or destination addresses must be 'local'`);
    }
  }
}

/** A rule stands for the product of its addresses and ports, both ways where its direction is <>. */
function checkSize(property: string, entries: JsonValue | undefined, limit: number): void {
  let total = 0;
  for (const [index, item] of list(record(entries).policy_rule).entries()) {
    const { src_addresses, dst_addresses, src_ports, dst_ports, direction } = record(item);
    const ways = direction === "<>" ? 2 : 1;
    total += ways * prefixes(src_addresses) * prefixes(dst_addresses) * ranges(src_ports) * ranges(dst_ports);
    if (total <= limit) continue;
    const text = `its addresses and ports make ${total} rules with those before it`;
    throw bad(`${property}.policy_rule[${index}]: ${text}, more than ${limit}`);
  }
}

function prefixes(addresses: JsonValue | undefined): number {
  return list(addresses).reduce((sum: number, item) => sum + Math.max(1, list(record(item).subnet_list).length), 0);
}

function ranges(ports: JsonValue | undefined): number {
  return Math.max(1, list(ports).length);
}

function checkProtocol(value: JsonValue | undefined, path: string): void {
  if (value === undefined) return;
  const text = String(value).toLowerCase();
  if (PROTOCOL_NAMES.has(text) || (/^[0-9]{1,3}$/.test(text) && Number(text) <= 255)) return;
  throw bad(`Rule with invalid protocol : ${path}: ${text.slice(0, 50)}`);
}

/** -1 stands for every port. */
function checkPorts(range: JsonObject, path: string): void {
  const [first, last] = [Number(range.start_port ?? -1), Number(range.end_port ?? range.start_port ?? -1)];
  const inRange = (port: number): boolean => port >= -1 && port <= MAX_PORT;
  if (inRange(first) && inRange(last) && (first === -1 || last === -1 || first <= last)) return;
  throw bad(`${path}: ${first} to ${last} is no range of ports`);
}

function checkAddress(address: JsonObject, path: string): void {
  const subnets = [...list(address.subnet_list), ...(address.subnet === undefined ? [] : [address.subnet])];
  for (const item of subnets) {
    const { ip_prefix, ip_prefix_len } = record(item);
    if (!isPrefix(String(ip_prefix ?? ""), Number(ip_prefix_len ?? -1))) {
      throw bad(`${path}.subnet: ${String(ip_prefix).slice(0, 50)}/${String(ip_prefix_len)} is no prefix`);
    }
  }
}

function isPrefix(text: string, length: number): boolean {
  if (text.includes(":")) return isInet6Address(text) && length >= 0 && length <= 128;
  return parseInetAddress(text) !== undefined && length >= 0 && length <= 32;
}

function hasLocal(addresses: JsonValue | undefined): boolean {
  return list(addresses).some((address) => record(address).security_group === "local");
}
