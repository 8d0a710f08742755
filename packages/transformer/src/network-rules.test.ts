import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { type AclContext, networkAcl } from "./network-acl.ts";
import { networkRules } from "./network-rules.ts";

const NOTHING: AclContext = { routerPeers: [], chainInstance: () => undefined, analyzer: () => undefined };
const ME = "d:p:me";
const ALL = { start_port: -1, end_port: -1 };
const vn = (name: string): JsonObject => ({ virtual_network: name });
const prefix = (ip_prefix: string, ip_prefix_len: number): JsonObject => ({ ip_prefix, ip_prefix_len });

function policy(...rules: readonly JsonObject[]): ConfigObject {
  return {
    type: "network-policy",
    uuid: "p",
    fqName: ["d", "p", "policy"],
    parentType: "project",
    parentUuid: "x",
    revision: 1n,
    refs: [],
    properties: { network_policy_entries: { policy_rule: rules } },
    derived: false,
    epoch: 0n,
  };
}

function rule(changes: JsonObject = {}): JsonObject {
  return {
    direction: ">",
    protocol: "tcp",
    src_addresses: [vn("local")],
    src_ports: [ALL],
    dst_addresses: [vn("d:p:other")],
    dst_ports: [{ start_port: 80, end_port: 80 }],
    action_list: { simple_action: "pass" },
    ...changes,
  };
}

interface Shown {
  readonly from: JsonValue;
  readonly to: JsonValue;
  readonly ports: string;
  readonly protocol: JsonValue;
  readonly action: JsonValue;
}

/** The rules of a network in front of the two implicit ones, as a person reads them, and the networks it wants. */
function compile(...policies: readonly ConfigObject[]) {
  const found = networkRules(ME, policies, (name) => (name === "d:p:hub" ? ["d:p:two", "d:p:one"] : []));
  const shown = networkAcl(ME, found.aclRules, NOTHING).map((item): Shown => {
    const { match_condition: match, action_list } = item as unknown as {
      match_condition: Record<string, JsonObject> & { protocol: JsonValue };
      action_list: JsonObject;
    };
    const range = (port: JsonObject | undefined): string => `${String(port?.start_port)}-${String(port?.end_port)}`;
    return {
      from: match.src_address ?? null,
      to: match.dst_address ?? null,
      ports: `${range(match.src_port)}>${range(match.dst_port)}`,
      protocol: match.protocol,
      action: action_list.simple_action ?? null,
    };
  });
  return { rules: shown.slice(0, -2), implicit: shown.slice(-2), wants: [...found.wants].sort() };
}

test("traffic inside the network passes and all other is denied, behind every policy; without one there is no ACL", () => {
  const { implicit } = compile(policy());
  expect(implicit).toEqual([
    { from: vn(ME), to: vn(ME), ports: "-1--1>-1--1", protocol: "any", action: "pass" },
    { from: vn("any"), to: vn("any"), ports: "-1--1>-1--1", protocol: "any", action: "deny" },
  ]);
  expect(networkRules(ME, [], () => [])).toEqual({ wants: new Set(), requests: [], aclRules: [] });
});

describe("addresses", () => {
  test.each<[string, JsonObject, JsonObject, (readonly [JsonObject, JsonObject])[], string[]]>([
    ["local and a network", vn("local"), vn("d:p:other"), [[vn(ME), vn("d:p:other")]], ["d:p:other"]],
    ["by the network's own name", vn(ME), vn("d:p:other"), [[vn(ME), vn("d:p:other")]], ["d:p:other"]],
    ["any as source", vn("any"), vn("d:p:other"), [[vn("any"), vn("d:p:other")]], ["d:p:other"]],
    ["any on both sides", vn("any"), vn("any"), [[vn("any"), vn("any")]], ["any"]],
    ["local on both sides", vn("local"), vn("local"), [[vn(ME), vn(ME)]], []],
    ["two other networks", vn("d:p:a"), vn("d:p:b"), [], []],
    ["a prefix", vn("local"), { subnet: prefix("10.0.0.0", 8) }, [[vn(ME), { subnet: prefix("10.0.0.0", 8) }]], []],
    [
      "a prefix of a network",
      vn("local"),
      { ...vn("d:p:other"), subnet: prefix("10.0.0.0", 8) },
      [[vn(ME), { ...vn("d:p:other"), subnet: prefix("10.0.0.0", 8) }]],
      ["d:p:other"],
    ],
    [
      "a list of prefixes",
      vn("local"),
      { subnet_list: [prefix("10.0.0.0", 8), prefix("11.0.0.0", 8)] },
      [
        [vn(ME), { subnet: prefix("10.0.0.0", 8) }],
        [vn(ME), { subnet: prefix("11.0.0.0", 8) }],
      ],
      [],
    ],
    [
      "the networks of a policy, by name ascending",
      vn("local"),
      { network_policy: "d:p:hub" },
      [
        [vn(ME), vn("d:p:two")],
        [vn(ME), vn("d:p:one")],
      ].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) as [JsonObject, JsonObject][],
      ["d:p:one", "d:p:two"],
    ],
    ["the networks of a policy that nobody has", vn("local"), { network_policy: "d:p:no" }, [], []],
    ["nothing: it matches nothing", vn("local"), {}, [], []],
    ["a security group: it matches nothing", vn("local"), { security_group: "d:p:g" }, [], []],
  ])("%s", (_what, source, destination, wanted, wants) => {
    const made = compile(policy(rule({ src_addresses: [source], dst_addresses: [destination] })));
    expect(made.rules.map(({ from, to }) => [from, to])).toEqual(wanted);
    expect(made.wants).toEqual(wants);
  });

  test("several on each side make a rule for each pair", () => {
    const sides = { src_addresses: [vn("local"), vn("d:p:a")], dst_addresses: [vn("d:p:b"), vn("local")] };
    const { rules, wants } = compile(policy(rule(sides)));
    expect(rules.map(({ from, to }) => [from, to])).toEqual([
      [vn(ME), vn("d:p:b")],
      [vn(ME), vn(ME)],
      [vn("d:p:a"), vn(ME)],
    ]);
    expect(wants).toEqual(["d:p:a", "d:p:b"]);
  });
});

describe("ports", () => {
  const range = (start_port: number, end_port: number): JsonObject => ({ start_port, end_port });

  test("every source range is combined with every destination range", () => {
    const { rules } = compile(policy(rule({ src_ports: [range(1, 2), range(3, 4)], dst_ports: [range(5, 6), ALL] })));
    expect(rules.map(({ ports }) => ports)).toEqual(["1-2>5-6", "1-2>-1--1", "3-4>5-6", "3-4>-1--1"]);
  });

  test("none given are all; a range without an end is its start", () => {
    const { rules } = compile(policy(rule({ src_ports: [], dst_ports: [{ start_port: 22 }] })));
    expect(rules.map(({ ports }) => ports)).toEqual(["-1--1>22-22"]);
  });

  test("of both directions change sides with their addresses", () => {
    const { rules } = compile(policy(rule({ direction: "<>", src_ports: [range(1, 2)] })));
    expect(rules).toEqual([
      { from: vn(ME), to: vn("d:p:other"), ports: "1-2>80-80", protocol: "6", action: "pass" },
      { from: vn("d:p:other"), to: vn(ME), ports: "80-80>1-2", protocol: "6", action: "pass" },
    ]);
  });
});

test.each([
  ["tcp", "6"],
  ["UDP", "17"],
  ["icmp", "1"],
  ["icmp6", "58"],
  ["any", "any"],
  ["47", "47"],
])("protocol %s is %s", (given, wanted) => {
  expect(compile(policy(rule({ protocol: given }))).rules[0]?.protocol).toBe(wanted);
});

describe("actions", () => {
  test("deny stands in the ACL and connects nothing", () => {
    const { rules, wants } = compile(policy(rule({ action_list: { simple_action: "deny" } })));
    expect(rules.map(({ action }) => action)).toEqual(["deny"]);
    expect(wants).toEqual([]);
  });

  test.each<[string, JsonObject]>([
    ["none", { action_list: {} }],
    ["no list of actions", { action_list: null }],
    ["a service", { action_list: { simple_action: "pass", apply_service: ["d:p:nat"] } }],
  ])("%s opens nothing", (_what, change) => {
    const { rules, wants } = compile(policy(rule(change)));
    expect([rules, wants]).toEqual([[], []]);
  });
});

test("what a rule does beside passing or denying stands in the ACL", () => {
  const mirror_to = { analyzer_ip_address: "10.0.0.9", routing_instance: "", udp_port: 8099 };
  const given = { simple_action: "pass", log: true, alert: false, mirror_to, assign_routing_instance: "d:p:x:x" };
  const { aclRules } = networkRules(ME, [policy(rule({ action_list: given }))], () => []);
  expect(aclRules[0]?.rule.action_list).toEqual({
    simple_action: "pass",
    log: true,
    mirror_to,
    assign_routing_instance: "d:p:x:x",
  });
});

describe("services", () => {
  const services = { apply_service: ["d:p:one", "d:p:two"] };
  const through = (changes: JsonObject = {}): JsonObject =>
    rule({ action_list: services, direction: "<>", ...changes });

  test("make a request that is the same for both networks, and connect nothing", () => {
    const rules = policy(through({ src_addresses: [vn(ME)] }));
    const [mine, theirs] = [ME, "d:p:other"].map((name) => networkRules(name, [rules], () => []));
    expect(mine?.requests).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        left: ME,
        right: "d:p:other",
        direction: "<>",
        protocol: "6",
        sourcePorts: [ALL],
        destinationPorts: [{ start_port: 80, end_port: 80 }],
        services: services.apply_service,
        retainAsPath: false,
      },
    ]);
    expect(theirs?.requests).toEqual(mine?.requests);
    expect(mine?.wants).toEqual(new Set());
  });

  test("assign the instance that takes the traffic, once it is there", () => {
    const { aclRules, requests } = networkRules(ME, [policy(through())], () => []);
    expect(networkAcl(ME, aclRules, NOTHING)).toHaveLength(2);
    const acl = networkAcl(ME, aclRules, {
      ...NOTHING,
      chainInstance: (chain) => (chain === requests[0]?.id ? "d:p:me:service-1" : undefined),
    });
    expect(acl.slice(0, 2).map(({ action_list }) => action_list)).toEqual([
      { simple_action: "pass", assign_routing_instance: "d:p:me:service-1" },
      { simple_action: "pass", assign_routing_instance: "d:p:me:service-1" },
    ]);
  });

  test.each<[string, JsonObject]>([
    ["any", { dst_addresses: [vn("any")] }],
    ["a bare prefix", { dst_addresses: [{ subnet: prefix("10.0.0.0", 8) }] }],
    ["the network itself", { dst_addresses: [vn("local")] }],
    ["a network by way of one twice", { action_list: { apply_service: ["d:p:one", "d:p:one"] } }],
    ["a network by way of 17", { action_list: { apply_service: Array.from({ length: 17 }, (_, at) => `d:p:${at}`) } }],
  ])("to %s are none: nothing opens", (_what, change) => {
    const { requests, wants, aclRules } = networkRules(ME, [policy(through(change))], () => []);
    expect([requests, wants, aclRules.length]).toEqual([[], new Set(), 2]);
  });

  test("beside a denial are not asked: it denies", () => {
    const { requests, aclRules } = networkRules(
      ME,
      [policy(through({ action_list: { ...services, simple_action: "deny" } }))],
      () => [],
    );
    expect([requests, aclRules[0]?.rule.action_list]).toEqual([[], { simple_action: "deny" }]);
  });
});

test("policies and rules keep their order, and the same rule stands once", () => {
  const first = policy(rule({ protocol: "udp" }), rule({ action_list: { simple_action: "deny" } }));
  const second = policy(rule(), rule({ protocol: "udp" }));
  expect(compile(first, second).rules.map(({ protocol, action }) => [protocol, action])).toEqual([
    ["17", "pass"],
    ["6", "deny"],
    ["6", "pass"],
  ]);
});

test("a rule's uuid follows from what it says and whose it is", () => {
  const uuids = (network: string, ...policies: readonly ConfigObject[]): string[] =>
    networkRules(network, policies, () => []).aclRules.map((item) => String(item.rule.rule_uuid));
  const once = uuids(ME, policy(rule(), rule({ protocol: "udp" })));
  expect(new Set(once).size).toBe(4);
  expect(uuids(ME, policy(rule({ protocol: "udp" }), rule())).toSorted()).toEqual(once.toSorted());
  expect(uuids("d:p:other", policy(rule({ src_addresses: [vn(ME)] })))[0]).not.toBe(once[0]);
});

describe("more rules than an ACL may have", () => {
  const ports = Array.from({ length: 300 }, (_, port) => ({ start_port: port, end_port: port }));
  const denyAll = [expect.objectContaining({ action_list: { simple_action: "deny" } })];

  test.each<[string, JsonObject]>([
    [
      "a product of ports and addresses",
      { src_addresses: Array(300).fill(vn("local")), src_ports: ports, dst_ports: ports },
    ],
    ["one rule's ports", { src_ports: ports, dst_ports: ports }],
    [
      "service chains to many networks",
      {
        dst_addresses: Array.from({ length: 65 }, (_, at) => vn(`d:p:${at}`)),
        action_list: { simple_action: "pass", apply_service: ["d:p:s"] },
      },
    ],
    ["long names", { dst_addresses: [vn("n".repeat(100_000))], dst_ports: ports }],
    [
      "pairs of addresses that do not concern the network",
      { src_addresses: Array(2_000).fill(vn("d:p:a")), dst_addresses: Array(2_000).fill(vn("d:p:b")) },
    ],
  ])("%s: the network denies all and is connected with nobody", (_what, change) => {
    const { wants, aclRules } = networkRules(ME, [policy(rule(), rule(change))], () => []);
    expect([...wants]).toEqual([]);
    expect(aclRules.map((item) => item.rule)).toEqual(denyAll);
  });
});
