import type { JsonObject } from "@contrail/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileAcls } from "./acl-rules.ts";
import { acl, rule } from "./agent-world.model.ts";

const networkId = (name: string): number | undefined => ({ "d:p:red": 4, "d:p:blue": 5 })[name];

function compile(...rules: readonly JsonObject[]) {
  return compileAcls([acl("a", "virtual-network", "vn0", "acl", rules)], networkId);
}

const ALL = { first: 0, last: 65_535 };
const PLAIN = {
  pass: true,
  source: { kind: "any" },
  destination: { kind: "any" },
  protocol: "any",
  sourcePorts: ALL,
  destinationPorts: ALL,
};

describe("a rule is compiled", () => {
  test.each<[string, JsonObject, object]>([
    ["any to any", {}, {}],
    ["a protocol by name", { protocol: "TCP" }, { protocol: 6 }],
    ["a protocol by number", { protocol: "132" }, { protocol: 132 }],
    ["ports", { dst_port: { start_port: 80, end_port: 81 } }, { destinationPorts: { first: 80, last: 81 } }],
    [
      "a network by its id",
      { src_address: { virtual_network: "d:p:red" } },
      { source: { kind: "network", network: 4 } },
    ],
    [
      "a prefix",
      { dst_address: { subnet: { ip_prefix: "10.1.2.3", ip_prefix_len: 24 } } },
      { destination: { kind: "prefix", prefix: { address: 0x0a010200, length: 24 } } },
    ],
    ["a prefix of length 0 is any", { dst_address: { subnet: { ip_prefix: "0.0.0.0", ip_prefix_len: 0 } } }, {}],
    [
      "a group by its id",
      { src_address: { security_group: "8000001" } },
      { source: { kind: "group", group: 8_000_001 } },
    ],
    ["group -1 is any", { src_address: { security_group: "-1" } }, {}],
  ])("%s", (_what, match, expected) => {
    expect(compile(rule(match))).toEqual({ rules: [{ ...PLAIN, ...expected }], problem: undefined });
  });

  test("a list of prefixes gives a rule for each", () => {
    const subnet_list = [
      { ip_prefix: "10.1.0.0", ip_prefix_len: 16 },
      { ip_prefix: "10.2.0.0", ip_prefix_len: 16 },
    ];
    expect(compile(rule({ src_address: { subnet_list } })).rules).toHaveLength(2);
  });

  test("rules keep their order", () => {
    const passes = compile(rule({}, "deny"), rule()).rules.map(({ pass }) => pass);
    expect(passes).toEqual([false, true]);
  });
});

describe("what matches nothing gives no rule", () => {
  test.each<[string, JsonObject]>([
    ["a network that is not known here", { src_address: { virtual_network: "d:p:other" } }],
    ["a rule for IPv6", { ethertype: "IPv6" }],
    ["an IPv6 prefix", { src_address: { subnet: { ip_prefix: "2001:db8::", ip_prefix_len: 32 } } }],
  ])("%s", (_what, match) => {
    expect(compile(rule(match))).toEqual({ rules: [], problem: undefined });
  });
});

describe("what is not understood denies everything", () => {
  test.each<[string, JsonObject]>([
    ["a protocol", { protocol: "carrier-pigeon" }],
    ["a protocol number", { protocol: "256" }],
    ["ports the wrong way round", { dst_port: { start_port: 81, end_port: 80 } }],
    ["a port that is none", { dst_port: { start_port: 0, end_port: 70_000 } }],
    ["an address", { src_address: { subnet: { ip_prefix: "10.1.2", ip_prefix_len: 24 } } }],
    ["a prefix length", { src_address: { subnet: { ip_prefix: "10.1.2.3", ip_prefix_len: 33 } } }],
    ["a group id that 32 bits would cut to another one", { src_address: { security_group: "4302967297" } }],
    ["a group by name", { src_address: { security_group: "d:p:web" } }],
  ])("%s", (_what, match) => {
    const { rules, problem } = compile(rule(), rule(match));
    expect(rules).toEqual([]);
    expect(problem).toEqual(expect.stringContaining("acl: "));
  });

  test("an action other than pass does not pass", () => {
    for (const action of ["deny", "reject", "", "PASS"]) expect(compile(rule({}, action)).rules[0]?.pass).toBe(false);
    expect(compile({ match_condition: {} }).rules[0]?.pass).toBe(false);
  });

  test("1,024 rules are held, one more is refused", () => {
    expect(compile(...Array.from({ length: 1_024 }, () => rule())).rules).toHaveLength(1_024);
    expect(compile(...Array.from({ length: 1_025 }, () => rule()))).toMatchObject({
      rules: [],
      problem: expect.any(String),
    });
  });
});

test.each([
  { protocol: { toString: {} } },
  { src_address: { security_group: { toString: {} } } },
  { dst_port: { start_port: { valueOf: {}, toString: {} } } },
])("an object in place of a word or a number is a problem: %j", (condition) => {
  const { rules, problem } = compile({ match_condition: condition, action_list: { simple_action: "pass" } });
  expect(rules).toEqual([]);
  expect(problem).toBeDefined();
});

test("any JSON for an ACL gives rules that are whole, or a problem", () => {
  const address = fc.oneof(
    fc.jsonValue(),
    fc.record({ subnet: fc.jsonValue() }),
    fc.record({ security_group: fc.jsonValue() }),
  );
  const condition = fc.record(
    {
      protocol: fc.jsonValue(),
      src_address: address,
      dst_address: address,
      src_port: fc.jsonValue(),
      dst_port: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const entry = fc.oneof(
    fc.jsonValue(),
    fc.record({ match_condition: fc.oneof(condition, fc.jsonValue()), action_list: fc.jsonValue() }),
  );
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      // fast-check's JSON is ours, but for its types.
      const { rules, problem } = compile(...(entries as JsonObject[]));
      if (problem !== undefined) expect(rules).toEqual([]);
      for (const { protocol, sourcePorts, destinationPorts } of rules) {
        expect(protocol === "any" || (Number.isInteger(protocol) && protocol >= 0 && protocol <= 255)).toBe(true);
        for (const { first, last } of [sourcePorts, destinationPorts]) {
          expect(
            Number.isInteger(first) && Number.isInteger(last) && first >= 0 && first <= last && last <= 65_535,
          ).toBe(true);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
