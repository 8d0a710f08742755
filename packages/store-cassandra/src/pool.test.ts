import { describe, expect, test } from "vitest";
import { Pool } from "./pool.ts";

const UP = { pool: "p", owner: "o", first: 10n, last: 400n };
const DOWN = { ...UP, fromEnd: true };

/** Takes so many numbers, each as it is found. */
function taken(pool: Pool, request: typeof UP, count: number): readonly number[] {
  return Array.from({ length: count }, () => {
    const value = pool.free(request) ?? -1n;
    pool.take(value, "o");
    return Number(value);
  });
}

describe("where a node tries in a pool", () => {
  test("is the first free number, from either end, what was freed first", () => {
    const pool = new Pool();
    expect(taken(pool, UP, 3)).toEqual([10, 11, 12]);
    expect(taken(pool, DOWN, 2)).toEqual([400, 399]);
    pool.release(11n);
    expect(taken(pool, UP, 2)).toEqual([11, 13]);
  });

  test("is a step beyond that while it was moved apart, on either side", () => {
    const pool = new Pool();
    pool.take(10n, "o");
    pool.moveApart(64n, 1_000);
    expect([pool.isOutdated(999), pool.isOutdated(1_000)]).toEqual([false, true]);
    expect(taken(pool, UP, 2)).toEqual([75, 76]);
    expect(taken(pool, DOWN, 2)).toEqual([336, 335]);
    expect(pool.free({ ...UP, inOrder: true })).toBe(11n);
  });

  test("is less far where the range ends before, and every number is found in the end", () => {
    const pool = new Pool();
    pool.moveApart(256n, 1_000);
    const small = { ...UP, last: 20n };
    const found = taken(pool, small, 11);
    expect(found[0]).toBe(18);
    expect(found.toSorted((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(pool.free(small)).toBeUndefined();
  });
});
