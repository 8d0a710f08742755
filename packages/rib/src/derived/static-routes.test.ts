import { ACCEPT_OWN_NEXTHOP, originNetworkCommunity } from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import { routeKey } from "../ip-prefix.ts";
import { newRib, target } from "../rib.model.ts";
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
  prefix,
  waysOf,
  withdrawal,
} from "./derived.model.ts";
import type { StaticRoute } from "./instance-features.ts";

function staticRoute(text: string, nextHop: string, more: Partial<StaticRoute> = {}): StaticRoute {
  return { prefix: prefix(text), nextHop: address(nextHop), routeTargets: [], communities: [], ...more };
}

function red(...staticRoutes: readonly StaticRoute[]): Rib {
  const rib = newRib();
  makeInstance(rib, "red", 1);
  makeInstance(rib, "blue", 2, [1]);
  rib.setFeatures("red", features({ staticRoutes }));
  return rib;
}

describe("a static route", () => {
  test("leads where its next hop is, also in instances that import it, and goes with the next hop", () => {
    const rib = red(staticRoute("10.7.0.0/16", "10.1.0.9"));
    expect(waysOf(rib, "red", "10.7.0.0/16")).toBeUndefined();
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
    expect(waysOf(rib, "red", "10.7.0.0/16")).toEqual([[HOST1.routerId, 20]]);
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual([[HOST1.routerId, 20]]);
    rib.withdraw(HOST1, "red", Number(address("10.1.0.9")), 32);
    expect([waysOf(rib, "red", "10.7.0.0/16"), waysOf(rib, "blue", "10.7.0.0/16"), rib.vpn.size]).toEqual([
      undefined,
      undefined,
      0,
    ]);
  });

  test("follows its next hop from host to host, and has all ways of one that several hosts have", () => {
    const rib = red(staticRoute("10.7.0.0/16", "10.1.0.9"));
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.9", 21));
    const both = [
      [HOST1.routerId, 20],
      [HOST2.routerId, 21],
    ];
    expect([waysOf(rib, "red", "10.7.0.0/16"), waysOf(rib, "blue", "10.7.0.0/16")]).toEqual([both, both]);
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.9", 21, { localPreference: 200 }));
    expect(waysOf(rib, "red", "10.7.0.0/16")).toEqual([[HOST2.routerId, 21]]);
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, "10.1.0.9", 22, { localPreference: 200 }));
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual([[HOST2.routerId, 22]]);
  });

  test("of two with one prefix each leads to its next hop, and one on one host with one label is one way", () => {
    const rib = red(staticRoute("10.7.0.0/16", "10.1.0.9"), staticRoute("10.7.0.0/16", "10.1.0.8"));
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.8", 21));
    expect(waysOf(rib, "red", "10.7.0.0/16")).toEqual([
      [HOST1.routerId, 20],
      [HOST1.routerId, 21],
    ]);
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.8", 20));
    expect(waysOf(rib, "red", "10.7.0.0/16")).toEqual([[HOST1.routerId, 20]]);
  });

  test("with targets of others is imported by them as one of their own network's", () => {
    const rib = red(staticRoute("0.0.0.0/0", "10.1.0.9", { routeTargets: [target(3)], communities: [0x00010002] }));
    makeInstance(rib, "green", 3);
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20, { virtualNetworkId: 1, securityGroupIds: [8] }));
    expect(waysOf(rib, "green", "0.0.0.0/0")).toEqual([[HOST1.routerId, 20]]);
    const networks = ["red", "blue", "green"].map(
      (name) => rib.route(name, Number(routeKey(prefix("0.0.0.0/0"))))?.nextHops[0]?.virtualNetworkId,
    );
    expect(networks).toEqual([1, 1, 3]);
    const [route] = [...rib.vpn.all()].filter(({ length }) => length === 0);
    expect(route?.best?.attributes.communities).toEqual([ACCEPT_OWN_NEXTHOP, 0x00010002]);
  });

  test("names its own network, and is told with the instance's targets as they change", () => {
    const rib = red(staticRoute("10.7.0.0/16", "10.1.0.9"));
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
    waysOf(rib, "red", "10.7.0.0/16");
    const best = () => [...rib.vpn.all()].find(({ length }) => length === 16)?.best?.attributes.extendedCommunities;
    expect(best()).toContain(originNetworkCommunity(rib.autonomousSystem, 1));
    rib.setInstance({ name: "red", importTargets: [], exportTargets: [target(9)], virtualNetworkId: 1 });
    expect([waysOf(rib, "red", "10.7.0.0/16"), waysOf(rib, "blue", "10.7.0.0/16")]).toEqual([
      [[HOST1.routerId, 20]],
      undefined,
    ]);
    expect(best()).toContain(target(9));
  });

  test("waits for its instance, goes with it, and with its configuration", () => {
    const rib = newRib();
    rib.setFeatures("red", features({ staticRoutes: [staticRoute("10.7.0.0/16", "10.1.0.9")] }));
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
    makeInstance(rib, "red", 1);
    expect(waysOf(rib, "red", "10.7.0.0/16")).toHaveLength(1);
    rib.removeInstance("red");
    rib.step(Number.POSITIVE_INFINITY);
    expect(rib.vpn.size).toBe(0);
    makeInstance(rib, "red", 1);
    expect(waysOf(rib, "red", "10.7.0.0/16")).toHaveLength(1);
    rib.setFeatures("red", features({}));
    expect([waysOf(rib, "red", "10.7.0.0/16"), rib.vpn.size]).toEqual([undefined, 1]);
  });

  test("never leads by a route that a control node made, here or elsewhere", () => {
    const rib = red(staticRoute("10.1.0.9/32", "10.1.0.8"), staticRoute("10.1.0.8/32", "10.1.0.9"));
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
    expect(waysOf(rib, "red", "10.1.0.8")).toEqual([[HOST1.routerId, 20]]);
    const told = { communities: [ACCEPT_OWN_NEXTHOP], extendedCommunities: [target(1)] };
    rib.update(GATEWAY, announcement("10.1.0.8", HOST1.routerId, 20, told), true);
    rib.step(Number.POSITIVE_INFINITY);
    rib.withdraw(HOST1, "red", Number(address("10.1.0.9")), 32);
    expect(waysOf(rib, "red", "10.1.0.9")).toBeUndefined();
  });

  test("of IPv6 leads by the host's IPv4 address", () => {
    const rib = red(staticRoute("fd07::/64", "fd01::9"));
    rib.update(GATEWAY, announcement("fd01::9", HOST1.routerId, 20, { extendedCommunities: [target(1)] }), true);
    rib.step(Number.POSITIVE_INFINITY);
    const route = () => [...rib.keyedRoutes("blue")].find(({ text }) => text === "0:0:fd07::/64");
    expect(route()?.nextHops).toMatchObject([{ address: HOST1.routerId, label: 20, virtualNetworkId: 1 }]);
    rib.update(GATEWAY, withdrawal("fd01::9"), true);
    rib.step(Number.POSITIVE_INFINITY);
    expect([route(), rib.table("inet6-vpn").size]).toEqual([undefined, 0]);
  });
});
