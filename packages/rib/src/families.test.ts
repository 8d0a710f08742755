import {
  type EvpnRoute,
  encodeAttributes,
  esImportCommunity,
  type FamilyName,
  type FamilyRoutes,
  type Inet6VpnRoute,
  LLGR_STALE,
  mobilityCommunity,
  NO_LLGR,
  type PathAttributes,
  type Reach,
  type Update,
} from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import type { PathSource } from "./path.ts";
import { newRib, target } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

const GATEWAY: PathSource = { kind: "internal-peer", name: "gateway", routerId: 7 };
const PROVIDER: PathSource = { kind: "external-peer", name: "provider", routerId: 8 };
const NEXT_HOP = 0xac1f0003;
const RD = { rdHigh: 64_512, rdLow: 9 };
const V6: Inet6VpnRoute = { ...RD, address: 0x20010db8n << 96n, length: 32, label: 99 };
const MAC: EvpnRoute = {
  type: 2,
  ...RD,
  segment: 0n,
  ethernetTag: 0,
  mac: 0x020000000001,
  ip: 0x0a000001,
  label: 5_000,
  label2: undefined,
};

function attributes(more: Partial<PathAttributes> = {}): PathAttributes {
  return {
    origin: 0,
    asPath: [],
    localPreference: 100,
    communities: [],
    clusterList: [],
    extendedCommunities: [target(1)],
    largeCommunities: [],
    unknown: [],
    ...more,
  };
}

function announce(
  routes: FamilyRoutes,
  more: Partial<PathAttributes> = {},
  nextHop: number | bigint = NEXT_HOP,
): Update {
  const given = attributes(more);
  const announced = { attributes: given, bytes: encodeAttributes(given, { fourOctetAs: true }) };
  return { unreach: [], reach: [{ ...routes, nextHop } as Reach], announced };
}

function withdraw(routes: FamilyRoutes): Update {
  return { unreach: [routes], reach: [], announced: undefined };
}

/** red imports target 1. */
function tables(): Rib {
  const rib = newRib();
  rib.setInstance({ name: "red", importTargets: [target(1)], exportTargets: [target(1)], virtualNetworkId: 5 });
  return rib;
}

function imported(rib: Rib) {
  rib.step(Number.POSITIVE_INFINITY);
  return [...rib.keyedRoutes("red")].map(({ text, nextHops }) => [text, nextHops.map(({ label }) => label)]);
}

const evpn = (...routes: EvpnRoute[]): FamilyRoutes => ({ family: "e-vpn", routes });
const v6 = (...routes: Inet6VpnRoute[]): FamilyRoutes => ({ family: "inet6-vpn", routes });

describe("inet6-vpn and e-vpn", () => {
  test("are imported by route target, leave with a withdrawal, and know nothing of one another", () => {
    const rib = tables();
    rib.update(GATEWAY, announce(v6(V6)), true);
    rib.update(GATEWAY, announce(evpn(MAC)), true);
    rib.update(GATEWAY, announce(evpn({ ...MAC, mac: 2 }), { extendedCommunities: [target(2)] }), true);
    expect(imported(rib)).toEqual([
      ["0:0:2001:db8::/32", [99]],
      ["2-0:0-0-02:00:00:00:00:01,10.0.0.1", [5_000]],
    ]);
    expect([rib.table("e-vpn").size, rib.table("inet6-vpn").size, rib.vpn.size]).toEqual([2, 1, 0]);
    rib.update(GATEWAY, withdraw(evpn({ ...MAC, label: 0 })), true);
    expect(imported(rib).map(([text]) => text)).toEqual(["0:0:2001:db8::/32"]);
  });

  test("follow a change of an instance's targets, and its removal", () => {
    const rib = tables();
    rib.update(GATEWAY, announce(v6(V6), { extendedCommunities: [target(2)] }), true);
    expect(imported(rib)).toEqual([]);
    rib.setInstance({ name: "red", importTargets: [target(2)], exportTargets: [], virtualNetworkId: 5 });
    expect(imported(rib)).toHaveLength(1);
    rib.removeInstance("red");
    expect(imported(rib)).toEqual([]);
  });

  test("the same prefix under two distinguishers is one route of the instance; equal ones share the traffic", () => {
    const rib = tables();
    rib.update(GATEWAY, announce(v6(V6, { ...V6, rdLow: 10, label: 100 })), true);
    expect(imported(rib)).toEqual([["0:0:2001:db8::/32", [99, 100]]]);
  });

  test("a MAC address that moved is where the higher sequence is; a sticky one stays", () => {
    const rib = tables();
    const moved = (sequence: number, sticky: boolean) => ({
      extendedCommunities: [target(1), mobilityCommunity(sequence, sticky)],
    });
    rib.update(GATEWAY, announce(evpn({ ...MAC, label: 1 }), moved(1, false)), true);
    rib.update(PROVIDER, announce(evpn({ ...MAC, label: 2 }), moved(2, false)), true);
    expect(imported(rib).map(([, labels]) => labels)).toEqual([[2]]);
    rib.update(GATEWAY, announce(evpn({ ...MAC, label: 3 }), moved(0, true)), true);
    expect(imported(rib).map(([, labels]) => labels)).toEqual([[3]]);
  });

  test("a new label or segment replaces the path, the same route again changes nothing", () => {
    const rib = tables();
    rib.update(GATEWAY, announce(evpn(MAC)), true);
    rib.step(10);
    rib.takeChanged();
    rib.update(GATEWAY, announce(evpn({ ...MAC })), true);
    rib.step(10);
    expect(rib.takeChanged().size).toBe(0);
    rib.update(GATEWAY, announce(evpn({ ...MAC, segment: 7n })), true);
    rib.step(10);
    expect(rib.takeChanged().size).toBe(1);
    expect(rib.table("e-vpn").size).toBe(1);
  });

  test("a route with an IPv6 next hop is in the table for other peers, and in no instance", () => {
    const rib = tables();
    rib.update(GATEWAY, announce(v6(V6), {}, 0x20010db8n << 96n), true);
    expect([imported(rib), rib.table("inet6-vpn").size]).toEqual([[], 1]);
  });

  test("an Ethernet segment's route is found by its own target", () => {
    const rib = tables();
    const segment: EvpnRoute = { type: 4, ...RD, segment: 7n, originator: NEXT_HOP };
    rib.update(GATEWAY, announce(evpn(segment), { extendedCommunities: [esImportCommunity(5)] }), true);
    rib.step(10);
    expect([...rib.table("e-vpn").ofTarget(esImportCommunity(5))]).toHaveLength(1);
  });
});

describe("route-target memberships", () => {
  const asked = (rib: Rib) => {
    rib.step(Number.POSITIVE_INFINITY);
    return [...rib.table("route-target").all()].flatMap((each) =>
      each.family === "inet-vpn" || each.best === undefined ? [] : each.route,
    );
  };
  const whole = (number: number) => ({ originAs: 64_512, routeTarget: target(number), length: 96 });
  const membership = (...routes: ReturnType<typeof whole>[]): FamilyRoutes => ({ family: "route-target", routes });

  test("of our own are the targets that an instance imports, each once, for as long as one does", () => {
    const rib = tables();
    const blue = { name: "blue", importTargets: [target(1), target(2)], exportTargets: [target(3)] };
    rib.setInstance({ ...blue, virtualNetworkId: 6 });
    expect(asked(rib)).toEqual([whole(1), whole(2)]);
    rib.removeInstance("red");
    expect(asked(rib)).toEqual([whole(1), whole(2)]);
    rib.setInstance({ ...blue, importTargets: [target(2)], virtualNetworkId: 6 });
    expect(asked(rib)).toEqual([whole(2)]);
    rib.removeInstance("blue");
    expect(asked(rib)).toEqual([]);
  });

  test("of our own are the best, whatever preference a peer gives the same", () => {
    const rib = tables();
    rib.update(GATEWAY, announce(membership(whole(1)), { localPreference: 1_000 }), true);
    rib.step(10);
    expect([...rib.table("route-target").all()].map(({ best }) => best?.source.kind)).toEqual(["local"]);
  });

  test("of a peer say what it wants and which routes that concerns, until it takes them back or is gone", () => {
    const rib = tables();
    rib.update(PROVIDER, announce(v6(V6)), true);
    rib.update(PROVIDER, announce(evpn(MAC), { extendedCommunities: [target(2)] }), true);
    rib.update(GATEWAY, announce(membership(whole(1))), true);
    rib.step(10);
    const changed = rib.takeChangedMemberships().get(GATEWAY) ?? [];
    expect([...rib.askedBy(changed)].map(({ family }) => family)).toEqual(["inet6-vpn"]);
    const wanted = rib.membershipOf(GATEWAY);
    expect([wanted.wants([target(1)]), wanted.wants([target(2)])]).toEqual([true, false]);
    rib.update(GATEWAY, announce(membership({ originAs: 0, routeTarget: 0n, length: 0 })), true);
    const everything = rib.takeChangedMemberships().get(GATEWAY) ?? [];
    expect([...rib.askedBy(everything)].map(({ family }) => family)).toEqual(["inet6-vpn", "e-vpn"]);
    expect(wanted.wants([target(2)])).toBe(true);
    rib.removeSource(GATEWAY);
    expect([wanted.wants([target(1)]), rib.membershipOf(GATEWAY).size]).toEqual([false, 0]);
  });

  test("of ours that come back from an external peer ask for nothing", () => {
    const rib = tables();
    rib.update(PROVIDER, announce(membership(whole(1)), { asPath: path(65_001, 64_512) }), true);
    expect(rib.membershipOf(PROVIDER).wants([target(1)])).toBe(false);
  });
});

describe("a peer that is away", () => {
  /** It has said one route of each of two families. */
  function away(more: Partial<PathAttributes> = {}) {
    const rib = tables();
    rib.update(GATEWAY, announce(v6(V6), more), true);
    rib.update(GATEWAY, announce(evpn(MAC), more), true);
    rib.markStale(GATEWAY);
    return rib;
  }
  const families = (rib: Rib) => {
    rib.step(Number.POSITIVE_INFINITY);
    return (["e-vpn", "inet6-vpn"] satisfies FamilyName[]).filter((family) => rib.table(family).size > 0);
  };

  test("loses the stale routes of the family that is swept, and of no other", () => {
    const rib = away();
    rib.sweep(GATEWAY, ["e-vpn"]);
    expect(families(rib)).toEqual(["inet6-vpn"]);
    rib.removeSource(GATEWAY, ["inet6-vpn"]);
    expect(families(rib)).toEqual([]);
  });

  test("is the last choice once it is kept for long, and as before when it says its route again", () => {
    const rib = away();
    rib.update(PROVIDER, announce(v6({ ...V6, label: 7 }), { localPreference: 100, asPath: path(65_001) }), true);
    const labels = () => imported(rib).find(([text]) => text === "0:0:2001:db8::/32")?.[1];
    expect(labels()).toEqual([99]);
    rib.keepLong(GATEWAY, ["inet6-vpn"]);
    expect(labels()).toEqual([7]);
    const marked = [...rib.table("inet6-vpn").all()].flatMap(({ paths }) => paths.map((each) => each.attributes));
    expect(marked.map(({ communities }) => communities)).toEqual([[], [LLGR_STALE]]);
    rib.update(GATEWAY, announce(v6(V6)), true);
    rib.sweep(GATEWAY, ["inet6-vpn"]);
    expect(labels()).toEqual([99]);
  });

  test("loses at once what must not be kept for long", () => {
    const rib = away({ communities: [NO_LLGR] });
    rib.keepLong(GATEWAY, ["inet6-vpn"]);
    expect(families(rib)).toEqual(["e-vpn"]);
  });
});

function path(...autonomousSystems: number[]): PathAttributes["asPath"] {
  return [{ kind: "sequence", autonomousSystems }];
}
