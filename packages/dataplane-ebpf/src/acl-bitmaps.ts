import type { AclRule, AddressMatch, PortRange } from "@contrail/forwarding";
import { inetMask } from "@contrail/net";

/** Bytes of a row: 32 keys, or one bitmap of 1024 rules, or the header. */
export const ACL_ROW_BYTES = 128;
const KEYS_PER_ROW = 32;

/**
 * Compiles an ACL into rows of 128 bytes, as bpf/policy.h reads them: for each dimension sorted keys and one bitmap of
 * rules for each key; a packet's rules are the intersection of what it finds in each, and the lowest bit decides. Row 0
 * is the header. Keys of addresses and ports are the first values of intervals; the other keys are looked up exactly.
 */
export function compileAcl(rules: readonly AclRule[]): readonly Uint8Array[] {
  const rows: Uint8Array[] = [new Uint8Array(ACL_ROW_BYTES)];
  const add = (bytes: Uint8Array): number => rows.push(bytes) - 1;
  const header = new DataView((rows[0] ?? new Uint8Array(ACL_ROW_BYTES)).buffer);
  header.setUint32(0, Math.ceil(rules.length / 64), true);
  header.setUint32(4, add(bitmap(rules, ({ pass }) => pass)), true);
  header.setUint32(8, add(bitmap(rules, ({ protocol }) => protocol === "any")), true);
  sections(rules).forEach(({ keys, matches }, index) => {
    const at = 12 + 12 * index;
    header.setUint32(at, rows.length, true);
    header.setUint32(at + 4, keys.length, true);
    for (let first = 0; first < keys.length; first += KEYS_PER_ROW)
      add(keyRow(keys.slice(first, first + KEYS_PER_ROW)));
    header.setUint32(at + 8, rows.length, true);
    for (const key of keys) add(bitmap(rules, (rule) => matches(rule, key)));
  });
  return rows;
}

interface Section {
  /** Ascending. */
  readonly keys: readonly number[];
  readonly matches: (rule: AclRule, key: number) => boolean;
}

/** In the order of enum acl_section. */
function sections(rules: readonly AclRule[]): readonly Section[] {
  const source = ({ source: match }: AclRule): AddressMatch => match;
  const destination = ({ destination: match }: AclRule): AddressMatch => match;
  return [
    addressSection(rules, source),
    addressSection(rules, destination),
    portSection(rules, ({ sourcePorts }) => sourcePorts),
    portSection(rules, ({ destinationPorts }) => destinationPorts),
    protocolSection(rules),
    exactSection(rules, source, networkOf),
    exactSection(rules, destination, networkOf),
    exactSection(rules, source, groupOf),
    exactSection(rules, destination, groupOf),
  ];
}

function addressSection(rules: readonly AclRule[], end: (rule: AclRule) => AddressMatch): Section {
  const starts = rules.map(end).flatMap((match) => {
    const range = match.kind === "prefix" ? rangeOf(match) : undefined;
    return range === undefined ? [] : [range.first, range.last + 1];
  });
  const matches = (rule: AclRule, key: number): boolean => {
    const match = end(rule);
    if (match.kind === "any") return true;
    if (match.kind !== "prefix") return false;
    const { first, last } = rangeOf(match);
    return key >= first && key <= last;
  };
  return { keys: intervalStarts(starts, 0xffffffff), matches };
}

function portSection(rules: readonly AclRule[], ports: (rule: AclRule) => PortRange): Section {
  const starts = rules.map(ports).flatMap(({ first, last }) => [first, last + 1]);
  const matches = (rule: AclRule, key: number): boolean => key >= ports(rule).first && key <= ports(rule).last;
  return { keys: intervalStarts(starts, 0xffff), matches };
}

function protocolSection(rules: readonly AclRule[]): Section {
  const keys = ascending(rules.flatMap(({ protocol }) => (protocol === "any" ? [] : [protocol])));
  return { keys, matches: ({ protocol }, key) => protocol === "any" || protocol === key };
}

function exactSection(
  rules: readonly AclRule[],
  end: (rule: AclRule) => AddressMatch,
  value: (match: AddressMatch) => number | undefined,
): Section {
  const keys = ascending(rules.map((rule) => value(end(rule))).filter((key) => key !== undefined));
  return { keys, matches: (rule, key) => value(end(rule)) === key };
}

function networkOf(match: AddressMatch): number | undefined {
  return match.kind === "network" ? match.network : undefined;
}

function groupOf(match: AddressMatch): number | undefined {
  return match.kind === "group" ? match.group : undefined;
}

function rangeOf({ prefix }: Extract<AddressMatch, { kind: "prefix" }>): PortRange {
  const mask = inetMask(prefix.length);
  const first = (prefix.address & mask) >>> 0;
  return { first, last: first + (0xffffffff - mask) };
}

/** First values of the intervals that the starts cut 0 to highest into. */
function intervalStarts(starts: readonly number[], highest: number): readonly number[] {
  return ascending([0, ...starts.filter((start) => start <= highest)]);
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function bitmap(rules: readonly AclRule[], holds: (rule: AclRule) => boolean): Uint8Array {
  const bytes = new Uint8Array(ACL_ROW_BYTES);
  rules.forEach((rule, index) => {
    if (holds(rule)) bytes[index >>> 3] = (bytes[index >>> 3] ?? 0) | (1 << (index & 7));
  });
  return bytes;
}

function keyRow(keys: readonly number[]): Uint8Array {
  const row = new Uint8Array(ACL_ROW_BYTES);
  const view = new DataView(row.buffer);
  keys.forEach((key, index) => {
    view.setUint32(index * 4, key, true);
  });
  return row;
}
