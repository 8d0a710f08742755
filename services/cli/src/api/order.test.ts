import fc from "fast-check";
import { expect, test } from "vitest";
import { keyOf, type ObjectName } from "./object-name.ts";
import { inOrder, type Ordered } from "./order.ts";

const named = (name: string): ObjectName => ({ type: "t", fqName: name.split(":") });
const item = (name: string, ...targets: string[]): Ordered => {
  const own = named(name);
  const parent = own.fqName.length > 1 ? { type: "t", fqName: own.fqName.slice(0, -1) } : undefined;
  return { ...own, parent, targets: targets.map(named) };
};
const order = (...items: Ordered[]) => inOrder(items).map((placed) => placed.item.fqName.join(":"));

test("parents and targets come first; else the order stays", () => {
  expect(order(item("b:x", "a"), item("c"), item("a"), item("b"))).toEqual(["b", "a", "b:x", "c"]);
});

test("who is not among them is not waited for", () => {
  expect(order(item("a", "gone"), item("p:q"))).toEqual(["a", "p:q"]);
});

test("a ring is opened at one of its objects, not before it", () => {
  const placed = inOrder([item("outside", "a"), item("a", "b"), item("b", "c"), item("c", "a")]);
  const waiting = placed.filter(({ later }) => later.size > 0);
  expect(placed.at(-1)?.item.fqName).toEqual(["outside"]);
  expect(waiting).toHaveLength(1);
});

test("an object that refers to itself does so afterwards", () => {
  expect(inOrder([item("a", "a")])).toMatchObject([{ later: new Set([keyOf(named("a"))]) }]);
});

/** Trees of names of three levels with any references. */
const graphs = fc
  .uniqueArray(
    fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -1, max: 3 }), fc.integer({ min: -1, max: 3 })),
    {
      selector: String,
      maxLength: 25,
    },
  )
  .map((names) => names.map((parts) => parts.filter((part) => part >= 0).join(":")))
  .map((names) => [...new Set(names)])
  .chain((names) => {
    const some = fc.subarray(names, { maxLength: Math.min(4, names.length) });
    return fc.tuple(...names.map((name) => some.map((targets) => item(name, ...targets))));
  });

test("any graph: all are placed once, parents first, and exactly the references to later ones wait", () => {
  let rings = 0;
  fc.assert(
    fc.property(graphs, (items) => {
      const placed = inOrder(items);
      const place = new Map(placed.map(({ item: { type, fqName } }, index) => [keyOf({ type, fqName }), index]));
      expect(new Set(place.keys())).toEqual(new Set(items.map(keyOf)));
      expect(placed).toHaveLength(items.length);
      for (const [index, { item: object, later }] of placed.entries()) {
        const above = object.parent === undefined ? undefined : place.get(keyOf(object.parent));
        expect(above ?? -1).toBeLessThan(index);
        const waiting = object.targets.map(keyOf).filter((key) => (place.get(key) ?? -1) >= index);
        expect(later).toEqual(new Set(waiting));
        rings += later.size > 0 ? 1 : 0;
      }
    }),
  );
  process.stdout.write(`references that had to wait: ${rings}\n`);
  expect(rings).toBeGreaterThan(0);
});

test("a graph without rings has nothing that waits", () => {
  const acyclic = graphs.map((items) => {
    const place = new Map(items.map((object, index) => [keyOf(object), index]));
    // References run backwards in a list in which parents do too.
    const sorted = items.toSorted(
      (a, b) => a.fqName.length - b.fqName.length || (place.get(keyOf(a)) ?? 0) - (place.get(keyOf(b)) ?? 0),
    );
    const rank = new Map(sorted.map((object, index) => [keyOf(object), index]));
    const before = (object: Ordered, target: ObjectName) =>
      (rank.get(keyOf(target)) ?? 0) < (rank.get(keyOf(object)) ?? 0);
    return items.map((object) => ({ ...object, targets: object.targets.filter((target) => before(object, target)) }));
  });
  fc.assert(
    fc.property(acyclic, (items) => {
      expect(inOrder(items).filter(({ later }) => later.size > 0)).toEqual([]);
    }),
  );
});
