import {
  NO_ADVERTISE,
  NO_REORIGINATE,
  originNetworkCommunity,
  type PathAttributes,
  securityGroupCommunity,
} from "@contrail/bgp";
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
import type { ServiceChain } from "./instance-features.ts";

const SERVICE = "10.1.0.100";
const VIA_HOST1 = [[HOST1.routerId, 20]];

/**
 * Red (network 1) is connected with the instance of a chain to blue (network 2); the service is on host 1, a machine of
 * blue on host 2.
 */
function chained(more: Partial<ServiceChain> = {}): Rib {
  const rib = newRib();
  makeInstance(rib, "red", 1, [9]);
  makeInstance(rib, "blue", 2);
  makeInstance(rib, "chain", 9, [1], 1);
  rib.setFeatures("chain", features({ chains: [chain(more)] }));
  rib.publish(HOST1, "red", 3, hostRoute(HOST1, SERVICE, 20));
  rib.publish(HOST2, "blue", 4, hostRoute(HOST2, "10.2.0.5", 30, { virtualNetworkId: 2, securityGroupIds: [8] }));
  rib.step(Number.POSITIVE_INFINITY);
  return rib;
}

/** Attributes of the route of a prefix that the chain's instance has made. */
function told(rib: Rib, length = 32): PathAttributes | undefined {
  rib.step(Number.POSITIVE_INFINITY);
  const made = [...rib.vpn.all()].filter((each) => each.best?.source.kind === "service-chain");
  return made.find((each) => each.length === length)?.best?.attributes;
}

describe("a service chain", () => {
  test("tells the destination's routes in the source network, by way of the service", () => {
    const rib = chained();
    expect([waysOf(rib, "chain", "10.2.0.5"), waysOf(rib, "red", "10.2.0.5")]).toEqual([VIA_HOST1, VIA_HOST1]);
    expect(rib.route("red", 0x0a020005 * 64 + 32)?.nextHops).toEqual([
      {
        address: HOST1.routerId,
        label: 20,
        encapsulations: [13],
        securityGroupIds: [8],
        tagIds: [],
        virtualNetworkId: 2,
      },
    ]);
    rib.publish(HOST2, "blue", 4, hostRoute(HOST2, "10.2.0.6", 31));
    expect(waysOf(rib, "red", "10.2.0.6")).toEqual(VIA_HOST1);
    rib.withdraw(HOST2, "blue", Number(address("10.2.0.5")), 32);
    expect([waysOf(rib, "red", "10.2.0.5"), waysOf(rib, "red", "10.2.0.6")]).toEqual([undefined, VIA_HOST1]);
  });

  test("tells the aggregates too, each while a route inside it is there", () => {
    const rib = chained({ prefixes: [prefix("10.2.0.0/16"), prefix("10.3.0.0/16")] });
    expect(["10.2.0.0/16", "10.3.0.0/16"].map((each) => waysOf(rib, "red", each))).toEqual([VIA_HOST1, undefined]);
    rib.publish(HOST2, "blue", 4, hostRoute(HOST2, "10.3.0.5", 31));
    expect(waysOf(rib, "red", "10.3.0.0/16")).toEqual(VIA_HOST1);
    rib.withdraw(HOST2, "blue", Number(address("10.2.0.5")), 32);
    expect(["10.2.0.0/16", "10.3.0.0/16"].map((each) => waysOf(rib, "red", each))).toEqual([undefined, VIA_HOST1]);
    rib.setFeatures("chain", features({ chains: [chain({ prefixes: [prefix("10.3.0.0/24")] })] }));
    expect(["10.3.0.0/16", "10.3.0.0/24"].map((each) => waysOf(rib, "red", each))).toEqual([undefined, VIA_HOST1]);
  });

  test("over several machines has as many ways, or that of the preferred one", () => {
    const rib = chained();
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, SERVICE, 21));
    const both = [...VIA_HOST1, [HOST2.routerId, 21]];
    expect([waysOf(rib, "chain", "10.2.0.5"), waysOf(rib, "red", "10.2.0.5")]).toEqual([both, both]);
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, SERVICE, 21, { localPreference: 200 }));
    expect(waysOf(rib, "red", "10.2.0.5")).toEqual([[HOST2.routerId, 21]]);
    rib.withdraw(HOST2, "red", Number(address(SERVICE)), 32);
    expect(waysOf(rib, "red", "10.2.0.5")).toEqual(VIA_HOST1);
  });

  test("is gone while its service's route is, as after a failed health check, and comes back with it", () => {
    const rib = chained({ prefixes: [prefix("10.2.0.0/16")] });
    const seen = () => ["10.2.0.5", "10.2.0.0/16"].map((each) => waysOf(rib, "red", each));
    expect(seen()).toEqual([VIA_HOST1, VIA_HOST1]);
    rib.withdraw(HOST1, "red", Number(address(SERVICE)), 32);
    expect(seen()).toEqual([undefined, undefined]);
    expect(told(rib)).toBeUndefined();
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, SERVICE, 22));
    const again = [[HOST1.routerId, 22]];
    expect(seen()).toEqual([again, again]);
  });

  test("takes the whole group along: while one service is away, no packet is sent to the others", () => {
    const rib = chained();
    makeInstance(rib, "second", 8, [2], 2);
    const second = chain({ destination: "red", connected: "blue", address: address("10.2.0.100") });
    rib.setFeatures("second", features({ chains: [second] }));
    expect(waysOf(rib, "red", "10.2.0.5")).toBeUndefined();
    rib.publish(HOST1, "blue", 4, hostRoute(HOST1, "10.2.0.100", 40));
    expect(waysOf(rib, "red", "10.2.0.5")).toEqual(VIA_HOST1);
    rib.withdraw(HOST1, "blue", Number(address("10.2.0.100")), 32);
    expect(waysOf(rib, "red", "10.2.0.5")).toBeUndefined();
    rib.setFeatures("second", features({ chains: [{ ...second, group: "another" }] }));
    expect(waysOf(rib, "red", "10.2.0.5")).toEqual(VIA_HOST1);
    rib.setFeatures("second", features({}));
    expect(waysOf(rib, "red", "10.2.0.5")).toEqual(VIA_HOST1);
  });

  test("that is transparent has its address in its own instance, and does not tell of it", () => {
    const rib = chained({ connected: "chain", address: address("0.0.0.4") });
    expect(waysOf(rib, "red", "10.2.0.5")).toBeUndefined();
    rib.publish(HOST1, "chain", 5, hostRoute(HOST1, "0.0.0.4", 24));
    expect(waysOf(rib, "red", "10.2.0.5")).toEqual([[HOST1.routerId, 24]]);
    rib.publish(HOST2, "blue", 4, hostRoute(HOST2, "0.0.0.4", 31));
    rib.step(Number.POSITIVE_INFINITY);
    expect(
      [...rib.vpn.all()].filter(({ address: given, best }) => given === 4 && best?.source.kind !== "agent"),
    ).toEqual([]);
  });

  test("of IPv6 tells the destination's IPv6 routes by the host's IPv4 address", () => {
    const rib = chained({ address: address("fd01::100"), prefixes: [prefix("fd02::/64")] });
    const texts = () => {
      rib.step(Number.POSITIVE_INFINITY);
      return [...rib.keyedRoutes("red")].map(({ text, nextHops }) => `${text} ${nextHops[0]?.label}`).sort();
    };
    rib.update(GATEWAY, announcement("fd02::5", HOST2.routerId, 30, { extendedCommunities: [target(2)] }), true);
    expect(texts()).toEqual([]);
    rib.update(GATEWAY, announcement("fd01::100", HOST1.routerId, 20, { extendedCommunities: [target(1)] }), true);
    expect(texts()).toEqual(["0:0:fd01::100/128 20", "0:0:fd02::/64 20", "0:0:fd02::5/128 20"]);
    rib.update(GATEWAY, withdrawal("fd01::100"), true);
    expect(texts()).toEqual([]);
  });
});

describe("what could hold itself up does not", () => {
  test("a destination that imports the chain's own routes does not have them told again, whatever it prefers", () => {
    const rib = chained();
    makeInstance(rib, "blue", 2, [9]);
    expect([waysOf(rib, "red", "10.2.0.5"), told(rib)?.originVnPath?.length]).toEqual([VIA_HOST1, 1]);
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, SERVICE, 20, { localPreference: 200 }));
    expect([waysOf(rib, "red", "10.2.0.5"), waysOf(rib, "blue", "10.2.0.5")]).toEqual([VIA_HOST1, VIA_HOST1]);
    rib.withdraw(HOST2, "blue", Number(address("10.2.0.5")), 32);
    expect([waysOf(rib, "red", "10.2.0.5"), waysOf(rib, "blue", "10.2.0.5")]).toEqual([undefined, undefined]);
  });

  test("a static route of the chain's instance that the destination imports is told beside itself", () => {
    const rib = chained();
    const route = { prefix: prefix("10.7.0.0/16"), nextHop: address("10.1.0.9"), routeTargets: [target(2)] };
    const staticRoutes = [{ ...route, communities: [] }];
    rib.setFeatures("chain", features({ chains: [chain()], staticRoutes }));
    rib.publish(HOST2, "chain", 5, hostRoute(HOST2, "10.1.0.9", 25));
    expect(waysOf(rib, "blue", "10.7.0.0/16")).toEqual([[HOST2.routerId, 25]]);
    expect(waysOf(rib, "chain", "10.7.0.0/16")).toEqual([...VIA_HOST1, [HOST2.routerId, 25]]);
  });

  test("an instance that is removed and made again before anything is worked off has its routes", () => {
    const aggregates = [{ prefix: prefix("10.2.0.0/16"), nextHop: address("10.1.0.9") }];
    const rib = chained();
    // Routes inside an aggregate have no targets: the instance alone has them.
    rib.setFeatures("chain", features({ chains: [chain()], aggregates }));
    expect(waysOf(rib, "chain", "10.2.0.5")).toEqual(VIA_HOST1);
    rib.removeInstance("chain");
    makeInstance(rib, "chain", 9, [1], 1);
    expect(waysOf(rib, "chain", "10.2.0.5")).toEqual(VIA_HOST1);
  });
});

describe("what a chain makes of a route", () => {
  test("names the destination network, and what the route has come through", () => {
    const rib = chained();
    const network = (id: number) => originNetworkCommunity(AUTONOMOUS_SYSTEM, id);
    expect(told(rib)?.originVnPath).toEqual([network(2)]);
    expect(told(rib)?.extendedCommunities).toEqual(
      expect.arrayContaining([target(9), network(2), securityGroupCommunity(AUTONOMOUS_SYSTEM, 8)]),
    );
    const extendedCommunities = [target(2), network(2)];
    rib.update(GATEWAY, announcement("10.9.0.0/16", 7, 50, { extendedCommunities, originVnPath: [network(5)] }), true);
    expect(told(rib, 16)?.originVnPath).toEqual([network(2), network(5)]);
  });

  test("has the AS path of the route where that is to be kept", () => {
    const asPath = [{ kind: "sequence" as const, autonomousSystems: [65_001, 65_002] }];
    for (const retainAsPath of [false, true]) {
      const rib = chained({ retainAsPath });
      rib.update(GATEWAY, announcement("10.9.0.0/16", 7, 50, { asPath, extendedCommunities: [target(2)] }), true);
      expect(told(rib, 16)?.asPath).toEqual(retainAsPath ? asPath : []);
    }
  });

  test.each<readonly [string, Partial<PathAttributes>, boolean]>([
    ["from a foreign router of the destination network", {}, true],
    ["of a third network", { extendedCommunities: [target(2), originNetworkCommunity(AUTONOMOUS_SYSTEM, 3)] }, false],
    [
      "of the source network",
      { extendedCommunities: [target(2), originNetworkCommunity(AUTONOMOUS_SYSTEM, 1)] },
      false,
    ],
    [
      "that has come through the source network",
      { originVnPath: [originNetworkCommunity(AUTONOMOUS_SYSTEM, 1)] },
      false,
    ],
    ["that is not to be advertised", { communities: [NO_ADVERTISE] }, false],
    ["that is not to be told on", { communities: [NO_REORIGINATE] }, false],
  ])("a route %s, is it told?", (_what, more, isTold) => {
    const rib = chained();
    rib.update(GATEWAY, announcement("10.9.0.0/16", 7, 50, { extendedCommunities: [target(2)], ...more }), true);
    expect(waysOf(rib, "red", "10.9.0.0/16")).toEqual(isTold ? VIA_HOST1 : undefined);
  });

  test("a third network's routes pass where the destination network lets transit through", () => {
    const rib = chained();
    const extendedCommunities = [target(2), originNetworkCommunity(AUTONOMOUS_SYSTEM, 3)];
    rib.update(GATEWAY, announcement("10.9.0.0/16", 7, 50, { extendedCommunities }), true);
    const targets = { importTargets: [target(2)], exportTargets: [target(2)] };
    rib.setInstance({ name: "blue", ...targets, virtualNetworkId: 2, allowTransit: true });
    expect(waysOf(rib, "red", "10.9.0.0/16")).toEqual(VIA_HOST1);
    rib.setInstance({ name: "blue", ...targets, virtualNetworkId: 2 });
    expect(waysOf(rib, "red", "10.9.0.0/16")).toBeUndefined();
  });
});

test("chains in a ring of networks that let transit through come to rest, and leave nothing behind", () => {
  const rib = newRib();
  const networks = ["a", "b", "c"];
  for (const [index, name] of networks.entries()) {
    const targets = { importTargets: [target(index + 1), target(index + 11)], exportTargets: [target(index + 1)] };
    rib.setInstance({ name, ...targets, virtualNetworkId: index + 1, allowTransit: true });
    makeInstance(rib, `chain-${name}`, index + 11, [], index + 1);
    const destination = networks[(index + 1) % 3] ?? "";
    const connected = { connected: name, address: address(`10.${index + 1}.0.100`), group: name };
    rib.setFeatures(`chain-${name}`, features({ chains: [chain({ destination, ...connected })] }));
    rib.publish(HOST1, name, index + 1, hostRoute(HOST1, `10.${index + 1}.0.100`, 20 + index));
    rib.publish(HOST2, name, index + 1, hostRoute(HOST2, `10.${index + 1}.0.5`, 30 + index));
  }
  for (const name of networks) {
    const seen = [1, 2, 3].map((network) => waysOf(rib, name, `10.${network}.0.5`)?.length);
    expect(seen).toEqual([1, 1, 1]);
  }
  for (const agent of [HOST1, HOST2]) rib.removeSource(agent);
  rib.step(Number.POSITIVE_INFINITY);
  expect(rib.vpn.size).toBe(0);
});
