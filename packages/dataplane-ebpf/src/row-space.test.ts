import fc from "fast-check";
import { expect, test } from "vitest";
import { type RowRange, RowSpace } from "./row-space.ts";

const ROWS = 64;

test("ranges that are taken never overlap, and all of them given back are one free range again", () => {
  const step = fc.record({ take: fc.boolean(), count: fc.integer({ min: 1, max: 20 }), which: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const space = new RowSpace(ROWS);
      const taken: RowRange[] = [];
      for (const { take, count, which } of steps) {
        const first = take ? space.take(count) : undefined;
        if (first !== undefined) taken.push({ first, count });
        else if (taken.length > 0) space.give(taken.splice(which % taken.length, 1)[0] ?? { first: 0, count: 0 });
        const rows = taken.flatMap((range) => Array.from({ length: range.count }, (_, at) => range.first + at));
        expect(new Set(rows).size).toBe(rows.length);
        expect(rows.every((row) => row >= 0 && row < ROWS)).toBe(true);
        expect(space.freeRows()).toBe(ROWS - rows.length);
      }
      for (const range of taken) space.give(range);
      expect(space.take(ROWS)).toBe(0);
    }),
  );
});

test("a space without a range that is large enough gives none", () => {
  const space = new RowSpace(10);
  expect(space.take(6)).toBe(0);
  expect(space.take(5)).toBeUndefined();
  expect(space.take(4)).toBe(6);
  expect(space.take(1)).toBeUndefined();
});

test("a claimed range is not given again", () => {
  const space = new RowSpace(10);
  space.claim({ first: 2, count: 3 });
  expect(space.take(3)).toBe(5);
  expect(space.take(2)).toBe(0);
  expect(() => space.claim({ first: 4, count: 1 })).toThrow(RangeError);
});
