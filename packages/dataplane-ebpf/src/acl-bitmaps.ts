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
  header.setUint32(4, add(bitmap(rules, ({ pass }) => pass)), true);
  header.setUint32(8, add(bitmap(rules, ({ protocol }) => protocol === "any")), true);
  sections(rules).forEach(({ keys, bitmaps }, index) => {
    const at = 12 + 12 * index;
    header.setUint32(at, rows.length, true);
    header.setUint32(at + 4, keys.length, true);
    for (let first = 0; first < keys.length; first += KEYS_PER_ROW)
      add(keyRow(keys.slice(first, first + KEYS_PER_ROW)));
    header.setUint32(at + 8, rows.length, true);
    bitmaps.forEach(add);
  });
  header.setUint32(0, rows.length, true);
  header.setUint32(120, Math.ceil(rules.length / 64), true);
  return rows;
}

/** Rows of a compiled ACL, from its header. */
export function compiledRows(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset, header.byteLength).getUint32(0, true);
}

interface Section {
  /** Ascending. */
  readonly keys: readonly number[];
  /** One for each key. */
  readonly bitmaps: readonly Uint8Array[];
}

/** In the order of enum acl_section. */
function sections(rules: readonly AclRule[]): readonly Section[] {
  const sources = rules.map(({ source }) => source);
  const destinations = rules.map(({ destination }) => destination);
  return [
    intervals(sources.map(addressRange), 0xffffffff),
    intervals(destinations.map(addressRange), 0xffffffff),
    intervals(
      rules.map(({ sourcePorts }) => sourcePorts),
      0xffff,
    ),
    intervals(
      rules.map(({ destinationPorts }) => destinationPorts),
      0xffff,
    ),
    exact(rules.map(({ protocol }) => protocol)),
    exact(sources.map((match) => (match.kind === "network" ? match.network : undefined))),
    exact(destinations.map((match) => (match.kind === "network" ? match.network : undefined))),
    exact(sources.map((match) => (match.kind === "group" ? match.group : undefined))),
    exact(destinations.map((match) => (match.kind === "group" ? match.group : undefined))),
  ];
}

/** The addresses that a match by address holds; undefined where it is none. */
function addressRange(match: AddressMatch): PortRange | undefined {
  if (match.kind === "any") return { first: 0, last: 0xffffffff };
  if (match.kind !== "prefix") return undefined;
  const mask = inetMask(match.prefix.length);
  const first = (match.prefix.address & mask) >>> 0;
  return { first, last: first + (0xffffffff - mask) };
}

/** Cuts 0 to highest where a rule's range begins or ends; each interval has the rules whose range holds it. */
function intervals(ranges: readonly (PortRange | undefined)[], highest: number): Section {
  const cuts = ranges.flatMap((range) => (range === undefined ? [] : [range.first, range.last + 1]));
  const keys = ascending([0, ...cuts.filter((cut) => cut <= highest)]);
  const place = new Map(keys.map((key, index) => [key, index]));
  const bitmaps = keys.map(() => new Uint8Array(ACL_ROW_BYTES));
  ranges.forEach((range, rule) => {
    if (range === undefined || range.first > range.last) return;
    const end = place.get(range.last + 1) ?? keys.length;
    for (let index = place.get(range.first) ?? end; index < end; index++) setBit(bitmaps[index], rule);
  });
  return { keys, bitmaps };
}

/** One key for each value that a rule names; "any" belongs to all of them, undefined to none. */
function exact(values: readonly (number | "any" | undefined)[]): Section {
  const keys = ascending(values.filter((value) => typeof value === "number"));
  const bitmaps = keys.map((key) => bitmap(values, (value) => value === "any" || value === key));
  return { keys, bitmaps };
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function bitmap<T>(items: readonly T[], holds: (item: T) => boolean): Uint8Array {
  const bytes = new Uint8Array(ACL_ROW_BYTES);
  items.forEach((item, index) => {
    if (holds(item)) setBit(bytes, index);
  });
  return bytes;
}

function setBit(bytes: Uint8Array | undefined, index: number): void {
  if (bytes !== undefined) bytes[index >>> 3] = (bytes[index >>> 3] ?? 0) | (1 << (index & 7));
}

function keyRow(keys: readonly number[]): Uint8Array {
  const row = new Uint8Array(ACL_ROW_BYTES);
  const view = new DataView(row.buffer);
  keys.forEach((key, index) => {
    view.setUint32(index * 4, key, true);
  });
  return row;
}
