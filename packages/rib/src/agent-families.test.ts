import { evpnRouteOf, type MacIpRoute, mobilityCommunity, TUNNEL_VXLAN } from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import { announcement, features, GATEWAY, HOST1, HOST2, hostRoute, makeInstance } from "./derived/derived.model.ts";
import type { PathSource } from "./path.ts";
import type { AgentEvpnRoute } from "./publications.ts";
import { newRib, target } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

const VM = "fd00::5/128";
const MAC = 0x020000000001;
const NAMED = { rdHigh: 0, rdLow: 0, ethernetTag: 0 };

/** red and blue, which import nothing of one another; green imports red's. */
function tables(): Rib {
  const rib = newRib();
  makeInstance(rib, "red", 1);
  makeInstance(rib, "blue", 2);
  makeInstance(rib, "green", 3, [1]);
  return rib;
}

function evpnRoute(host: PathSource, evpn: AgentEvpnRoute["evpn"], more: Partial<AgentEvpnRoute> = {}): AgentEvpnRoute {
  return {
    evpn,
    nextHop: host.routerId,
    localPreference: 100,
    sequence: 0,
    securityGroupIds: [8],
    virtualNetworkId: 0,
    encapsulations: [TUNNEL_VXLAN],
    ...more,
  };
}

function macIp(host: PathSource, vni: number, more: Partial<AgentEvpnRoute> = {}): AgentEvpnRoute {
  return evpnRoute(host, named(vni), more);
}

function named(label: number): MacIpRoute {
  return { type: 2, ...NAMED, segment: 0n, mac: MAC, ip: 0x0a000005, label, label2: undefined };
}

function flooding(host: PathSource, floodingLabel: number): AgentEvpnRoute {
  return evpnRoute(host, { type: 3, ...NAMED, originator: host.routerId }, { floodingLabel });
}

/** Routes of <vrf>.inet6.0 and <vrf>.evpn.0: what they are called, with the labels of their ways. */
function routesOf(rib: Rib, instance: string): readonly string[] {
  rib.step(Number.POSITIVE_INFINITY);
  return [...rib.keyedRoutes(instance)]
    .map(({ text, nextHops }) => `${text} ${nextHops.map(({ label }) => label)}`)
    .sort();
}

/** The paths of a family in the tables of VPNs. */
function paths(rib: Rib, family: "inet6-vpn" | "e-vpn") {
  rib.step(Number.POSITIVE_INFINITY);
  return [...rib.table(family).all()].flatMap((destination) => destination.paths);
}

describe("an IPv6 route of an agent", () => {
  test("goes out as inet6-vpn with the host's distinguisher, targets and next hop, and into who imports it", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20, { securityGroupIds: [8], virtualNetworkId: 1 }));
    expect(paths(rib, "inet6-vpn")).toMatchObject([
      {
        nextHop: HOST1.routerId,
        label: 20,
        instance: "red",
        route: { rdHigh: 0x0001ac1e, rdLow: 0x01020003, address: (0xfd00n << 112n) + 5n, length: 128, label: 20 },
      },
    ]);
    expect(paths(rib, "inet6-vpn")[0]?.attributes.extendedCommunities[0]).toBe(target(1));
    expect(["red", "green", "blue"].map((name) => routesOf(rib, name))).toEqual([
      ["0:0:fd00::5/128 20"],
      ["0:0:fd00::5/128 20"],
      [],
    ]);
    expect(rib.vpn.size).toBe(0);
  });

  test("of two hosts shares the traffic, unless one is preferred or newer", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20));
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, VM, 21));
    expect(routesOf(rib, "red")).toEqual(["0:0:fd00::5/128 20,21"]);
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, VM, 21, { sequence: 1 }));
    expect(routesOf(rib, "green")).toEqual(["0:0:fd00::5/128 21"]);
    rib.withdraw(HOST2, "red", (0xfd00n << 112n) + 5n, 128);
    expect(routesOf(rib, "green")).toEqual(["0:0:fd00::5/128 20"]);
  });

  test("of a host that takes VXLAN goes out as type 5 too, and with it", () => {
    const rib = tables();
    const red = [target(1)];
    rib.setInstance({ name: "red", importTargets: red, exportTargets: red, virtualNetworkId: 1, vxlanId: 5 });
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20, { encapsulations: [TUNNEL_VXLAN], routerMac: MAC }));
    expect(paths(rib, "e-vpn")).toMatchObject([{ label: 5, route: { type: 5, length: 128, gateway: 0n, label: 5 } }]);
    rib.withdraw(HOST1, "red", (0xfd00n << 112n) + 5n, 128);
    expect([paths(rib, "e-vpn"), paths(rib, "inet6-vpn")]).toEqual([[], []]);
  });
});

describe("an EVPN route of an agent", () => {
  test("of a machine has the host's distinguisher, groups and encapsulation, and stays in who imports it", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, macIp(HOST1, 5_000, { routerMac: 0x02ac1e000102, med: 7 }));
    const [path] = paths(rib, "e-vpn");
    expect(path).toMatchObject({ label: 5_000, route: { rdHigh: 0x0001ac1e, rdLow: 0x01020003, mac: MAC } });
    expect(["red", "green", "blue"].map((name) => routesOf(rib, name).length)).toEqual([1, 1, 0]);
    const key = [...(rib.instance("green")?.evpnKeys() ?? [])][0] ?? "";
    expect(evpnRouteOf(key)).toMatchObject({ type: 2, mac: MAC, ip: 0x0a000005 });
    expect(rib.keyedRoute("green", key)).toMatchObject({
      family: "e-vpn",
      med: 7,
      nextHops: [
        {
          address: HOST1.routerId,
          label: 5_000,
          routerMac: 0x02ac1e000102,
          securityGroupIds: [8],
          encapsulations: [TUNNEL_VXLAN],
          virtualNetworkId: 1,
        },
      ],
    });
  });

  test("of a machine is where the sequence is higher, and stays where it is sticky", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, macIp(HOST1, 1));
    rib.publish(HOST2, "red", 3, macIp(HOST2, 2, { sequence: 1 }));
    const ways = () => routesOf(rib, "green").map((text) => text.split(" ").at(-1));
    expect(ways()).toEqual(["2"]);
    rib.publish(HOST1, "red", 3, macIp(HOST1, 1, { sticky: true }));
    expect(ways()).toEqual(["1"]);
    const of1 = paths(rib, "e-vpn").find(({ source }) => source === HOST1);
    expect(of1?.attributes.extendedCommunities).toContain(mobilityCommunity(0, true));
  });

  test("of flooding says by ingress replication to which host and under which VNI; each host has its own", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, flooding(HOST1, 5_000));
    rib.publish(HOST2, "red", 3, flooding(HOST2, 5_001));
    expect(paths(rib, "e-vpn").map(({ attributes }) => attributes.pmsiTunnel)).toEqual([
      { flags: 0, tunnelType: 6, label: 5_000, identifier: Uint8Array.of(172, 30, 1, 2) },
      { flags: 0, tunnelType: 6, label: 5_001, identifier: Uint8Array.of(172, 30, 2, 2) },
    ]);
    expect(routesOf(rib, "green")).toEqual(["3-0:0-0-172.30.1.2 5000", "3-0:0-0-172.30.2.2 5001"]);
  });

  test("and one that says the like under other attributes are told apart", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, macIp(HOST1, 1));
    rib.publish(HOST1, "red", 3, flooding(HOST1, 1));
    rib.publish(
      HOST1,
      "red",
      3,
      hostRoute(HOST1, "10.0.0.5", 20, { encapsulations: [TUNNEL_VXLAN], securityGroupIds: [8] }),
    );
    const attributes = [...paths(rib, "e-vpn"), ...[...rib.vpn.all()].flatMap((each) => each.paths)];
    expect(attributes.map((path) => path.attributes.pmsiTunnel !== undefined)).toEqual([false, true, false]);
  });

  test("is not judged by policies, which are about prefixes; an IPv6 route is", () => {
    const rib = tables();
    const terms = [{ match: {}, update: {}, action: "reject" as const }];
    rib.setFeatures("red", features({ policies: [{ terms }] }));
    rib.publish(HOST1, "red", 3, macIp(HOST1, 1));
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20));
    expect(paths(rib, "e-vpn").map(({ feasible }) => feasible)).toEqual([true]);
    expect(paths(rib, "inet6-vpn").map(({ feasible }) => feasible)).toEqual([false]);
    expect(routesOf(rib, "red")).toHaveLength(1);
  });
});

describe("all families of an agent", () => {
  /** One route of each in red. */
  function publishAll(rib: Rib, host: PathSource = HOST1): void {
    rib.publish(host, "red", 3, hostRoute(host, "10.0.0.5", 20));
    rib.publish(host, "red", 3, hostRoute(host, VM, 20));
    rib.publish(host, "red", 3, macIp(host, 5_000));
    rib.publish(host, "red", 3, flooding(host, 5_000));
  }
  const sizes = (rib: Rib) => {
    rib.step(Number.POSITIVE_INFINITY);
    return [rib.vpn.size, rib.table("inet6-vpn").size, rib.table("e-vpn").size];
  };

  test("count as its routes, wait for an instance, and go with the subscription or the agent", () => {
    const rib = newRib();
    publishAll(rib);
    expect([rib.routeCount(HOST1), sizes(rib)]).toEqual([4, [0, 0, 0]]);
    makeInstance(rib, "red", 1);
    expect(sizes(rib)).toEqual([1, 1, 2]);
    rib.removeInstance("red");
    expect([rib.routeCount(HOST1), sizes(rib)]).toEqual([4, [0, 0, 0]]);
    makeInstance(rib, "red", 1);
    rib.removePublication(HOST1, "red");
    expect([rib.routeCount(HOST1), sizes(rib)]).toEqual([0, [0, 0, 0]]);
    publishAll(rib);
    rib.removeSource(HOST1);
    expect([rib.routeCount(HOST1), sizes(rib)]).toEqual([0, [0, 0, 0]]);
  });

  test("stay while it is away, and of each what it does not say again goes with the sweep", () => {
    const rib = tables();
    publishAll(rib);
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "fd00::6/128", 20));
    rib.markStale(HOST1);
    expect(sizes(rib)).toEqual([1, 2, 2]);
    expect(paths(rib, "e-vpn").every(({ stale }) => stale)).toBe(true);
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20));
    rib.publish(HOST1, "red", 3, macIp(HOST1, 5_000));
    rib.sweep(HOST1);
    expect(sizes(rib)).toEqual([0, 1, 1]);
    expect([...paths(rib, "inet6-vpn"), ...paths(rib, "e-vpn")].map(({ stale }) => stale)).toEqual([false, false]);
  });

  test("move to the distinguisher of the agent's new number of the instance", () => {
    const rib = tables();
    publishAll(rib);
    rib.publish(HOST1, "red", 4, hostRoute(HOST1, "10.0.0.5", 20));
    expect(sizes(rib)).toEqual([1, 1, 2]);
    const numbers = [...paths(rib, "inet6-vpn"), ...paths(rib, "e-vpn")].map(({ route }) => route);
    expect(numbers).toEqual(numbers.map(() => expect.objectContaining({ rdLow: 0x01020004 })));
  });

  test("follow the targets of their instance", () => {
    const rib = tables();
    publishAll(rib);
    expect(routesOf(rib, "green")).toHaveLength(3);
    rib.setInstance({ name: "red", importTargets: [], exportTargets: [target(2)], virtualNetworkId: 1 });
    expect([routesOf(rib, "green"), routesOf(rib, "blue")]).toEqual([[], routesOf(rib, "red")]);
    expect(routesOf(rib, "blue")).toHaveLength(3);
  });

  test("of another control node, which come by BGP, take the place of none of the agent's own", () => {
    const rib = tables();
    publishAll(rib);
    rib.update(
      GATEWAY,
      announcement(VM, 0xac1e0909, 99, { extendedCommunities: [target(1)], localPreference: 50 }),
      true,
    );
    expect(routesOf(rib, "green")).toContain("0:0:fd00::5/128 20");
    rib.removeSource(HOST1);
    expect(routesOf(rib, "green")).toEqual(["0:0:fd00::5/128 99"]);
  });
});

describe("routes of an agent that are held", () => {
  const routes = (rib: Rib) => [routesOf(rib, "red"), routesOf(rib, "green")];

  test("are with nobody, of any family, until they are let go, and again when they are held anew", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20, { routerMac: MAC }), true);
    rib.publish(HOST1, "red", 3, macIp(HOST1, 5_000), true);
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.0.0.5/32", 21), true);
    expect([routes(rib), rib.vpn.size, rib.routeCount(HOST1)]).toEqual([[[], []], 0, 3]);
    rib.hold(HOST1, "red", false);
    expect(routesOf(rib, "green")).toHaveLength(2);
    expect(rib.vpn.size).toBe(1);
    rib.hold(HOST1, "red", true);
    expect([routes(rib), rib.vpn.size, rib.routeCount(HOST1)]).toEqual([[[], []], 0, 3]);
  });

  test("stay so when their instance comes or has other targets, and are swept as any other", () => {
    const rib = tables();
    rib.removeInstance("red");
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20), true);
    makeInstance(rib, "red", 1);
    makeInstance(rib, "red", 4, [1]);
    expect(routes(rib)).toEqual([[], []]);
    rib.markStale(HOST1);
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, "fd00::6/128", 21), true);
    rib.sweep(HOST1);
    rib.hold(HOST1, "red", false);
    expect(routesOf(rib, "red")).toEqual(["0:0:fd00::6/128 21"]);
  });

  test("are one agent's in one instance: another's, and its own elsewhere, are as they were", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20));
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, VM, 21), true);
    rib.publish(HOST2, "blue", 4, hostRoute(HOST2, VM, 22));
    expect([routesOf(rib, "red"), routesOf(rib, "blue")]).toEqual([["0:0:fd00::5/128 20"], ["0:0:fd00::5/128 22"]]);
  });
});
