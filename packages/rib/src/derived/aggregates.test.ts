import { originNetworkCommunity } from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import { AUTONOMOUS_SYSTEM, newRib, target } from "../rib.model.ts";
import type { Rib } from "../rib.ts";
import {
  address,
  announcement,
  chain,
  features,
  GATEWAY,
  HOST1,
  HOST2,
  hostRoute,
  makeInstance,
  prefix,
  waysOf,
  withdrawal,
} from "./derived.model.ts";

import { insideTarget } from "./inside-target.ts";

const NEXT_HOP = [[HOST1.routerId, 20]];

/** Red has an aggregate 10.1.0.0/16 at 10.1.0.9, which is on host 1; blue imports what red exports. */
function red(aggregates = [{ prefix: prefix("10.1.0.0/16"), nextHop: address("10.1.0.9") }]): Rib {
  const rib = newRib();
  makeInstance(rib, "red", 1);
  makeInstance(rib, "blue", 2, [1]);
  rib.setFeatures("red", features({ aggregates }));
  rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
  return rib;
}

describe("an aggregate", () => {
  test("is there while a more specific route is, and is what others are told instead", () => {
    const rib = red();
    expect(waysOf(rib, "red", "10.1.0.0/16")).toBeUndefined();
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.5", 30));
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.6", 31));
    expect([waysOf(rib, "red", "10.1.0.0/16"), waysOf(rib, "blue", "10.1.0.0/16")]).toEqual([NEXT_HOP, NEXT_HOP]);
    expect([waysOf(rib, "red", "10.1.0.5"), waysOf(rib, "blue", "10.1.0.5")]).toEqual([
      [[HOST2.routerId, 30]],
      undefined,
    ]);
    rib.withdraw(HOST2, "red", Number(address("10.1.0.5")), 32);
    expect(waysOf(rib, "blue", "10.1.0.0/16")).toEqual(NEXT_HOP);
    rib.withdraw(HOST2, "red", Number(address("10.1.0.6")), 32);
    expect([waysOf(rib, "red", "10.1.0.0/16"), waysOf(rib, "blue", "10.1.0.0/16")]).toEqual([undefined, undefined]);
  });

  test("without its next hop is not there; without its configuration others are told of the routes themselves", () => {
    const rib = red();
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.5", 30));
    expect(waysOf(rib, "blue", "10.1.0.5")).toBeUndefined();
    rib.withdraw(HOST1, "red", Number(address("10.1.0.9")), 32);
    expect([waysOf(rib, "red", "10.1.0.0/16"), waysOf(rib, "blue", "10.1.0.5")]).toEqual([undefined, undefined]);
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
    expect([waysOf(rib, "blue", "10.1.0.0/16"), waysOf(rib, "blue", "10.1.0.5")]).toEqual([NEXT_HOP, undefined]);
    rib.setFeatures("red", features({}));
    expect([waysOf(rib, "blue", "10.1.0.0/16"), waysOf(rib, "blue", "10.1.0.5")]).toEqual([
      undefined,
      [[HOST2.routerId, 30]],
    ]);
  });

  test("has the ways of its next hop, and moves with it when it is configured anew", () => {
    const rib = red();
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.9", 21));
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.5", 30));
    const both = [...NEXT_HOP, [HOST2.routerId, 21]];
    expect(waysOf(rib, "blue", "10.1.0.0/16")).toEqual(both);
    const aggregates = [{ prefix: prefix("10.1.0.0/16"), nextHop: address("10.1.0.5") }];
    rib.setFeatures("red", features({ aggregates }));
    expect(waysOf(rib, "blue", "10.1.0.0/16")).toEqual([[HOST2.routerId, 30]]);
    // What was its next hop is one of the routes inside it now.
    expect([waysOf(rib, "blue", "10.1.0.9"), waysOf(rib, "blue", "10.1.0.5")]).toEqual([
      undefined,
      [[HOST2.routerId, 30]],
    ]);
  });

  test("keeps what is inside it in its instance on other control nodes too, which hear of it by BGP", () => {
    const rib = red();
    const inside = { extendedCommunities: [insideTarget("red"), originNetworkCommunity(AUTONOMOUS_SYSTEM, 1)] };
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.5", 30));
    rib.step(Number.POSITIVE_INFINITY);
    const sent = [...rib.vpn.all()].find(({ address: given }) => given === address("10.1.0.5"))?.best?.attributes;
    expect(sent?.extendedCommunities).toEqual(expect.arrayContaining(inside.extendedCommunities.slice(0, 1)));
    expect(sent?.extendedCommunities).not.toContain(target(1));
    const asked = () => [...rib.table("route-target").all()].filter(({ best }) => best !== undefined).length;
    expect(asked()).toBe(3);
    rib.update(GATEWAY, announcement("10.1.0.6", HOST2.routerId, 31, inside), true);
    expect([waysOf(rib, "red", "10.1.0.6"), waysOf(rib, "blue", "10.1.0.6")]).toEqual([
      [[HOST2.routerId, 31]],
      undefined,
    ]);
    rib.setFeatures("red", features({}));
    expect([waysOf(rib, "red", "10.1.0.6"), asked()]).toEqual([undefined, 2]);
  });

  test("takes back nothing of another network, although its target may be the same by chance or by intent", () => {
    const rib = newRib();
    const gateway = { ...GATEWAY };
    const origin = (network: number) => originNetworkCommunity(AUTONOMOUS_SYSTEM, network);
    const told = (text: string, ...origins: readonly bigint[]) => {
      const extendedCommunities = [insideTarget("red"), ...origins];
      rib.update(gateway, announcement(text, HOST2.routerId, 31, { extendedCommunities }), true);
    };
    told("10.1.0.6", origin(1));
    told("10.1.0.7", origin(2));
    told("10.1.0.8");
    const seen = () => ["10.1.0.6", "10.1.0.7", "10.1.0.8"].filter((text) => waysOf(rib, "red", text) !== undefined);
    const aggregates = [{ prefix: prefix("10.1.0.0/16"), nextHop: address("10.1.0.9") }];
    rib.setFeatures("red", features({ aggregates }));
    makeInstance(rib, "red", 1);
    expect(seen()).toEqual(["10.1.0.6"]);
    makeInstance(rib, "red", 1, [], 2);
    expect(seen()).toEqual(["10.1.0.7"]);
    // What is inside aggregates of a chain is of the networks that it tells of.
    rib.setFeatures("red", features({ aggregates, chains: [chain()] }));
    expect(seen()).toEqual(["10.1.0.6", "10.1.0.7", "10.1.0.8"]);
    rib.setFeatures("red", features({ aggregates }));
    expect(seen()).toEqual(["10.1.0.7"]);
  });

  test("counts routes of its own network alone", () => {
    const rib = red();
    makeInstance(rib, "red", 1, [3], 1);
    makeInstance(rib, "green", 3);
    rib.publish(HOST2, "green", 4, hostRoute(HOST2, "10.1.0.5", 30));
    expect([waysOf(rib, "red", "10.1.0.5"), waysOf(rib, "red", "10.1.0.0/16")]).toEqual([
      [[HOST2.routerId, 30]],
      undefined,
    ]);
    rib.update(GATEWAY, announcement("10.1.7.0/24", HOST2.routerId, 40, { extendedCommunities: [target(1)] }), true);
    expect(waysOf(rib, "red", "10.1.0.0/16")).toEqual(NEXT_HOP);
  });

  test("inside another one counts for it", () => {
    const rib = red([
      { prefix: prefix("10.0.0.0/8"), nextHop: address("10.1.0.9") },
      { prefix: prefix("10.1.0.0/16"), nextHop: address("10.1.0.9") },
    ]);
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.5", 30));
    expect([waysOf(rib, "red", "10.1.0.0/16"), waysOf(rib, "blue", "10.1.0.0/16")]).toEqual([NEXT_HOP, undefined]);
    expect(waysOf(rib, "blue", "10.0.0.0/8")).toEqual(NEXT_HOP);
  });

  test("of IPv6 is there while a more specific route is", () => {
    const rib = red([{ prefix: prefix("fd01::/64"), nextHop: address("fd01::9") }]);
    const told = { extendedCommunities: [target(1)] };
    const texts = () => {
      rib.step(Number.POSITIVE_INFINITY);
      return [...rib.keyedRoutes("blue")].map(({ text }) => text).sort();
    };
    rib.update(GATEWAY, announcement("fd01::9", HOST1.routerId, 20, told), true);
    rib.update(GATEWAY, announcement("fd01::5", HOST2.routerId, 30, told), true);
    expect(texts()).toEqual(["0:0:fd01::/64", "0:0:fd01::5/128", "0:0:fd01::9/128"]);
    rib.update(GATEWAY, withdrawal("fd01::5"), true);
    expect(texts()).toEqual(["0:0:fd01::9/128"]);
  });

  test("of a chain's instance sums up what the chain tells", () => {
    const rib = newRib();
    makeInstance(rib, "red", 1, [9]);
    makeInstance(rib, "blue", 2);
    makeInstance(rib, "chain", 9, [], 1);
    const aggregates = [{ prefix: prefix("10.2.0.0/16"), nextHop: address("10.1.0.100") }];
    rib.setFeatures("chain", features({ chains: [chain({ connected: "chain" })], aggregates }));
    rib.publish(HOST1, "chain", 5, hostRoute(HOST1, "10.1.0.100", 20));
    rib.publish(HOST2, "blue", 4, hostRoute(HOST2, "10.2.0.5", 30));
    expect([waysOf(rib, "chain", "10.2.0.5"), waysOf(rib, "chain", "10.2.0.0/16")]).toEqual([NEXT_HOP, NEXT_HOP]);
    expect([waysOf(rib, "red", "10.2.0.5"), waysOf(rib, "red", "10.2.0.0/16")]).toEqual([undefined, NEXT_HOP]);
    rib.withdraw(HOST2, "blue", Number(address("10.2.0.5")), 32);
    expect(waysOf(rib, "red", "10.2.0.0/16")).toBeUndefined();
  });
});
