import { describe, expect, test } from "vitest";
import { type PathSource, prefixKey } from "./path.ts";
import type { AgentRoute } from "./publications.ts";
import { newRib, type PeerRoute, reachOf, target } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

const HOST1: PathSource = { kind: "agent", name: "host1", routerId: 0xac1e0102 };
const HOST2: PathSource = { kind: "agent", name: "host2", routerId: 0xac1e0202 };
const GATEWAY: PathSource = { kind: "internal-peer", name: "gateway", routerId: 7 };
const PROVIDER: PathSource = { kind: "external-peer", name: "provider", routerId: 8 };
const VM = 0x0a000003;

function route(more: Partial<AgentRoute> = {}): AgentRoute {
  return {
    address: VM,
    length: 32,
    nextHop: HOST1.routerId,
    label: 16,
    localPreference: 100,
    sequence: 0,
    securityGroupIds: [8_000_001],
    virtualNetworkId: 5,
    encapsulations: [13],
    ...more,
  };
}

function peerRoute(more: Partial<PeerRoute> = {}): PeerRoute {
  const place = { rdLow: 9, address: 0x0a090000, length: 16, label: 99, nextHop: 0xac1f0003 };
  return { ...place, targets: [1], localPreference: 100, med: undefined, neighbourAs: 65_001, ...more };
}

/** red exports and imports target 1, blue target 2; both have networks. */
function twoInstances(): Rib {
  const rib = newRib();
  rib.setInstance({ name: "red", importTargets: [target(1)], exportTargets: [target(1)], virtualNetworkId: 5 });
  rib.setInstance({ name: "blue", importTargets: [target(2)], exportTargets: [target(2)], virtualNetworkId: 6 });
  return rib;
}

function hops(rib: Rib, instance: string, address = VM, length = 32) {
  rib.step(Number.POSITIVE_INFINITY);
  return rib.route(instance, prefixKey(address, length))?.nextHops.map(({ address, label }) => [address, label]);
}

describe("import and export by route target", () => {
  test("a route is in its own instance and in those that import what it exports, and nowhere else", () => {
    const rib = twoInstances();
    rib.setInstance({ name: "green", importTargets: [target(1), target(3)], exportTargets: [], virtualNetworkId: 7 });
    rib.publish(HOST1, "red", 3, route());
    expect(hops(rib, "red")).toEqual([[HOST1.routerId, 16]]);
    expect(hops(rib, "green")).toEqual([[HOST1.routerId, 16]]);
    expect(hops(rib, "blue")).toBeUndefined();
  });

  test("connecting two instances moves their routes across, and disconnecting takes them back", () => {
    const rib = twoInstances();
    rib.publish(HOST1, "red", 3, route());
    rib.step(100);
    rib.takeChangedVrfs();
    rib.setInstance({
      name: "blue",
      importTargets: [target(1), target(2)],
      exportTargets: [target(2)],
      virtualNetworkId: 6,
    });
    expect([...rib.takeChangedVrfs()]).toEqual([["blue", new Set([prefixKey(VM, 32)])]]);
    expect(hops(rib, "blue")).toEqual([[HOST1.routerId, 16]]);
    rib.setInstance({ name: "blue", importTargets: [target(2)], exportTargets: [target(2)], virtualNetworkId: 6 });
    expect(hops(rib, "blue")).toBeUndefined();
  });

  test("settings that do not differ change nothing", () => {
    const rib = twoInstances();
    rib.publish(HOST1, "red", 3, route());
    rib.step(100);
    rib.takeChangedVrfs();
    rib.takeChanged();
    rib.setInstance({ name: "red", importTargets: [target(1)], exportTargets: [target(1)], virtualNetworkId: 5 });
    rib.publish(HOST1, "red", 3, route());
    rib.step(100);
    expect([rib.takeChangedVrfs().size, rib.takeChanged().size]).toEqual([0, 0]);
  });

  test("the same prefix of two hosts is one route with two next hops; the better of two is alone", () => {
    const rib = twoInstances();
    rib.publish(HOST2, "red", 3, route({ nextHop: HOST2.routerId, label: 20 }));
    rib.publish(HOST1, "red", 3, route());
    expect(hops(rib, "red")).toEqual([
      [HOST1.routerId, 16],
      [HOST2.routerId, 20],
    ]);
    rib.publish(HOST2, "red", 3, route({ nextHop: HOST2.routerId, label: 20, sequence: 1 }));
    expect(hops(rib, "red")).toEqual([[HOST2.routerId, 20]]);
  });

  test("the same prefix in instances of two tenants stays apart", () => {
    const rib = twoInstances();
    rib.publish(HOST1, "red", 3, route());
    rib.publish(HOST1, "blue", 4, route({ label: 17 }));
    expect(hops(rib, "red")).toEqual([[HOST1.routerId, 16]]);
    expect(hops(rib, "blue")).toEqual([[HOST1.routerId, 17]]);
  });

  test("groups, network and encapsulation of an agent's route reach the importing instance", () => {
    const rib = twoInstances();
    rib.publish(HOST1, "red", 3, route());
    rib.step(100);
    expect(rib.route("red", prefixKey(VM, 32))).toMatchObject({
      nextHops: [{ encapsulations: [13], securityGroupIds: [8_000_001], virtualNetworkId: 5 }],
    });
  });

  test("a peer's route that names no network has that of the one instance that exports its target", () => {
    const rib = twoInstances();
    rib.update(GATEWAY, reachOf(peerRoute()), true);
    rib.step(100);
    const network = () => rib.route("red", prefixKey(0x0a090000, 16))?.nextHops[0]?.virtualNetworkId;
    expect(network()).toBe(5);
    rib.takeChangedVrfs();
    rib.setInstance({ name: "blue", importTargets: [], exportTargets: [target(1)], virtualNetworkId: 6 });
    expect(network()).toBe(0);
    expect([...rib.takeChangedVrfs().keys()]).toEqual(["red"]);
  });
});

describe("sources that come and go", () => {
  test("a route published in an instance that does not exist waits for it", () => {
    const rib = newRib();
    rib.publish(HOST1, "red", 3, route());
    expect([hops(rib, "red"), rib.vpn.size, rib.routeCount(HOST1)]).toEqual([undefined, 0, 1]);
    rib.setInstance({ name: "red", importTargets: [], exportTargets: [target(1)], virtualNetworkId: 5 });
    expect(hops(rib, "red")).toEqual([[HOST1.routerId, 16]]);
  });

  test("a stale route stays until the sweep, and one that came again stays after it", () => {
    const rib = twoInstances();
    rib.publish(HOST1, "red", 3, route());
    rib.publish(HOST1, "red", 3, route({ address: VM + 1 }));
    rib.markStale(HOST1);
    expect(hops(rib, "red", VM + 1)).toHaveLength(1);
    rib.publish(HOST1, "red", 3, route());
    rib.sweep(HOST1);
    expect(hops(rib, "red")).toHaveLength(1);
    expect(hops(rib, "red", VM + 1)).toBeUndefined();
  });

  test("a stale route stays stale when its instance changes, or comes only now", () => {
    const rib = twoInstances();
    rib.publish(HOST1, "red", 3, route());
    rib.publish(HOST1, "green", 4, route());
    rib.markStale(HOST1);
    rib.setInstance({ name: "red", importTargets: [], exportTargets: [target(4)], virtualNetworkId: 5 });
    rib.setInstance({ name: "green", importTargets: [], exportTargets: [target(5)], virtualNetworkId: 8 });
    expect([hops(rib, "red"), hops(rib, "green")]).toEqual([[[HOST1.routerId, 16]], [[HOST1.routerId, 16]]]);
    rib.sweep(HOST1);
    expect([hops(rib, "red"), hops(rib, "green"), rib.routeCount(HOST1)]).toEqual([undefined, undefined, 0]);
  });

  test("instances that swap their numbers keep their routes", () => {
    const rib = twoInstances();
    rib.publish(HOST1, "red", 1, route({ label: 16 }));
    rib.publish(HOST1, "blue", 2, route({ label: 17 }));
    rib.publish(HOST1, "red", 2, route({ label: 16 }));
    rib.publish(HOST1, "blue", 1, route({ label: 17 }));
    expect(hops(rib, "red")).toEqual([[HOST1.routerId, 16]]);
    expect(hops(rib, "blue")).toEqual([[HOST1.routerId, 17]]);
    expect(rib.vpn.size).toBe(2);
  });

  test("a path with our AS from an external peer, or with our id as originator, is kept and not used", () => {
    const rib = twoInstances();
    rib.update(PROVIDER, reachOf(peerRoute({ neighbourAs: 64_512 })), true);
    expect([hops(rib, "red", 0x0a090000, 16), rib.vpn.size]).toEqual([undefined, 1]);
    rib.update(GATEWAY, reachOf(peerRoute({ neighbourAs: 64_512 })), true);
    expect(hops(rib, "red", 0x0a090000, 16)).toHaveLength(1);
  });

  test("step works off no more than it was told, and says whether something is left", () => {
    const rib = twoInstances();
    rib.step(10);
    rib.takeChanged();
    for (let index = 0; index < 10; index++) rib.publish(HOST1, "red", 3, route({ address: VM + index }));
    expect([rib.step(4), rib.takeChanged().size]).toEqual([true, 4]);
    expect([rib.step(6), rib.takeChanged().size]).toEqual([false, 6]);
  });
});
