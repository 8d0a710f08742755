import {
  ACCEPT_OWN_NEXTHOP,
  encapsulationCommunity,
  encodeAttributes,
  encodeReach,
  formatCommunity,
  NO_EXPORT,
  originNetworkCommunity,
  type PathAttributes,
  securityGroupCommunity,
} from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import {
  address,
  announcement,
  features,
  GATEWAY,
  HOST1,
  HOST2,
  hostRoute,
  makeInstance,
  plainAttributes,
  prefix,
  waysOf,
} from "../derived/derived.model.ts";
import type { InstanceFeatures } from "../derived/instance-features.ts";
import { newRib, target } from "../rib.model.ts";
import type { Rib } from "../rib.ts";
import { InstancePolicy } from "./instance-policy.ts";
import type { PolicyTerm, RouteProtocol, RoutingPolicy, TermMatch, TermUpdate } from "./routing-policy.ts";
import { parseTextPattern } from "./text-pattern.ts";

/** Site of origin 64512:7, and colour 5 (RFC 9012 section 4.3). */
const [SITE, COLOUR] = [0x0003_fc00_0000_0007n, 0x030b_0000_0000_0005n];
const FABRIC = [originNetworkCommunity(64_512, 4), securityGroupCommunity(64_512, 8), encapsulationCommunity(13)];
const REJECT: PolicyTerm = { match: {}, update: {}, action: "reject" };

function expression(text: string) {
  const pattern = parseTextPattern(text);
  if (pattern === undefined) throw new Error(text);
  return pattern;
}

/** Terms, each with what it sets the local preference to: that tells which have been passed. */
function policyOf(...policies: readonly (readonly Partial<PolicyTerm>[])[]): InstancePolicy {
  const made = policies.map((terms) => ({ terms: terms.map((term) => ({ ...REJECT, ...term })) }));
  return new InstancePolicy(made, (attributes) => attributes);
}

describe("a term", () => {
  const GIVEN = plainAttributes({
    communities: [0x00010002, NO_EXPORT],
    extendedCommunities: [target(1), target(2), ...FABRIC, SITE],
    asPath: [{ kind: "sequence", autonomousSystems: [65_001, 65_002] }],
    localPreference: 150,
  });
  const list = <Value>(values: readonly Value[], expressions: readonly string[] = [], all = false) => {
    return { values, expressions: expressions.map(expression), all };
  };
  test.each<readonly [TermMatch, boolean]>([
    [{}, true],
    [{ protocols: ["static", "bgp"] }, true],
    [{ protocols: ["xmpp"] }, false],
    [{ protocols: [] }, false],
    [{ prefixes: [{ prefix: prefix("10.1.2.0/24"), kind: "exact" }] }, true],
    [{ prefixes: [{ prefix: prefix("10.1.0.0/16"), kind: "exact" }] }, false],
    [{ prefixes: [{ prefix: prefix("10.1.2.0/24"), kind: "longer" }] }, false],
    [{ prefixes: [{ prefix: prefix("10.1.0.0/16"), kind: "longer" }] }, true],
    [{ prefixes: [{ prefix: prefix("10.1.2.0/24"), kind: "orlonger" }] }, true],
    [{ prefixes: [{ prefix: prefix("0.0.0.0/0"), kind: "orlonger" }] }, true],
    [{ prefixes: [{ prefix: prefix("::/0"), kind: "orlonger" }] }, false],
    [{ communities: list([NO_EXPORT, 7]) }, true],
    [{ communities: list([NO_EXPORT, 7], [], true) }, false],
    [{ communities: list([NO_EXPORT], ["1:.*"], true) }, true],
    [{ communities: list([], ["2:.*"]) }, false],
    [{ extendedCommunities: list([target(2)]) }, true],
    [{ extendedCommunities: list([], [`target:\\d+:[13]`]) }, true],
    [{ extendedCommunities: list([target(3)]) }, false],
    [{ asPath: [65_002, 1] }, true],
    [{ asPath: [65_003] }, false],
    [{ localPreference: 150 }, true],
    [{ localPreference: 100 }, false],
    [{ family: "inet" }, true],
    [{ family: "inet6" }, false],
    [{ family: "inet", protocols: ["bgp"], asPath: [1] }, false],
  ])("%# is met, or is not", (match, isMet) => {
    const made = policyOf([{ match, action: "reject" }]).apply(GIVEN, prefix("10.1.2.0/24"), ["bgp"]);
    expect(made === undefined).toBe(isMet);
  });

  test.each<readonly [TermUpdate, object]>([
    [{}, {}],
    [
      { localPreference: 7, med: 8 },
      { localPreference: 7, med: 8 },
    ],
    [{ asPath: [5, 6] }, { asPath: [{ kind: "sequence", autonomousSystems: [5, 6, 65_001, 65_002] }] }],
    [{ communities: { remove: [NO_EXPORT], add: [9, 9] } }, { communities: [0x00010002, 9] }],
    [{ communities: { set: [8], remove: [], add: [9] } }, { communities: [8, 9] }],
    [{ communities: { set: [8, ACCEPT_OWN_NEXTHOP], remove: [], add: [] } }, { communities: [8] }],
    [
      { extendedCommunities: { remove: [SITE], add: [COLOUR] } },
      { extendedCommunities: [target(1), target(2), ...FABRIC, COLOUR] },
    ],
    [
      { extendedCommunities: { set: [COLOUR], remove: [], add: [SITE] } },
      { extendedCommunities: [target(1), target(2), ...FABRIC, COLOUR, SITE] },
    ],
    // Who imports a route, whose it is and how it is reached is not for a tenant to say.
    [{ extendedCommunities: { remove: [target(1), ...FABRIC], add: [target(3), originNetworkCommunity(1, 9)] } }, {}],
    [{ extendedCommunities: { set: [target(3), encapsulationCommunity(8), SITE], remove: [], add: [] } }, {}],
  ])("that changes something leaves the rest: %#", (update, changed) => {
    const made = policyOf([{ update, action: "accept" }]).apply(GIVEN, prefix("10.1.2.0/24"), []);
    expect(made).toEqual({ ...GIVEN, ...changed });
  });
});

describe("a term that adds without end", () => {
  const many = Array.from({ length: 4_000 }, (_, index) => index + 1);
  const sites = many.map((each) => SITE + BigInt(each));
  const update = {
    asPath: many,
    communities: { remove: [], add: many },
    extendedCommunities: { remove: [], add: sites },
  };
  const apply = (given: PathAttributes) =>
    policyOf([{ update, action: "accept" }]).apply(given, prefix("10.1.0.1"), []);

  test("leaves a route that fits into a message of 4,096 octets", () => {
    const made = apply(plainAttributes({ extendedCommunities: [target(1), ...FABRIC] })) ?? plainAttributes();
    const bytes = encodeAttributes(made, { fourOctetAs: true });
    const routes = [{ rdHigh: 1, rdLow: 1, address: 1, length: 32, label: 3 }];
    const reach = encodeReach({ family: "inet-vpn", routes, nextHop: 1 }, bytes, 4_096);
    expect(reach.kind).toBe("encoded");
    expect(made.extendedCommunities.slice(0, 4)).toEqual([target(1), ...FABRIC]);
    expect(made.asPath).toEqual([{ kind: "sequence", autonomousSystems: many.slice(0, 255) }]);
  });

  test("takes nothing from a route that says more by itself", () => {
    const given = plainAttributes({
      communities: many.slice(100, 700),
      asPath: [{ kind: "sequence", autonomousSystems: many.slice(0, 255) }],
    });
    const made = apply(given);
    expect([made?.communities, made?.asPath]).toEqual([given.communities, given.asPath]);
  });
});

describe("policies", () => {
  const add = (community: number, action: PolicyTerm["action"]): Partial<PolicyTerm> => {
    return { update: { communities: { remove: [], add: [community] } }, action };
  };
  test.each<readonly [readonly (readonly Partial<PolicyTerm>[])[], string | undefined]>([
    [[[add(1, "next-term"), add(2, "next-term")], [add(3, "accept")], [add(4, "accept")]], "0:1 0:2 0:3"],
    [[[add(1, "next-policy"), add(2, "accept")], [add(3, "next-term")]], "0:1 0:3"],
    [[[add(1, "accept"), add(2, "accept")], [add(3, "accept")]], "0:1"],
    [[[add(1, "next-term")], [add(2, "reject")]], undefined],
    [[[]], ""],
  ])("pass a route on as their actions say: %#", (policies, communities) => {
    const made = policyOf(...policies).apply(plainAttributes(), prefix("10.0.0.1"), []);
    expect(made?.communities.map(formatCommunity).join(" ")).toBe(communities);
  });

  test("compare an expression once with the same attributes, and with so many communities of a route alone", () => {
    const compared: string[] = [];
    const counting = { text: "9:9", matches: (given: string) => compared.push(given) < 0 };
    const match = { communities: { values: [], expressions: [counting], all: false } };
    const policy = policyOf([{ match, action: "reject" }]);
    const given = plainAttributes({ communities: Array.from({ length: 16_000 }, (_, index) => index) });
    for (const text of ["10.0.0.1", "10.0.0.2"]) expect(policy.apply(given, prefix(text), [])).toBe(given);
    expect(compared).toHaveLength(32);
  });

  test("make the same object of the same attributes", () => {
    const [policy, given] = [policyOf([add(1, "accept")]), plainAttributes()];
    const made = policy.apply(given, prefix("10.0.0.1"), []);
    expect(policy.apply(given, prefix("10.0.0.2"), [])).toBe(made);
  });
});

describe("an instance with policies", () => {
  /** Red with policies, blue that imports it, a host's machine in red and a gateway's network in both. */
  function world(...terms: readonly Partial<PolicyTerm>[]): Rib {
    const rib = newRib();
    makeInstance(rib, "red", 1);
    makeInstance(rib, "blue", 2, [1]);
    const policy: RoutingPolicy = { terms: terms.map((term) => ({ ...REJECT, ...term })) };
    rib.setFeatures("red", features({ policies: [policy] }));
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.5", 20));
    rib.update(GATEWAY, announcement("10.9.0.0/16", 9, 90, { extendedCommunities: [target(1)] }), true);
    return rib;
  }
  const seen = (rib: Rib, name: string) =>
    ["10.1.0.5/32", "10.9.0.0/16"].map((text) => waysOf(rib, name, text)?.map(([, label]) => label));

  test("rejects what is made in it for everybody, and what it imports for itself", () => {
    const rib = world({});
    expect([seen(rib, "red"), seen(rib, "blue")]).toEqual([
      [undefined, undefined],
      [undefined, [90]],
    ]);
    const rejected = [...rib.vpn.all()].find(({ address: given }) => given === address("10.1.0.5"));
    const [path] = rejected?.paths ?? [];
    expect(path && rejected && rib.infeasibility(path, rejected)).toBe("rejected by a routing policy of its instance");
    const imported = [...rib.vpn.all()].find(({ length }) => length === 16);
    expect(imported && rib.instance("red")?.policyRefusal(imported)).toBe(
      "a routing policy of the instance rejects it",
    );
    expect(imported && rib.instance("blue")?.policyRefusal(imported)).toBeUndefined();
    rib.setFeatures("red", features({}));
    expect([seen(rib, "red"), seen(rib, "blue")]).toEqual([
      [[20], [90]],
      [[20], [90]],
    ]);
  });

  test.each<readonly [RouteProtocol, readonly (readonly number[] | undefined)[]]>([
    ["xmpp", [undefined, [90]]],
    ["interface", [undefined, [90]]],
    ["interface-static", [[20], [90]]],
    ["bgp", [[20], undefined]],
    ["static", [[20], [90]]],
  ])("tells routes of protocol %s from others", (protocol, expected) => {
    expect(seen(world({ match: { protocols: [protocol] } }), "red")).toEqual(expected);
  });

  /** What another control node, with the same configuration, makes of what the first one has to say of a machine. */
  function reflected(more: Partial<InstanceFeatures>, ...terms: readonly Partial<PolicyTerm>[]): Rib {
    const policies = [{ terms: terms.map((term) => ({ ...REJECT, ...term })) }];
    const [first, second] = [newRib(), newRib()];
    for (const rib of [first, second]) {
      makeInstance(rib, "red", 1);
      rib.setFeatures("red", features({ policies, ...more }));
    }
    first.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.5", 20, { virtualNetworkId: 1 }));
    first.step(Number.POSITIVE_INFINITY);
    for (const { best } of first.vpn.all()) {
      if (best?.instance !== "red") throw new Error("the first node does not tell of it");
      second.update(GATEWAY, announcement("10.1.0.5", HOST1.routerId, best.label, best.attributes), true);
    }
    return second;
  }

  test.each<readonly [string, Partial<InstanceFeatures>]>([
    ["alone", {}],
    ["inside an aggregate", { aggregates: [{ prefix: prefix("10.1.0.0/16"), nextHop: address("10.1.0.9") }] }],
  ])("does not apply them again to its routes that another control node tells: %s", (_, more) => {
    expect(waysOf(reflected(more, { match: { protocols: ["bgp"] } }), "red", "10.1.0.5")).toEqual([
      [HOST1.routerId, 20],
    ]);
    const rib = reflected(more, { update: { asPath: [7], localPreference: 50 }, action: "accept" });
    expect(waysOf(rib, "red", "10.1.0.5")).toHaveLength(1);
    const [path] = rib.instance("red")?.paths(0x0a010005 * 64 + 32) ?? [];
    expect(path?.attributes.asPath).toEqual([{ kind: "sequence", autonomousSystems: [7] }]);
  });

  test("chooses between ways by what its policies have made of them", () => {
    const prefer = {
      match: { protocols: ["xmpp" as const] },
      update: { localPreference: 50 },
      action: "accept" as const,
    };
    const rib = world(prefer);
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.5", 21, { localPreference: 200 }));
    expect(waysOf(rib, "red", "10.1.0.5")).toHaveLength(2);
    expect(rib.route("red", 0x0a010005 * 64 + 32)?.localPreference).toBe(50);
    rib.setFeatures("red", features({}));
    expect(waysOf(rib, "red", "10.1.0.5")).toEqual([[HOST2.routerId, 21]]);
  });

  test("of static routes decides by their protocol, and keeps the targets of what it changes", () => {
    const rib = world({ match: { protocols: ["static"] }, update: { med: 5 }, action: "accept" });
    const route = { prefix: prefix("10.7.0.0/16"), nextHop: address("10.1.0.5"), routeTargets: [], communities: [] };
    const policies = [
      { terms: [{ match: { protocols: ["static" as const] }, update: { med: 5 }, action: "accept" as const }] },
    ];
    rib.setFeatures("red", features({ staticRoutes: [route], policies }));
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual([[HOST1.routerId, 20]]);
    const made = [...rib.vpn.all()].find(({ best }) => best?.source.kind === "static");
    expect(made?.best?.attributes.med).toBe(5);
    rib.setFeatures(
      "red",
      features({ staticRoutes: [route], policies: [{ terms: [{ ...REJECT, match: { protocols: ["static"] } }] }] }),
    );
    expect([waysOf(rib, "red", "10.7.0.0/16"), waysOf(rib, "blue", "10.7.0.0/16")]).toEqual([undefined, undefined]);
  });
});
