import type { Clock } from "@contrail/clock";
import { expect, test } from "vitest";
import { HeldClock } from "../../testing/held-clock.ts";
import { TableScan } from "./table-scan.ts";

function* numbers(count: number): Iterable<number> {
  for (let each = count - 1; each >= 0; each--) yield each;
}

/** A clock on which each look costs as many milliseconds as a slice may take. */
class SlowClock extends HeldClock implements Clock {
  override monotonicMs(): number {
    this.advance(6);
    return super.monotonicMs();
  }
}

test("gives the range of those that are wanted", async () => {
  const found = await new TableScan(new HeldClock()).find(numbers(100), (each) => each % 10 === 0, {
    offset: 2,
    limit: 3,
  });
  expect(found).toEqual([70, 60, 50]);
});

test("lets others work between slices, and looks through the rest after them", async () => {
  let turns = 0;
  let running = true;
  const count = (): void => {
    turns++;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  const found = await new TableScan(new SlowClock()).find(numbers(10_000), (each) => each < 5, {
    offset: 0,
    limit: 10,
  });
  running = false;
  expect(found).toEqual([4, 3, 2, 1, 0]);
  expect(turns).toBeGreaterThan(30); // 10,000 entries in steps of 256, a turn after each.
});

test("a table that loses entries meanwhile is looked through to its end", async () => {
  const table = new Set(numbers(2_000));
  const found = new TableScan(new SlowClock()).find(table, () => true, { offset: 0, limit: 5_000 });
  for (let each = 0; each < 1_000; each++) table.delete(each);
  expect((await found).filter((each) => each >= 1_000)).toHaveLength(1_000);
});

test("refuses what finds no place to wait", async () => {
  const scan = new TableScan(new HeldClock());
  const asked = Array.from({ length: 50 }, () => scan.find([1], () => true, { offset: 0, limit: 1 }));
  const results = await Promise.allSettled(asked);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(33);
  expect(results.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "introspect.unavailable" },
  });
});
