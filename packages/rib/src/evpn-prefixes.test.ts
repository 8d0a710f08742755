import { formatRoutes, isRouteTarget, routersMacOf, TUNNEL_VXLAN, tunnelTypeOf } from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import type { PathSource } from "./path.ts";
import type { AgentRoute } from "./publications.ts";
import { newRib, target } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

const HOST: PathSource = { kind: "agent", name: "host1", routerId: 0xac1e0102 };
const MAC = 0x02ac1e000102;
const RED = { name: "red", importTargets: [target(1)], exportTargets: [target(1)], virtualNetworkId: 5, vxlanId: 5 };

function route(more: Partial<AgentRoute> = {}): AgentRoute {
  return {
    address: 0x0a000003,
    length: 32,
    nextHop: HOST.routerId,
    label: 16,
    localPreference: 100,
    sequence: 0,
    securityGroupIds: [],
    virtualNetworkId: 5,
    encapsulations: [13, 8],
    routerMac: MAC,
    ...more,
  };
}

function published(...routes: readonly AgentRoute[]): Rib {
  const rib = newRib();
  rib.setInstance(RED);
  for (const each of routes) rib.publish(HOST, "red", 3, each);
  return rib;
}

/** Routes of e-vpn, as people read them, with label and route targets. */
function evpn(rib: Rib) {
  rib.step(Number.POSITIVE_INFINITY);
  return [...rib.table("e-vpn").all()].flatMap((destination) => {
    const { best } = destination;
    if (destination.family !== "e-vpn" || best === undefined) return [];
    const [text] = formatRoutes({ family: "e-vpn", routes: [destination.route] } as Parameters<typeof formatRoutes>[0]);
    return { text, label: best.label, targets: best.attributes.extendedCommunities.filter(isRouteTarget) };
  });
}

const ROUTE = { text: "5-172.30.1.2:3-0-10.0.0.3/32", label: 5, targets: [target(1)] };

describe("the EVPN prefix beside an agent's route", () => {
  test("leads to the host with VNI, router's MAC and VXLAN alone; the inet-vpn route stays as it was", () => {
    const rib = published(route());
    expect(evpn(rib)).toEqual([ROUTE]);
    const [prefix] = [...rib.table("e-vpn").all()].map(({ best }) => best);
    expect(prefix?.nextHop).toBe(HOST.routerId);
    const communities = prefix?.attributes.extendedCommunities ?? [];
    expect(communities.flatMap((each) => routersMacOf(each) ?? [])).toEqual([MAC]);
    expect(communities.flatMap((each) => tunnelTypeOf(each) ?? [])).toEqual([TUNNEL_VXLAN]);
    const [vpn] = [...rib.vpn.all()].map(({ best }) => best);
    expect(vpn?.label).toBe(16);
    const ofVpn = vpn?.attributes.extendedCommunities ?? [];
    expect(ofVpn.flatMap((each) => tunnelTypeOf(each) ?? [])).toEqual([13, TUNNEL_VXLAN]);
    expect(ofVpn.flatMap((each) => routersMacOf(each) ?? [])).toEqual([]);
  });

  test("is not there for a host without VXLAN or MAC, nor in a network without a VNI", () => {
    expect(evpn(published(route({ encapsulations: [13] })))).toEqual([]);
    expect(evpn(published(route({ routerMac: undefined })))).toEqual([]);
    const rib = published(route());
    rib.setInstance({ ...RED, vxlanId: undefined });
    expect(evpn(rib)).toEqual([]);
  });

  test("is in the tables of its own instance and of those that import its targets", () => {
    const rib = published(route());
    rib.setInstance({ ...RED, name: "green", exportTargets: [], importTargets: [target(1)], virtualNetworkId: 7 });
    rib.step(Number.POSITIVE_INFINITY);
    for (const name of ["red", "green"])
      expect([...rib.keyedRoutes(name)]).toMatchObject([{ text: "5-0:0-0-10.0.0.3/32", nextHops: [{ label: 5 }] }]);
  });

  test("follows VNI, route targets and the agent's number, and leaves no old one", () => {
    const rib = published(route());
    rib.setInstance({ ...RED, vxlanId: 6 });
    expect(evpn(rib)).toEqual([{ ...ROUTE, label: 6 }]);
    rib.setInstance({ ...RED, exportTargets: [target(2)] });
    expect(evpn(rib)).toEqual([{ ...ROUTE, targets: [target(2)] }]);
    rib.publish(HOST, "red", 4, route());
    expect(evpn(rib)).toEqual([{ ...ROUTE, text: "5-172.30.1.2:4-0-10.0.0.3/32", targets: [target(2)] }]);
  });

  test("goes with the agent's route, its instance, its host, and when the host no longer takes VXLAN", () => {
    const gone: readonly ((rib: Rib) => void)[] = [
      (rib) => rib.withdraw(HOST, "red", 0x0a000003, 32),
      (rib) => rib.removePublication(HOST, "red"),
      (rib) => rib.removeInstance("red"),
      (rib) => rib.removeSource(HOST),
      (rib) => rib.publish(HOST, "red", 3, route({ encapsulations: [13], routerMac: undefined })),
    ];
    for (const leave of gone) {
      const rib = published(route());
      rib.step(Number.POSITIVE_INFINITY);
      leave(rib);
      expect(evpn(rib)).toEqual([]);
    }
  });

  test("is kept while the host is away, and goes with what it does not say again", () => {
    const rib = published(route(), route({ address: 0x0a000004 }));
    rib.markStale(HOST);
    expect(evpn(rib)).toHaveLength(2);
    rib.publish(HOST, "red", 3, route());
    rib.sweep(HOST);
    expect(evpn(rib)).toEqual([ROUTE]);
  });
});
