import { LLGR_STALE } from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import type { PathSource } from "./path.ts";
import { newRib, reachOf } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

const PEER: PathSource = { kind: "internal-peer", name: "peer", routerId: 7 };
const ROUTES = 1_000;

const EXTERNAL: PathSource = { kind: "external-peer", name: "external", routerId: 8 };

function say(rib: Rib, ...numbers: readonly number[]): void {
  sayAs(PEER, rib, ...numbers);
}

function sayAs(peer: PathSource, rib: Rib, ...numbers: readonly number[]): void {
  for (const number of numbers) {
    const place = { rdLow: 9, address: 0x0a000000 + number, length: 32, label: 16 + number, nextHop: 0xac1f0003 };
    rib.update(
      peer,
      reachOf({ ...place, targets: [1], localPreference: 100, med: undefined, neighbourAs: 65_001 }),
      true,
    );
  }
}

/** Tables that know all routes of a peer, which is away. */
function away(peer = PEER): Rib {
  const rib = newRib();
  sayAs(peer, rib, ...Array(ROUTES).keys());
  rib.step(Number.POSITIVE_INFINITY);
  rib.markStale(peer);
  return rib;
}

/** Steps until all is done, each of so many units; in none of them does more change. */
function steps(rib: Rib, limit: number): number {
  let count = 0;
  for (let more = true; more; count++) {
    rib.takeChanged();
    more = rib.step(limit);
    expect(rib.takeChanged().size).toBeLessThanOrEqual(limit);
  }
  return count;
}

/** Labels of the routes that are in the table. */
function labels(rib: Rib): readonly number[] {
  return [...rib.vpn.all()].flatMap(({ paths }) => paths.map(({ label }) => label)).sort((a, b) => a - b);
}

describe("what concerns all routes of a peer is done in steps that are bounded:", () => {
  test("a sweep", () => {
    const rib = away();
    rib.sweep(PEER);
    rib.step(100);
    expect(rib.routeCount(PEER)).toBeGreaterThanOrEqual(ROUTES - 100);
    expect(steps(rib, 100)).toBeGreaterThanOrEqual(ROUTES / 100 - 1);
    expect([rib.vpn.size, rib.routeCount(PEER)]).toEqual([0, 0]);
  });

  test("that they are kept for long", () => {
    const rib = away();
    rib.keepLong(PEER, ["inet-vpn"]);
    expect(steps(rib, 100)).toBeGreaterThanOrEqual(ROUTES / 100);
    const marked = [...rib.vpn.all()].filter(({ best }) => best?.attributes.communities.includes(LLGR_STALE));
    expect(marked).toHaveLength(ROUTES);
  });

  test("another policy of import", () => {
    const rib = away(EXTERNAL);
    const plain = { loopCount: 0, familyLoopCounts: {}, peerAs: 0, role: undefined, origin: undefined };
    rib.setImportPolicy(EXTERNAL, { ...plain, ownAses: [65_001] });
    expect(steps(rib, 100)).toBeGreaterThanOrEqual(ROUTES / 100);
    expect([...rib.vpn.all()].filter(({ best }) => best !== undefined)).toEqual([]);
  });
});

describe("while routes of a peer are swept", () => {
  test("what it says again stays, what it takes back is gone", () => {
    const rib = away();
    rib.sweep(PEER);
    rib.step(100);
    say(rib, 0, 500, 999);
    steps(rib, 100);
    expect(labels(rib)).toEqual([16, 516, 1_015]);
  });

  test("it may be lost once more: what it has said again by then is what is kept", () => {
    const rib = away();
    rib.sweep(PEER);
    rib.step(100);
    say(rib, 0, 500, 999);
    rib.markStale(PEER);
    rib.step(Number.POSITIVE_INFINITY);
    expect(labels(rib)).toEqual([16, 516, 1_015]);
    rib.sweep(PEER);
    rib.step(Number.POSITIVE_INFINITY);
    expect([rib.vpn.size, rib.routeCount(PEER)]).toEqual([0, 0]);
  });

  test("it may be forgotten, and what it says afterwards is there", () => {
    const rib = away();
    rib.sweep(PEER);
    rib.step(100);
    rib.removeSource(PEER);
    say(rib, 7);
    steps(rib, 100);
    expect([labels(rib), rib.routeCount(PEER)]).toEqual([[23], 1]);
  });
});
