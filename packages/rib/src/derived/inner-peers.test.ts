import { ACCEPT_OWN_NEXTHOP, NO_EXPORT, originNetworkCommunity, securityGroupCommunity } from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import { routeKey } from "../ip-prefix.ts";
import type { PathSource } from "../path.ts";
import { AUTONOMOUS_SYSTEM, IMPORT, newRib, target } from "../rib.model.ts";
import type { Rib } from "../rib.ts";
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
} from "./derived.model.ts";

const ROUTER: PathSource = { kind: "bgpaas", name: "d:p:red:red:router", routerId: 0x0a010009 };
const AT_HOST1 = [[HOST1.routerId, 20]];

/** Red, imported by blue; a router of a tenant, 10.1.0.9 in red, says 10.7.0.0/16 with itself as next hop. */
function red(nextHop = "10.1.0.9"): Rib {
  const rib = newRib();
  makeInstance(rib, "red", 1);
  makeInstance(rib, "blue", 2, [1]);
  rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20, { securityGroupIds: [8] }));
  say(rib, "10.7.0.0/16", nextHop);
  return rib;
}

function say(rib: Rib, text: string, nextHop: string, more = {}): void {
  const asPath = [{ kind: "sequence" as const, autonomousSystems: [65_001] }];
  const attributes = plainAttributes({ asPath, localPreference: undefined, ...more });
  rib.publishInside(ROUTER, "red", [prefix(text)], { nextHop: address(nextHop), attributes });
}

function made(rib: Rib, length = 16) {
  return placed(rib, length)?.paths[0];
}

function placed(rib: Rib, length = 16) {
  rib.step(Number.POSITIVE_INFINITY);
  return [...rib.vpn.all()].find((each) => each.length === length);
}

/** Why the only path of a route of that length is never chosen. */
function refusal(rib: Rib, length = 16) {
  const destination = placed(rib, length);
  const [path] = destination?.paths ?? [];
  return path && destination && rib.infeasibility(path, destination);
}

describe("a route of a BGP peer inside an instance", () => {
  test("leads to the host of its next hop, for all who import the instance, and goes with either", () => {
    const rib = red();
    expect([waysOf(rib, "red", "10.7.0.0/16"), waysOf(rib, "blue", "10.7.0.0/16")]).toEqual([AT_HOST1, AT_HOST1]);
    expect(rib.routeCount(ROUTER)).toBe(1);
    rib.withdraw(HOST1, "red", Number(address("10.1.0.9")), 32);
    expect([waysOf(rib, "red", "10.7.0.0/16"), rib.vpn.size, rib.routeCount(ROUTER)]).toEqual([undefined, 0, 1]);
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.9", 21));
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual([[HOST2.routerId, 21]]);
    rib.withdrawInside(ROUTER, "red", prefix("10.7.0.0/16"));
    expect([waysOf(rib, "blue", "10.7.0.0/16"), rib.vpn.size]).toEqual([undefined, 1]);
  });

  test("has all ways to a next hop that several hosts have, and moves when it is said with another one", () => {
    const rib = red();
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.9", 21));
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual([...AT_HOST1, [HOST2.routerId, 21]]);
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.8", 25));
    say(rib, "10.7.0.0/16", "10.1.0.8");
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual([[HOST2.routerId, 25]]);
    rib.withdraw(HOST1, "red", Number(address("10.1.0.9")), 32);
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual([[HOST2.routerId, 25]]);
  });

  test("keeps path, MED and communities of the peer, and nothing that a tenant has no say in", () => {
    const rib = red();
    const extendedCommunities = [target(2), securityGroupCommunity(AUTONOMOUS_SYSTEM, 9)];
    const kept = { med: 5, onlyToCustomer: 65_001 };
    say(rib, "10.7.0.0/16", "10.1.0.9", { ...kept, communities: [NO_EXPORT], extendedCommunities, originatorId: 3 });
    const { attributes } = made(rib) ?? {};
    expect(attributes).toMatchObject({ ...kept, communities: [ACCEPT_OWN_NEXTHOP, NO_EXPORT], localPreference: 100 });
    expect(attributes?.asPath).toEqual([{ kind: "sequence", autonomousSystems: [65_001] }]);
    const expected = [
      target(1),
      securityGroupCommunity(AUTONOMOUS_SYSTEM, 8),
      originNetworkCommunity(AUTONOMOUS_SYSTEM, 1),
    ];
    expect(attributes?.extendedCommunities).toEqual(expect.arrayContaining(expected));
    expect(attributes?.extendedCommunities).not.toContain(target(2));
    expect(attributes?.extendedCommunities).not.toContain(extendedCommunities[1]);
  });

  test("with our AS in its path is kept and never used, as long as no loop is allowed", () => {
    const rib = red();
    const asPath = [{ kind: "sequence" as const, autonomousSystems: [65_001, AUTONOMOUS_SYSTEM] }];
    say(rib, "10.7.0.0/16", "10.1.0.9", { asPath });
    expect([made(rib)?.feasible, refusal(rib)]).toEqual([false, "AS path loop"]);
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toBeUndefined();
    rib.setImportPolicy(ROUTER, { ...IMPORT, loopCount: 1 });
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual(AT_HOST1);
  });

  test("to the peer's own address leads nowhere, and no next hop is one that was made of others", () => {
    const rib = red("10.7.0.1");
    say(rib, "10.1.0.9/32", "10.1.0.9");
    say(rib, "10.7.0.1/32", "10.1.0.9");
    expect(["10.1.0.9", "10.7.0.1", "10.7.0.0/16"].map((text) => waysOf(rib, "red", text))).toEqual([
      AT_HOST1,
      AT_HOST1,
      undefined,
    ]);
  });

  test("waits for its instance, and goes with the peer", () => {
    const rib = newRib();
    say(rib, "10.7.0.0/16", "10.1.0.9");
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
    makeInstance(rib, "red", 1);
    expect(waysOf(rib, "red", "10.7.0.0/16")).toEqual(AT_HOST1);
    rib.removeInstance("red");
    makeInstance(rib, "red", 1);
    expect(waysOf(rib, "red", "10.7.0.0/16")).toEqual(AT_HOST1);
    rib.removeInstance("red");
    rib.step(Number.POSITIVE_INFINITY);
    expect(rib.vpn.size).toBe(0);
    makeInstance(rib, "red", 1);
    rib.forgetSource(ROUTER);
    expect([waysOf(rib, "red", "10.7.0.0/16"), rib.routeCount(ROUTER), rib.vpn.size]).toEqual([undefined, 0, 1]);
  });

  test("inside an aggregate is not told to others, and a policy tells it from others", () => {
    const rib = red();
    rib.setFeatures("red", features({ aggregates: [{ prefix: prefix("10.0.0.0/8"), nextHop: address("10.1.0.9") }] }));
    expect([waysOf(rib, "red", "10.7.0.0/16"), waysOf(rib, "blue", "10.7.0.0/16")]).toEqual([AT_HOST1, undefined]);
    expect(waysOf(rib, "blue", "10.0.0.0/8")).toEqual(AT_HOST1);
    const term = { match: { protocols: ["bgpaas" as const] }, update: {}, action: "reject" as const };
    rib.setFeatures("red", features({ policies: [{ terms: [term] }] }));
    expect([waysOf(rib, "red", "10.7.0.0/16"), waysOf(rib, "blue", "10.1.0.9")]).toEqual([undefined, AT_HOST1]);
    rib.setFeatures("red", features({}));
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual(AT_HOST1);
  });

  test("costs what its attributes are once for all prefixes that are said with them", () => {
    const rib = red();
    let reads = 0;
    const get = () => {
      reads++;
      return [1, 2];
    };
    const counted = Object.defineProperty(plainAttributes({ localPreference: 200 }), "communities", { get });
    const prefixes = Array.from({ length: 1_000 }, (_, index) => ({ address: (index << 16) >>> 0, length: 16 }));
    rib.publishInside(ROUTER, "red", prefixes, { nextHop: address("10.1.0.9"), attributes: counted });
    expect([rib.routeCount(ROUTER), reads < 10]).toEqual([1_001, true]);
  });

  test("to the address of another peer takes nothing away of what that one says, in whatever order they are said", () => {
    const other: PathSource = { kind: "bgpaas", name: "d:p:red:red:other", routerId: 0x0a010008 };
    const attributes = plainAttributes({ asPath: [], localPreference: 500 });
    const steps = [
      [ROUTER, "10.1.0.8", "10.1.0.9"],
      [other, "10.1.0.9", "10.1.0.8"],
      [other, "10.8.0.0/16", "10.1.0.8"],
    ] as const;
    const shown = (ordered: readonly (typeof steps)[number][]) => {
      const rib = red();
      rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.8", 25));
      for (const [peer, text, nextHop] of ordered) {
        rib.publishInside(peer, "red", [prefix(text)], { nextHop: address(nextHop), attributes });
        rib.step(Number.POSITIVE_INFINITY);
      }
      return ["10.1.0.8", "10.1.0.9", "10.7.0.0/16", "10.8.0.0/16"].map((text) => waysOf(rib, "blue", text));
    };
    const atHost2 = [[HOST2.routerId, 25]];
    for (const ordered of [steps, steps.toReversed()])
      expect(shown(ordered)).toEqual([AT_HOST1, atHost2, AT_HOST1, atHost2]);
  });

  test("has the ORIGIN that its session says, whatever the peer says, until it says so no more", () => {
    const rib = red();
    const [own, other] = ["10.7.0.0/16", "10.8.0.0/16"];
    say(rib, other, "10.1.0.9", { origin: 1 });
    const originOf = (text: string) => {
      rib.step(Number.POSITIVE_INFINITY);
      return rib.instance("blue")?.paths(routeKey(prefix(text)))[0]?.attributes.origin;
    };
    rib.setImportPolicy(ROUTER, { ...IMPORT, origin: 2 });
    expect([originOf(own), originOf(other)]).toEqual([2, 2]);
    say(rib, other, "10.1.0.9", { origin: 1, med: 7 });
    expect(originOf(other)).toBe(2);
    rib.setImportPolicy(ROUTER, IMPORT);
    expect([originOf(own), originOf(other)]).toEqual([0, 1]);
  });

  test("that is never used says why, by what the peer has said and not by what was made of that", () => {
    const rib = red();
    rib.setCluster(42);
    const asPath = [{ kind: "sequence" as const, autonomousSystems: [65_001, AUTONOMOUS_SYSTEM] }];
    const because = (policy: object, more: object) => {
      rib.setImportPolicy(ROUTER, { ...IMPORT, ...policy });
      say(rib, "10.7.0.0/16", "10.1.0.9", more);
      return refusal(rib);
    };
    expect(because({}, {})).toBeUndefined();
    expect(because({}, { clusterList: [42] })).toBe("cluster list loop");
    expect(because({}, { originatorId: rib.routerId })).toBe("originator loop");
    expect(because({ role: "provider" }, { onlyToCustomer: 65_002 })).toBe("route leak (RFC 9234)");
    expect(because({ loopCount: 1, familyLoopCounts: { inet: 0 } }, { asPath })).toBe("AS path loop");
    const term = { match: { protocols: ["bgpaas" as const] }, update: {}, action: "reject" as const };
    rib.setFeatures("red", features({ policies: [{ terms: [term] }] }));
    expect(because({}, {})).toBe("rejected by a routing policy of its instance");
  });

  test("that has come through our cluster is not used, once it is ours and as long as it is", () => {
    const rib = red();
    rib.setImportPolicy(ROUTER, IMPORT);
    say(rib, "10.7.0.0/16", "10.1.0.9", { clusterList: [42] });
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual(AT_HOST1);
    rib.setCluster(42);
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toBeUndefined();
    rib.setCluster(undefined);
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual(AT_HOST1);
  });
});

/** Red as above with a router of both versions, which says fd07::/64 with the next hop. */
function inet6(nextHop: string): Rib {
  const rib = red();
  rib.publish(HOST1, "red", 3, hostRoute(HOST1, "fd01::9", 26));
  say(rib, "fd07::/64", nextHop);
  return rib;
}

describe("an IPv6 route of a BGP peer inside an instance", () => {
  const AT_INET6 = [[HOST1.routerId, 26]];
  const ways = (rib: Rib, instance: string, text = "fd07::/64") => {
    rib.step(Number.POSITIVE_INFINITY);
    const key = routeKey(prefix(text));
    const route = typeof key === "bigint" ? rib.keyedRoute(instance, key) : undefined;
    return route?.nextHops.map(({ address: host, label }) => [host, label]);
  };

  test("leads to the host of its next hop, for all who import the instance, and goes with either", () => {
    const rib = inet6("fd01::9");
    expect([ways(rib, "red"), ways(rib, "blue")]).toEqual([AT_INET6, AT_INET6]);
    rib.withdraw(HOST1, "red", address("fd01::9"), 128);
    expect([ways(rib, "blue"), rib.table("inet6-vpn").size, rib.routeCount(ROUTER)]).toEqual([undefined, 0, 2]);
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "fd01::9", 27));
    expect(ways(rib, "blue")).toEqual([[HOST2.routerId, 27]]);
    rib.withdrawInside(ROUTER, "red", prefix("fd07::/64"));
    expect([ways(rib, "blue"), rib.table("inet6-vpn").size]).toEqual([undefined, 1]);
  });

  test("leads by an IPv4 next hop where that is what it has (::ffff:a.b.c.d)", () => {
    const rib = inet6("10.1.0.9");
    expect(ways(rib, "blue")).toEqual(AT_HOST1);
    rib.withdraw(HOST1, "red", Number(address("10.1.0.9")), 32);
    expect([ways(rib, "blue"), waysOf(rib, "blue", "10.7.0.0/16")]).toEqual([undefined, undefined]);
  });

  test("leads nowhere by the peer's own prefix, by an address of a link, or by one that was made of others", () => {
    for (const [nextHop, prefixes] of [
      ["fd07::1", ["fd07::1/128"]],
      ["fe80::9", []],
      ["fd07::2", ["fd07::2/128 by fd01::9"]],
    ] as const) {
      const rib = inet6(nextHop);
      for (const each of prefixes) {
        const [text = "", by = nextHop] = each.split(" by ");
        say(rib, text, by);
      }
      expect([nextHop, ways(rib, "blue")]).toEqual([nextHop, undefined]);
    }
  });

  test("inside an aggregate is not told to others, and a policy tells it from others", () => {
    const rib = inet6("fd01::9");
    rib.setFeatures("red", features({ aggregates: [{ prefix: prefix("fd00::/8"), nextHop: address("fd01::9") }] }));
    expect([ways(rib, "red"), ways(rib, "blue"), ways(rib, "blue", "fd00::/8")]).toEqual([
      AT_INET6,
      undefined,
      AT_INET6,
    ]);
    const term = { match: { protocols: ["bgpaas" as const] }, update: {}, action: "reject" as const };
    rib.setFeatures("red", features({ policies: [{ terms: [term] }] }));
    expect([ways(rib, "red"), ways(rib, "blue", "fd01::9")]).toEqual([undefined, AT_INET6]);
    rib.setFeatures("red", features({}));
    expect(ways(rib, "blue")).toEqual(AT_INET6);
  });

  test("of IPv6 leads by the host's IPv4 address", () => {
    const rib = red();
    rib.update(GATEWAY, announcement("fd01::9", HOST1.routerId, 20, { extendedCommunities: [target(1)] }), true);
    say(rib, "fd07::/64", "fd01::9");
    rib.step(Number.POSITIVE_INFINITY);
    expect([...rib.keyedRoutes("blue")].map(({ text, nextHops }) => `${text} ${nextHops[0]?.label}`).sort()).toEqual([
      "0:0:fd01::9/128 20",
      "0:0:fd07::/64 20",
    ]);
  });
});
