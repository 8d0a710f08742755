import { describe, expect, test } from "vitest";
import type { PathSource } from "./path.ts";
import { newRib, type PeerRoute, reachOf, unreachOf } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

const PEER: PathSource = { kind: "internal-peer", name: "peer", routerId: 7 };
const ROUTES = 1_000;

function route(number: number): PeerRoute {
  const place = { rdLow: 9, address: 0x0a000000 + number, length: 32, label: 16 + number, nextHop: 0xac1f0003 };
  return { ...place, targets: [1], localPreference: 100, med: undefined, neighbourAs: 65_001 };
}

function say(rib: Rib, ...numbers: readonly number[]): void {
  for (const number of numbers) rib.update(PEER, reachOf(route(number)), true);
}

/** Labels of the routes that are in the table. */
function labels(rib: Rib): number[] {
  return [...rib.vpn.all()].flatMap(({ paths }) => paths.map(({ label }) => label)).sort((a, b) => a - b);
}

/** A table that knows all routes of the peer. */
function loaded(): Rib {
  const rib = newRib();
  say(rib, ...Array(ROUTES).keys());
  rib.step(Number.POSITIVE_INFINITY);
  rib.takeChanged();
  return rib;
}

describe("departures", () => {
  test("a lost source counts as gone at once, and its routes go in steps that are bounded", () => {
    const rib = loaded();
    rib.removeSource(PEER);
    expect(rib.routeCount(PEER)).toBe(0);
    const steps: number[] = [];
    for (let more = true; more; ) {
      more = rib.step(100);
      steps.push(rib.takeChanged().size);
    }
    expect(steps).toEqual(Array(ROUTES / 100).fill(100));
    expect(rib.vpn.size).toBe(0);
  });

  test("routes of a lost source go though another one says something new all the time", () => {
    const rib = loaded();
    rib.removeSource(PEER);
    const busy: PathSource = { kind: "internal-peer", name: "busy", routerId: 8 };
    const left = () => [...rib.vpn.all()].filter(({ paths }) => paths.some(({ source }) => source === PEER)).length;
    for (let turn = 0; turn < 100; turn++) {
      for (let number = 0; number < 150; number++) {
        rib.update(busy, reachOf({ ...route(10_000 + ((turn * 150 + number) % 6_000)), label: 16 + turn }), true);
      }
      rib.step(100);
    }
    expect(left()).toBe(0);
  });

  test("a source that comes back meanwhile has what it says anew, and nothing else", () => {
    const rib = loaded();
    rib.removeSource(PEER);
    rib.step(100);
    say(rib, 0, 500, 999);
    expect(rib.routeCount(PEER)).toBe(3);
    rib.step(Number.POSITIVE_INFINITY);
    expect(labels(rib)).toEqual([16, 516, 1_015]);
    expect(rib.routeCount(PEER)).toBe(3);
  });

  test("a source that comes back and is lost again leaves nothing", () => {
    const rib = loaded();
    rib.removeSource(PEER);
    rib.step(100);
    say(rib, 0, 500, 999);
    rib.removeSource(PEER);
    rib.step(50);
    say(rib, 999);
    rib.removeSource(PEER);
    rib.step(Number.POSITIVE_INFINITY);
    expect(rib.vpn.size).toBe(0);
    expect(rib.routeCount(PEER)).toBe(0);
  });

  test("a withdrawal of what is being taken out is no withdrawal of anything new", () => {
    const rib = loaded();
    rib.removeSource(PEER);
    rib.update(PEER, unreachOf(route(0)), true);
    expect(rib.routeCount(PEER)).toBe(0);
    rib.step(Number.POSITIVE_INFINITY);
    expect(rib.vpn.size).toBe(0);
  });
});
