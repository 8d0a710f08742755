import { expect, test } from "vitest";
import { features, HOST1, hostRoute, makeInstance, prefix } from "./derived/derived.model.ts";
import { routeKey } from "./ip-prefix.ts";
import type { PathSource } from "./path.ts";
import { newRib, reachOf } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

const PEER: PathSource = { kind: "internal-peer", name: "peer", routerId: 7 };
const ROUTES = 2_000;
const STEP = 60;

function say(rib: Rib, first: number, count: number): void {
  for (let number = first; number < first + count; number++) {
    const place = { rdLow: 9, address: 0x0b000000 + number, length: 32, label: 16, nextHop: 0xac1f0003 };
    rib.update(
      PEER,
      reachOf({ ...place, targets: [9], localPreference: 100, med: undefined, neighbourAs: 65_001 }),
      true,
    );
  }
}

/** Tables with a static route whose next hop is not there yet. */
function withStaticRoute(): Rib {
  const rib = newRib();
  makeInstance(rib, "red", 1);
  const route = { prefix: prefix("10.7.0.0/16"), nextHop: Number(prefix("10.1.0.9").address) };
  rib.setFeatures("red", features({ staticRoutes: [{ ...route, routeTargets: [], communities: [] }] }));
  return rib;
}

/** Steps until the static route is there. */
function stepsToStaticRoute(rib: Rib): number {
  for (let steps = 1; steps <= ROUTES; steps++) {
    const more = rib.step(STEP);
    if (rib.route("red", Number(routeKey(prefix("10.7.0.0/16")))) !== undefined) return steps;
    if (!more) break;
  }
  throw new Error("the static route does not come");
}

test("a derived route does not wait until all routes of a lost peer are gone", () => {
  const rib = withStaticRoute();
  say(rib, 0, ROUTES);
  rib.step(Number.POSITIVE_INFINITY);
  rib.removeSource(PEER);
  rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
  expect(stepsToStaticRoute(rib)).toBeLessThan(5);
  expect(rib.vpn.size).toBeGreaterThan(ROUTES - 5 * STEP);
  rib.step(Number.POSITIVE_INFINITY);
  expect(rib.vpn.size).toBe(2);
});

test("a derived route does not wait while a peer says something new all the time", () => {
  const rib = withStaticRoute();
  rib.publish(HOST1, "red", 3, hostRoute(HOST1, "10.1.0.9", 20));
  let said = 0;
  let steps = 0;
  while (rib.route("red", Number(routeKey(prefix("10.7.0.0/16")))) === undefined && steps < 50) {
    say(rib, said, STEP);
    said += STEP;
    rib.step(STEP);
    steps++;
  }
  expect(steps).toBeLessThan(10);
});
