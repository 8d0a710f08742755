import { NO_EXPORT, routeTarget } from "@contrail/bgp";
import { createGraph } from "@contrail/graph";
import { type InstanceFeatures, NO_FEATURES, type PolicyTerm } from "@contrail/rib";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { instanceFeatures } from "./instance-features.ts";
import { instancePolicies } from "./routing-policies.ts";

const ADDRESS = { nine: 0x0a010009, net: 0x0a010000 };

function object(type: string, uuid: string, more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, revision: 1n, refs: [], properties: {} };
  return { type, uuid, fqName: ["d", "p", uuid], derived: false, epoch: 0n, ...none, ...more };
}

function toInstance(attr: JsonObject = {}): ConfigObject["refs"] {
  return [{ toType: "routing-instance", toUuid: "ri", toFqName: ["d", "p", "ri"], attr }];
}

function featuresOf(properties: JsonObject, ...others: readonly ConfigObject[]): InstanceFeatures {
  const graph = createGraph();
  const instance = object("routing-instance", "ri", { properties });
  for (const each of [instance, ...others]) graph.apply({ kind: "upsert", object: each });
  return instanceFeatures(graph, instance);
}

/** What of the policies of the instance does not count: names and reasons. */
function problemsOf(...others: readonly ConfigObject[]): readonly (readonly string[])[] {
  const graph = createGraph();
  const instance = object("routing-instance", "ri", {});
  for (const each of [instance, ...others]) graph.apply({ kind: "upsert", object: each });
  return instancePolicies(graph, instance).problems.map(({ policy, reason }) => [policy, reason]);
}

describe("an instance's features", () => {
  test("are none where nothing is said, and where what is said is no route", () => {
    expect(featuresOf({})).toBe(NO_FEATURES);
    const odd = {
      static_route_entries: { route: [{ prefix: "10.0.0.0/33", next_hop: "10.0.0.1" }, 7, { prefix: "10.0.0.0/8" }] },
      service_chain_information: { routing_instance: "d:p:b:b", service_chain_address: "fd00::1" },
      ipv6_service_chain_information: "nonsense",
    };
    const aggregate = object("route-aggregate", "ra", {
      refs: toInstance(),
      properties: { aggregate_route_nexthop: "10.1.0.9", aggregate_route_entries: { route: ["fd00::/64", "x"] } },
    });
    expect(featuresOf(odd, aggregate)).toBe(NO_FEATURES);
  });

  test("static routes have next hop, targets and communities, of either IP version", () => {
    const route = [
      { prefix: "10.7.1.2/16", next_hop: "10.1.0.9", route_target: ["target:64512:3", "x"], community: ["no-export"] },
      { prefix: "fd07::1/64", next_hop: "fd01::9" },
      { prefix: "fd07::/64", next_hop: "10.1.0.9" },
    ];
    expect(featuresOf({ static_route_entries: { route } }).staticRoutes).toEqual([
      {
        prefix: { address: 0x0a070000, length: 16 },
        nextHop: ADDRESS.nine,
        routeTargets: [routeTarget(64_512, 3)],
        communities: [NO_EXPORT],
      },
      {
        prefix: { address: 0xfd07n << 112n, length: 64 },
        nextHop: (0xfd01n << 112n) + 9n,
        routeTargets: [],
        communities: [],
      },
    ]);
  });

  test("aggregates are those of all objects that refer to it, in the order of their names", () => {
    const aggregate = (uuid: string, nexthop: string, ...route: readonly string[]) => {
      const properties = { aggregate_route_nexthop: nexthop, aggregate_route_entries: { route } };
      return object("route-aggregate", uuid, { refs: toInstance(), properties });
    };
    const made = featuresOf({}, aggregate("two", "10.1.0.9", "10.1.0.0/16"), aggregate("one", "10.1.0.0", "0.0.0.0/0"));
    expect(made.aggregates).toEqual([
      { prefix: { address: 0, length: 0 }, nextHop: ADDRESS.net },
      { prefix: { address: ADDRESS.net, length: 16 }, nextHop: ADDRESS.nine },
    ]);
  });

  test("a chain of each IP version; one that names no instance for its service has it in its own", () => {
    const chain = {
      routing_instance: "d:p:b:b",
      prefix: ["10.1.0.0/16", "fd00::/64"],
      service_chain_address: "10.1.0.9",
      source_routing_instance: "d:p:a:a",
      service_chain_id: "id",
      retain_as_path: true,
    };
    const made = featuresOf({
      service_chain_information: chain,
      ipv6_service_chain_information: { routing_instance: "d:p:b:b", service_chain_address: "::9" },
    });
    expect(made.chains).toEqual([
      {
        destination: "d:p:b:b",
        connected: "d:p:a:a",
        address: ADDRESS.nine,
        prefixes: [{ address: ADDRESS.net, length: 16 }],
        group: "id inet",
        retainAsPath: true,
      },
      {
        destination: "d:p:b:b",
        connected: "d:p:ri",
        address: 9n,
        prefixes: [],
        group: "d:p:ri inet6",
        retainAsPath: false,
      },
    ]);
  });
});

describe("routing policies", () => {
  function policy(uuid: string, sequence: string, ...term: readonly JsonObject[]): ConfigObject {
    return object("routing-policy", uuid, {
      refs: toInstance({ sequence }),
      properties: { term_type: "vrouter", routing_policy_entries: { term } },
    });
  }
  const terms = (...term: readonly JsonObject[]): readonly PolicyTerm[] =>
    featuresOf({}, policy("p", "1", ...term)).policies[0]?.terms ?? [];

  test("stand in their sequence, which is no number with a point", () => {
    const named = (uuid: string, sequence: string) =>
      policy(uuid, sequence, { term_action_list: { update: { local_pref: Number(uuid) } } });
    const made = featuresOf({}, named("1", "1.10"), named("2", "1.9"), named("3", "0.5"), named("4", "nonsense"));
    expect(made.policies.map(({ terms: [first] }) => first?.update.localPreference)).toEqual([4, 3, 2, 1]);
  });

  test("for network devices are left out", () => {
    const { fqName, refs } = policy("p", "1");
    const properties = { term_type: "network-device", routing_policy_entries: { term: [{}] } };
    expect(featuresOf({}, object("routing-policy", "p", { fqName, refs, properties }))).toBe(NO_FEATURES);
  });

  test("have conditions, changes and an action in each term", () => {
    const [term] = terms({
      term_match_condition: {
        protocol: ["static", "nonsense", "service-chain"],
        prefix: [{ prefix: "10.1.0.0/16", prefix_type: "longer" }, { prefix: "10.1.0.9/32" }],
        community_list: ["no-export", "64512:[12]"],
        community_match_all: true,
        extcommunity_list: ["target:64512:1", "soo:64512:1", "0x10", "target:.*"],
        as_path: [65_000],
        local_pref: 200,
        family: "inet",
      },
      term_action_list: {
        action: "reject",
        update: {
          as_path: { expand: { asn_list: [64_600, 64_601] } },
          community: { add: { community: ["no-export"] }, remove: { community: [] } },
          extcommunity: { set: { community: ["target:64512:2"] } },
          local_pref: 150,
          med: 10,
        },
      },
    });
    const [{ expressions: [expression] = [], ...communities } = {}, extended] = [
      term?.match.communities,
      term?.match.extendedCommunities,
    ];
    expect({ ...term?.match, communities, extendedCommunities: extended?.values }).toEqual({
      protocols: ["static", "service-chain"],
      prefixes: [
        { prefix: { address: ADDRESS.net, length: 16 }, kind: "longer" },
        { prefix: { address: ADDRESS.nine, length: 32 }, kind: "exact" },
      ],
      communities: { values: [NO_EXPORT], all: true },
      extendedCommunities: [routeTarget(64_512, 1), routeTarget(64_512, 1) | (1n << 48n), 16n],
      asPath: [65_000],
      localPreference: 200,
      family: "inet",
    });
    expect([expression?.matches("64512:2"), expression?.matches("64512:3")]).toEqual([true, false]);
    expect(extended?.expressions[0]?.matches("target:64512:9")).toBe(true);
    expect([term?.action, term?.update]).toEqual([
      "reject",
      {
        localPreference: 150,
        med: 10,
        asPath: [64_600, 64_601],
        communities: { set: undefined, remove: [], add: [NO_EXPORT] },
        extendedCommunities: { set: [routeTarget(64_512, 2)], remove: [], add: [] },
      },
    ]);
  });

  test("go on with the next term where no action is given, and with the next policy where that is said", () => {
    const actions = [{}, { action: "next" }, { action: "next", action_next_value: "policy" }, { action: "accept" }];
    expect(terms(...actions.map((each) => ({ term_action_list: each }))).map(({ action }) => action)).toEqual([
      "next-term",
      "next-term",
      "next-policy",
      "accept",
    ]);
  });

  test("leave out a term that no route can meet, and meet nothing with what is no condition", () => {
    expect(terms({ term_match_condition: { external: "ospf-type-1" } })).toEqual([]);
    expect(terms({ term_match_condition: { family: "evpn" } })).toEqual([]);
    expect(terms({ term_match_condition: { protocol: ["nonsense"] } })[0]?.match.protocols).toEqual([]);
    expect(terms({ term_match_condition: { prefix: [{ prefix: "nonsense" }] } })[0]?.match.prefixes).toEqual([]);
    const [odd] = terms({ term_match_condition: { community_list: ["("] } });
    expect(odd?.match.communities?.expressions[0]?.matches("(")).toBe(false);
  });

  test("nested without end are none", () => {
    let written: JsonValue = [];
    for (let depth = 0; depth < 100_000; depth++) written = [written];
    expect(terms({ term_match_condition: { protocol: written } })).toEqual([]);
  });

  describe("that come to more than an instance may have are left out, from the first such on", () => {
    const listed = (uuid: string, sequence: string, ...community_list: readonly string[]) =>
      policy(uuid, sequence, { term_match_condition: { community_list } });
    const expressions = (count: number) => Array.from({ length: count }, (_, index) => `${index}:.*`);

    test("by expressions, of all policies together", () => {
      const made = featuresOf({}, listed("1", "1", ...expressions(16)), listed("2", "2", "1:1"));
      expect(made.policies).toHaveLength(2);
      expect(featuresOf({}, listed("1", "1", ...expressions(17)))).toBe(NO_FEATURES);
      const [, ...more] = [0, 1, 2, 3].map((each) => listed(`${each}`, `${each}`, ...expressions(6)));
      expect(featuresOf({}, ...more).policies).toHaveLength(2);
    });

    test("and say so, each by name", () => {
      const many = Array.from({ length: 5_000 }, (_, index) => `1:${index}`);
      const policies = [listed("1", "1", "1:1"), listed("2", "2", ...expressions(17)), listed("3", "3", "1:1")];
      expect(problemsOf(...policies)).toEqual([
        ["d:p:2", "left out: with it the policies of the instance would have more than 16 expressions"],
        ["d:p:3", "left out: it follows one that is"],
      ]);
      expect(problemsOf(listed("1", "1", ...many))).toEqual([
        ["d:p:1", "left out: with it the policies of the instance would have more than 4096 values"],
      ]);
      expect(
        problemsOf(...Array.from({ length: 100 }, (_, index) => listed(`${index}`, `${index}`, ...many))),
      ).toHaveLength(32);
    });

    test("by values and terms", () => {
      const values = Array.from({ length: 5_000 }, (_, index) => `1:${index}`);
      expect(featuresOf({}, listed("1", "1", ...values))).toBe(NO_FEATURES);
      expect(featuresOf({}, policy("1", "1", ...Array.from({ length: 5_000 }, () => ({}))))).toBe(NO_FEATURES);
    });

    test("by the prefixes of interface route tables, however often they are named", () => {
      const route = Array.from({ length: 1_000 }, (_, index) => ({ prefix: `10.1.${index >> 8}.${index & 255}/32` }));
      const table = object("interface-route-table", "irt", {
        properties: { interface_route_table_routes: { route } },
      });
      const naming = (times: number) => {
        const prefix_list = [{ interface_route_table_uuid: Array.from({ length: times }, () => "irt") }];
        return featuresOf({}, table, policy("p", "1", { term_match_condition: { prefix_list } })).policies;
      };
      expect(naming(3)[0]?.terms[0]?.match.prefixes).toHaveLength(3_000);
      expect(naming(4_000)).toEqual([]);
    });
  });

  test("with an expression that cannot be read, or is too large, say so", () => {
    const written = ["1:.*", "(", `${"1".repeat(300)}.*`];
    const given = policy("p", "1", { term_match_condition: { community_list: written } });
    expect(problemsOf(given)).toEqual([
      ["d:p:p", 'matches nothing: "(" is no expression, or too large a one'],
      ["d:p:p", `matches nothing: "${"1".repeat(64)}" is no expression, or too large a one`],
    ]);
    expect(problemsOf(policy("p", "1", { term_match_condition: { community_list: ["1:.*", "no-export"] } }))).toEqual(
      [],
    );
  });

  test("take prefixes from interface route tables", () => {
    const routes = { interface_route_table_routes: { route: [{ prefix: "10.1.0.0/16" }] } };
    const table = object("interface-route-table", "irt", { properties: routes });
    const prefix_list = [{ interface_route_table_uuid: ["irt", "unknown"], prefix_type: "orlonger" }];
    const made = featuresOf({}, table, policy("p", "1", { term_match_condition: { prefix_list } }));
    expect(made.policies[0]?.terms[0]?.match.prefixes).toEqual([
      { prefix: { address: ADDRESS.net, length: 16 }, kind: "orlonger" },
    ]);
  });
});
