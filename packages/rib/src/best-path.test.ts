import { eTreeCommunity, mobilityCommunity, type PathAttributes } from "@contrail/bgp";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareAttributes, comparePaths, decidingRule } from "./best-path.ts";
import type { Path, PathSource } from "./path.ts";
import { PLAIN_ATTRIBUTES } from "./plain-attributes.ts";

function through(...autonomousSystems: number[]): Pick<PathAttributes, "asPath"> {
  return { asPath: [{ kind: "sequence", autonomousSystems }] };
}

function path(attributes: Partial<PathAttributes>, source: Partial<PathSource> = {}, more: Partial<Path> = {}): Path {
  return {
    source: { kind: "internal-peer", name: "peer", routerId: 10, ...source },
    attributes: { ...PLAIN_ATTRIBUTES, ...attributes },
    nextHop: 1,
    label: 16,
    route: undefined,
    pathId: 0,
    id: 1,
    instance: undefined,
    feasible: true,
    stale: false,
    ...more,
  };
}

describe("of two paths the better one is, each rule before the next", () => {
  test.each<[string, Path, Path]>([
    ["the feasible one", path({}), path({ localPreference: 200 }, {}, { feasible: false })],
    [
      "the one with the higher local preference",
      path({ localPreference: 200, ...through(65001, 65002) }),
      path({ extendedCommunities: [mobilityCommunity(9, false)] }),
    ],
    [
      "the one that names no preference, before 99",
      path({ localPreference: undefined }),
      path({ localPreference: 99 }),
    ],
    [
      "the one that is no leaf of an E-Tree",
      path({ extendedCommunities: [eTreeCommunity({ flag: false, label: 7 })], ...through(65001) }),
      path({ extendedCommunities: [mobilityCommunity(9, true), eTreeCommunity({ flag: true, label: 0 })] }),
    ],
    [
      "the one whose MAC address does not move",
      path({ extendedCommunities: [mobilityCommunity(0, true)] }),
      path({ extendedCommunities: [mobilityCommunity(9, false)] }),
    ],
    [
      "the one with the higher mobility sequence",
      path({ extendedCommunities: [mobilityCommunity(2, false)], ...through(65001) }),
      path({ extendedCommunities: [mobilityCommunity(1, false)] }),
    ],
    ["the one with the shorter AS path", path({ ...through(65001), origin: 2 }), path(through(65001, 65002))],
    [
      "the one with the lower origin",
      path({ origin: 0, ...through(65001), med: 9 }),
      path({ origin: 2, ...through(65001) }),
    ],
    [
      "the one with the lower MED of one neighbour",
      path({ ...through(65001), med: 1 }),
      path({ ...through(65001), med: 2 }, { kind: "agent" }),
    ],
    [
      "the external peer's, whatever the MED of another neighbour",
      path({ ...through(65001), med: 9 }, { kind: "external-peer" }),
      path({ ...through(65002), med: 1 }),
    ],
    ["the agent's", path({}, { kind: "agent", routerId: 99 }), path({}, { kind: "external-peer" })],
    ["the external peer's", path({}, { kind: "external-peer", routerId: 99 }), path({})],
    ["the one of the lower router id", path({ clusterList: [1] }), path({}, { routerId: 11 })],
    ["the one whose originator has the lower router id", path({ originatorId: 3 }, { routerId: 99 }), path({})],
    ["the one with the shorter cluster list", path({ clusterList: [1] }, { name: "z" }), path({ clusterList: [1, 2] })],
    ["the one of the first name", path({}, { name: "a" }), path({}, { name: "b" })],
  ])("%s", (_rule, better, worse) => {
    expect(Math.sign(comparePaths(better, worse))).toBe(-1);
    expect(Math.sign(comparePaths(worse, better))).toBe(1);
  });
});

test("MED does not count between neighbours", () => {
  const [a, b] = [path({ ...through(65001), med: 9 }), path({ ...through(65002), med: 1 })];
  expect(compareAttributes(a.attributes, b.attributes)).toBe(0);
});

test("source and router id do not count between destinations: equal attributes share the traffic", () => {
  expect(compareAttributes(path({}).attributes, path({ originatorId: 1, clusterList: [1] }).attributes)).toBe(0);
});

test("without MED the order of paths is total", () => {
  const anyPath = fc
    .record({
      localPreference: fc.constantFrom(undefined, 100, 200),
      origin: fc.constantFrom(0, 1, 2),
      hops: fc.array(fc.constantFrom(65001, 65002), { maxLength: 2 }),
      kind: fc.constantFrom("agent", "internal-peer", "external-peer"),
      name: fc.constantFrom("a", "b", "c"),
      routerId: fc.integer({ min: 1, max: 3 }),
      feasible: fc.boolean(),
      sequence: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ hops, kind, name, routerId, feasible, sequence, ...rest }) => {
      const extendedCommunities = sequence === 0 ? [] : [mobilityCommunity(sequence, false)];
      const { asPath } = through(...hops);
      return path(
        { ...rest, asPath: hops.length === 0 ? [] : asPath, extendedCommunities },
        { kind, name, routerId },
        { feasible },
      );
    });
  fc.assert(
    fc.property(anyPath, anyPath, anyPath, (a, b, c) => {
      expect(Math.sign(comparePaths(a, b)) + Math.sign(comparePaths(b, a))).toBe(0);
      if (comparePaths(a, b) <= 0 && comparePaths(b, c) <= 0) expect(comparePaths(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

test("the rule that decided is told for both orders, none for equal paths", () => {
  const better = path(through(65001));
  const worse = path({ ...through(65001, 65002), origin: 0 });
  expect(decidingRule(comparePaths(better, worse))).toBe("shorter AS path");
  expect(decidingRule(comparePaths(worse, better))).toBe("shorter AS path");
  expect(decidingRule(comparePaths(better, path({}, {}, { feasible: false })))).toBe("feasible");
  expect(decidingRule(comparePaths(path({}), path({}, {}, { pathId: 7 })))).toBe("lower path identifier");
  expect(decidingRule(compareAttributes(better.attributes, better.attributes))).toBeUndefined();
});
