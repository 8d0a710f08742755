import { type RouteTargetRoute, routeTarget } from "@contrail/bgp";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Membership } from "./membership.ts";

const RED = routeTarget(64_512, 1);
const BLUE = routeTarget(64_512, 2);
const whole = (target: bigint, originAs = 64_512): RouteTargetRoute => ({ originAs, routeTarget: target, length: 96 });
const beginning = (target: bigint, bits: number): RouteTargetRoute => {
  const shift = BigInt(64 - bits);
  return { originAs: 64_512, routeTarget: (target >> shift) << shift, length: 32 + bits };
};

test("a peer wants routes with one of its targets, as long as one origin AS still asks", () => {
  const membership = new Membership();
  expect(membership.wants([RED])).toBe(false);
  membership.add(whole(RED));
  membership.add(whole(RED, 65_001));
  expect([membership.wants([BLUE, RED]), membership.wants([BLUE]), membership.wants([])]).toEqual([true, false, false]);
  membership.remove(whole(RED));
  expect(membership.wants([RED])).toBe(true);
  membership.remove(whole(RED, 65_001));
  expect([membership.wants([RED]), membership.size]).toEqual([false, 0]);
});

test.each<[string, RouteTargetRoute]>([
  ["the default route", { originAs: 0, routeTarget: 0n, length: 0 }],
  ["an origin AS alone", { originAs: 64_512, routeTarget: 0n, length: 32 }],
])("%s asks for everything, routes without a target among it", (_what, route) => {
  const membership = new Membership();
  membership.add(route);
  expect([membership.wants([RED]), membership.wants([])]).toEqual([true, true]);
  membership.remove(route);
  expect(membership.wants([RED])).toBe(false);
});

test("the beginning of a target asks for all targets that begin so", () => {
  const membership = new Membership();
  membership.add(beginning(RED, 32));
  expect([membership.wants([BLUE]), membership.wants([routeTarget(64_513, 1)])]).toEqual([true, false]);
});

test("any memberships want what one of them alone wants, in any order of coming and going", () => {
  const target = fc.integer({ min: 0, max: 7 }).map((number) => routeTarget(64_512 + (number >> 2), number));
  const route = fc.oneof(
    fc.tuple(target, fc.constantFrom(1, 2)).map(([given, as]) => whole(given, as)),
    fc.tuple(target, fc.constantFrom(16, 32, 33, 63)).map(([given, bits]) => beginning(given, bits)),
  );
  const key = ({ originAs, routeTarget: bits, length }: RouteTargetRoute) => `${originAs} ${bits} ${length}`;
  fc.assert(
    fc.property(fc.array(fc.tuple(route, fc.boolean())), target, (steps, asked) => {
      const [membership, model] = [new Membership(), new Map<string, RouteTargetRoute>()];
      for (const [each, added] of steps) {
        if (added === model.has(key(each))) continue;
        if (added) {
          membership.add(each);
          model.set(key(each), each);
        } else {
          membership.remove(each);
          model.delete(key(each));
        }
      }
      const expected = [...model.values()].some(({ routeTarget: bits, length }) => {
        const shift = BigInt(96 - length);
        return asked >> shift === bits >> shift;
      });
      expect(membership.wants([asked])).toBe(expected);
    }),
  );
});
