import { type AclRule, type AddressMatch, MAX_ACL_RULES } from "@contrail/forwarding";
import { inetPrefix, inetPrefixContains } from "@contrail/net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ACL_ROW_BYTES, compileAcl, compiledRows } from "./acl-bitmaps.ts";
import { ACL_ROWS } from "./layout.ts";

const SEED = 20_261_125;

interface Query {
  readonly addresses: readonly [number, number];
  readonly ports: readonly [number, number];
  readonly protocol: number;
  readonly networks: readonly [number, number];
  readonly groups: readonly [readonly number[], readonly number[]];
}

/** What a rule by rule look at the list says. */
function passesPlainly(rules: readonly AclRule[], query: Query): boolean {
  const ends = ["source", "destination"] as const;
  const matches = (rule: AclRule): boolean =>
    (rule.protocol === "any" || rule.protocol === query.protocol) &&
    ends.every((end, index) => {
      const range = end === "source" ? rule.sourcePorts : rule.destinationPorts;
      const port = query.ports[index] ?? 0;
      return range.first <= port && port <= range.last && endMatches(rule[end], query, index);
    });
  return rules.find(matches)?.pass ?? false;
}

function endMatches(match: AddressMatch, query: Query, index: number): boolean {
  switch (match.kind) {
    case "any":
      return true;
    case "prefix":
      return inetPrefixContains(match.prefix, query.addresses[index] ?? 0);
    case "network":
      return match.network === query.networks[index];
    case "group":
      return query.groups[index]?.includes(match.group) ?? false;
  }
}

/** The same from the rows, by a plain search instead of policy.h's halving. */
function passesCompiled(rows: readonly Uint8Array[], query: Query): boolean {
  const words = rows.map((row) => new DataView(row.buffer, row.byteOffset, row.byteLength));
  const word = (row: number, index: number): number => words[row]?.getUint32(index * 4, true) ?? 0;
  const bits = (row: number | undefined): readonly number[] =>
    Array.from({ length: ACL_ROW_BYTES / 4 }, (_, index) => (row === undefined ? 0 : word(row, index)));
  const search = (section: number, wanted: number, exact: boolean): number | undefined => {
    const [keyRow, count, bitmapRow] = [0, 1, 2].map((member) => word(0, 3 + 3 * section + member));
    const key = (index: number): number => word((keyRow ?? 0) + (index >> 5), index & 31);
    const all = Array.from({ length: count ?? 0 }, (_, index) => index);
    const found = all.findLast((index) => (exact ? key(index) === wanted : key(index) <= wanted));
    return found === undefined ? undefined : (bitmapRow ?? 0) + found;
  };
  const end = (index: 0 | 1): readonly number[] => {
    const of = [search(index, query.addresses[index], false), search(5 + index, query.networks[index], true)];
    const groups = query.groups[index].map((group) => search(7 + index, group, true));
    return [...of, ...groups].map(bits).reduce((sum, row) => sum.map((value, at) => value | (row[at] ?? 0)));
  };
  const protocol = search(4, query.protocol, true) ?? word(0, 2);
  const ports = [search(2, query.ports[0], false), search(3, query.ports[1], false)];
  const matching = [end(0), end(1), bits(protocol), ...ports.map(bits)].reduce((both, row) =>
    both.map((value, at) => value & (row[at] ?? 0)),
  );
  const first = matching.findIndex((value) => value !== 0);
  const lowest = (matching[first] ?? 0) & -(matching[first] ?? 0);
  return first >= 0 && (word(word(0, 1), first) & lowest) !== 0;
}

const address = fc.constantFrom(0, 0x0a010101, 0x0a0101ff, 0x0a010200, 0x0aff0000, 0xc0a80101, 0xffffffff);
const port = fc.constantFrom(0, 1, 80, 443, 65_534, 65_535);
const network = fc.integer({ min: 0, max: 3 });
const group = fc.integer({ min: 8_000_000, max: 8_000_003 });
const protocol = fc.constantFrom(1, 6, 17, 255);
const range = fc.tuple(port, port).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
const match: fc.Arbitrary<AddressMatch> = fc.oneof(
  fc.constant<AddressMatch>({ kind: "any" }),
  fc
    .tuple(address, fc.nat(32))
    .map(([at, length]): AddressMatch => ({ kind: "prefix", prefix: inetPrefix(at, length) })),
  network.map((value): AddressMatch => ({ kind: "network", network: value })),
  group.map((value): AddressMatch => ({ kind: "group", group: value })),
);
const rule: fc.Arbitrary<AclRule> = fc.record({
  pass: fc.boolean(),
  source: match,
  destination: match,
  protocol: fc.oneof(fc.constant<"any">("any"), protocol),
  sourcePorts: range,
  destinationPorts: range,
});
const query: fc.Arbitrary<Query> = fc.record({
  addresses: fc.tuple(address, address),
  ports: fc.tuple(port, port),
  protocol,
  networks: fc.tuple(network, network),
  groups: fc.tuple(fc.uniqueArray(group, { maxLength: 3 }), fc.uniqueArray(group, { maxLength: 3 })),
});

test("compiled rows decide as the rules one after the other do", () => {
  let passed = 0;
  let denied = 0;
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 70 }), query, (rules, asked) => {
      const wanted = passesPlainly(rules, asked);
      if (wanted) passed += 1;
      else denied += 1;
      expect(passesCompiled(compileAcl(rules), asked)).toBe(wanted);
    }),
    { numRuns: 2_000, seed: SEED },
  );
  console.log(`passed ${passed}, denied ${denied}`);
  expect(Math.min(passed, denied)).toBeGreaterThan(100);
});

test("an ACL without rules passes nothing", () => {
  const [asked] = fc.sample(query, 1);
  expect(asked === undefined ? true : passesCompiled(compileAcl([]), asked)).toBe(false);
});

test("the header tells how many rows there are", () => {
  const rows = compileAcl([]);
  expect(compiledRows(rows[0] ?? new Uint8Array(ACL_ROW_BYTES))).toBe(rows.length);
});

test("ten of the largest ACLs have room", () => {
  const rules = Array.from({ length: MAX_ACL_RULES }, (_, index): AclRule => {
    const at = 2 * index + 1;
    const end = (base: number): AddressMatch => ({ kind: "prefix", prefix: inetPrefix(base + at, 32) });
    const ports = { first: at, last: at };
    const ends = { source: end(0x0a000000), destination: end(0x0b000000) };
    return { pass: true, ...ends, protocol: index % 256, sourcePorts: ports, destinationPorts: ports };
  });
  expect(compileAcl(rules).length * 10).toBeLessThanOrEqual(ACL_ROWS);
});
