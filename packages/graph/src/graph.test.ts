import type { ConfigChange, ConfigObject } from "@contrail/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ConfigGraph, createGraph } from "./graph.ts";

function object(uuid: string, type: string, changes: Partial<ConfigObject> = {}): ConfigObject {
  return {
    uuid,
    type,
    fqName: [uuid],
    parentType: undefined,
    parentUuid: undefined,
    revision: 1n,
    refs: [],
    properties: {},
    derived: false,
    epoch: 0n,
    ...changes,
  };
}

const ref = (toUuid: string) => ({ toType: "t", toUuid, toFqName: [toUuid], attr: null });
const upsert = (value: ConfigObject): ConfigChange => ({ kind: "upsert", object: value });

function view(graph: ConfigGraph): unknown {
  const uuids = ["a", "b", "c", "d"];
  return uuids.map((uuid) => [graph.get(uuid)?.revision, [...graph.neighbours(uuid)].sort()]);
}

test("a link is seen from both ends, also when its target comes later", () => {
  const graph = createGraph();
  graph.apply(upsert(object("vmi", "virtual-machine-interface", { refs: [ref("vn")] })));
  expect(graph.linked("vmi", "virtual-network")).toEqual([]);
  const change = graph.apply(upsert(object("vn", "virtual-network")));
  expect([...(change?.relinked ?? [])]).toEqual(["vmi"]);
  expect(graph.linked("vn", "virtual-machine-interface").map((found) => found.uuid)).toEqual(["vmi"]);
});

test("an ACL is linked with the networks that its rules name", () => {
  const graph = createGraph();
  const rule = {
    match_condition: { src_address: { virtual_network: "d:p:n2" }, dst_address: { virtual_network: "any" } },
  };
  const properties = { access_control_list_entries: { acl_rule: [rule] } };
  graph.apply(upsert(object("acl", "access-control-list", { properties })));
  graph.apply(upsert(object("n2", "virtual-network", { fqName: ["d", "p", "n2"] })));
  expect(graph.linked("acl", "virtual-network").map(({ uuid }) => uuid)).toEqual(["n2"]);
  expect(graph.linked("n2", "access-control-list").map(({ uuid }) => uuid)).toEqual(["acl"]);
});

test("an older change of a removed object does not bring it back", () => {
  const graph = createGraph();
  graph.apply({ kind: "remove", type: "t", uuid: "a", fqName: ["a"], revision: 5n });
  expect(graph.apply(upsert(object("a", "t", { revision: 4n })))).toBeUndefined();
  expect(graph.apply(upsert(object("a", "t", { revision: 6n })))).toBeDefined();
});

test("an older state of an object that went unseen does not bring it back", () => {
  const graph = createGraph();
  graph.bury("a", 5n);
  expect(graph.apply(upsert(object("a", "t", { revision: 4n })))).toBeUndefined();
  expect(graph.apply(upsert(object("a", "t", { revision: 6n })))).toBeDefined();
  graph.bury("a", 9n);
  expect(graph.get("a")?.revision).toBe(6n);
});

test("whoever has a name is found by it when all is heard, in whatever order that was", () => {
  const named = (uuid: string): ConfigChange => upsert(object(uuid, "t", { fqName: ["name"], revision: 1n }));
  const gone = (uuid: string): ConfigChange => ({ kind: "remove", type: "t", uuid, fqName: ["name"], revision: 2n });
  const life = [named("a"), gone("a"), named("b"), gone("b"), named("c")];
  fc.assert(
    fc.property(fc.shuffledSubarray(life, { minLength: life.length }), (changes) => {
      const graph = createGraph();
      for (const change of changes) graph.apply(change);
      expect(graph.find("t", ["name"])?.uuid).toBe("c");
      graph.apply(gone("c"));
      expect(graph.find("t", ["name"])).toBeUndefined();
    }),
  );
});

test("any order and doubling of the same changes ends in the same graph", () => {
  const uuid = fc.constantFrom("a", "b", "c", "d");
  const step = fc.record({ uuid, refs: fc.array(uuid, { maxLength: 3 }), remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (steps, random) => {
      const changes = steps.map((item, index): ConfigChange => {
        const revision = BigInt(index + 1);
        if (item.remove) return { kind: "remove", type: "t", uuid: item.uuid, fqName: [item.uuid], revision };
        return upsert(object(item.uuid, "t", { revision, refs: item.refs.map(ref) }));
      });
      const straight = createGraph();
      for (const change of changes) straight.apply(change);
      const shuffled = createGraph();
      const mixed = [...changes, ...changes].map((change) => [random.next().value, change] as const);
      for (const [, change] of mixed.sort(([a], [b]) => a - b)) shuffled.apply(change);
      expect(view(shuffled)).toEqual(view(straight));
    }),
  );
});

test("a link that changes its kind is told, though the neighbour stays the same", () => {
  const graph = createGraph();
  const named = {
    access_control_list_entries: { acl_rule: [{ match_condition: { src_address: { virtual_network: "red" } } }] },
  };
  graph.apply(upsert(object("red", "virtual-network")));
  graph.apply(upsert(object("acl", "access-control-list", { properties: named })));
  const adopted = object("acl", "access-control-list", { properties: named, parentUuid: "red", revision: 2n });
  expect([...(graph.apply(upsert(adopted))?.relinked ?? [])]).toEqual(["red"]);
  const referring = { ...adopted, refs: [ref("red")], revision: 3n };
  expect([...(graph.apply(upsert(referring))?.relinked ?? [])]).toEqual(["red"]);
  expect([...(graph.apply(upsert({ ...referring, revision: 4n }))?.relinked ?? [])]).toEqual([]);
});
