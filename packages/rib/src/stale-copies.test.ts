import { inetRouteDistinguisher } from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import { address, HOST1, HOST2, hostRoute, makeInstance, plainAttributes } from "./derived/derived.model.ts";
import type { PathSource } from "./path.ts";
import { prefixKey } from "./path.ts";
import { newRib, target } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

/** The other control node, which agents publish to as well, and a gateway. */
const CONTROL2: PathSource = { kind: "internal-peer", name: "control2", routerId: 9 };
const INSTANCE_ID = 3;
const TEXT = "10.1.0.9";
const KEY = prefixKey(Number(address(TEXT)), 32);

/** What a peer reflects of a host's route, or says of one of its own under another distinguisher. */
function reflect(rib: Rib, peer: PathSource, host: PathSource, more: { nextHop?: number; rdLow?: number } = {}): void {
  const { high: rdHigh, low } = inetRouteDistinguisher(host.routerId, INSTANCE_ID);
  const { nextHop = host.routerId, rdLow = low } = more;
  const attributes = plainAttributes({ localPreference: 100, extendedCommunities: [target(1)] });
  const routes = [{ rdHigh, rdLow, address: Number(address(TEXT)), length: 32, label: 20 }];
  const announced = { bytes: Uint8Array.from([rdLow % 256]), attributes };
  rib.update(peer, { unreach: [], reach: [{ family: "inet-vpn", routes, nextHop }], announced }, true);
}

/** Tables of a node with a host's route, which the other node has reflected. */
function both(): Rib {
  const rib = newRib();
  makeInstance(rib, "red", 1);
  rib.publish(HOST1, "red", INSTANCE_ID, hostRoute(HOST1, TEXT, 20));
  rib.sweep(HOST1);
  reflect(rib, CONTROL2, HOST1);
  return rib;
}

function isThere(rib: Rib): boolean {
  rib.step(Number.POSITIVE_INFINITY);
  return rib.route("red", KEY) !== undefined;
}

function withdraw(rib: Rib): void {
  rib.withdraw(HOST1, "red", Number(address(TEXT)), 32);
}

describe("what a control node that is away has reflected of an agent's route", () => {
  test("goes when the agent, which is here, takes the route back", () => {
    const rib = both();
    rib.markStale(CONTROL2);
    expect(isThere(rib)).toBe(true);
    withdraw(rib);
    expect(isThere(rib)).toBe(false);
  });

  test("goes also where the agent had taken the route back before the node was lost", () => {
    const rib = both();
    withdraw(rib);
    expect(isThere(rib)).toBe(true);
    rib.markStale(CONTROL2);
    expect(isThere(rib)).toBe(false);
  });

  test("stays while the agent is away, and goes when it is back and has not published the route again", () => {
    const rib = both();
    rib.markStale(HOST1);
    rib.markStale(CONTROL2);
    rib.removeSource(HOST1);
    expect(isThere(rib)).toBe(true);
    rib.publish(HOST1, "red", INSTANCE_ID, hostRoute(HOST1, "10.1.0.10", 21));
    expect(isThere(rib)).toBe(true);
    rib.sweep(HOST1);
    expect(isThere(rib)).toBe(false);
  });

  test("is kept of agents that have sessions with the other node alone", () => {
    const rib = both();
    reflect(rib, CONTROL2, HOST2);
    rib.markStale(CONTROL2);
    withdraw(rib);
    rib.step(Number.POSITIVE_INFINITY);
    expect(rib.route("red", KEY)?.nextHops.map((hop) => hop.address)).toEqual([HOST2.routerId]);
  });

  test("stays where it is no copy: routes of the node's own making, or under no distinguisher of the agent", () => {
    for (const more of [{ nextHop: 0xac1e0903 }, { rdLow: 5 }]) {
      const rib = both();
      reflect(rib, CONTROL2, HOST1, more);
      rib.markStale(CONTROL2);
      withdraw(rib);
      expect(isThere(rib)).toBe(true);
    }
  });

  test("comes again with the node, and nothing of what has come is swept", () => {
    const rib = both();
    rib.markStale(CONTROL2);
    expect(rib.routeCount(CONTROL2)).toBe(0);
    reflect(rib, CONTROL2, HOST1);
    rib.sweep(CONTROL2);
    expect([rib.routeCount(CONTROL2), isThere(rib)]).toEqual([1, true]);
  });
});
