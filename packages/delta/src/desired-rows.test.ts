import type { RowDelta, TableDelta } from "@contrail/forwarding";
import { rowKey } from "@contrail/forwarding";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DesiredRows } from "./desired-rows.ts";

const row = fc.record({ label: fc.integer({ min: 16, max: 24 }), nextHop: fc.integer({ min: 1, max: 3 }) });
const rows = fc.uniqueArray(row, { selector: ({ label }) => label });
const deltas = (given: readonly { label: number; nextHop: number }[]): RowDelta[] =>
  given.map((item) => ({ kind: "label", row: item }));

function apply(table: Map<string, string>, changes: readonly TableDelta[]): void {
  for (const change of changes) {
    if (change.kind === "label") table.set(rowKey(change), JSON.stringify(change.row));
    else table.delete(rowKey(change));
  }
}

test("after any sequence of wishes the table is the last wish, and the same wish again changes nothing", () => {
  fc.assert(
    fc.property(fc.array(rows, { minLength: 1 }), (wishes) => {
      const desired = new DesiredRows();
      const table = new Map<string, string>();
      for (const wish of wishes) apply(table, desired.change(deltas(wish)));
      const last = wishes.at(-1) ?? [];
      expect(table).toEqual(new Map(deltas(last).map((delta) => [rowKey(delta), JSON.stringify(delta.row)])));
      expect(desired.change(deltas(last))).toEqual([]);
    }),
  );
});

test("a row that could not be applied is given again", () => {
  const desired = new DesiredRows();
  const wish = deltas([{ label: 16, nextHop: 1 }]);
  desired.forget(desired.change(wish));
  expect(desired.change(wish)).toEqual(wish);
});

test("a removal that failed is given again, unless the row is wanted again", () => {
  const desired = new DesiredRows();
  const wish = deltas([{ label: 16, nextHop: 1 }]);
  desired.change(wish);
  const removal = desired.change([]);
  desired.forget(removal);
  expect(desired.change([])).toEqual(removal);
  desired.forget(removal);
  expect(desired.change(wish)).toEqual(wish);
  expect(desired.change(wish)).toEqual([]);
});

test("a difference anywhere inside a row is a change, and an equal row of another object is none", () => {
  const ecmp = (...labels: number[]): RowDelta => {
    const members = labels.map((label) => ({ nextHop: 1, label }));
    return { kind: "next-hop", row: { id: 7, action: { kind: "ecmp", members } } };
  };
  const desired = new DesiredRows();
  for (const wish of [ecmp(16, 17), ecmp(17, 16), ecmp(16), ecmp(16, 16)]) {
    expect(desired.change([wish])).toEqual([wish]);
    expect(desired.change([structuredClone(wish)])).toEqual([]);
  }
});

test("whatever part of the batches fails, the next wish that is applied whole is what the table holds", () => {
  const step = fc.record({ wish: rows, applied: fc.option(fc.nat({ max: 8 }), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(step), rows, (steps, last) => {
      const desired = new DesiredRows();
      const table = new Map<string, string>();
      for (const { wish, applied } of steps) {
        const changes = desired.change(deltas(wish));
        apply(table, changes.slice(0, applied));
        if (applied !== undefined) desired.forget(changes);
      }
      apply(table, desired.change(deltas(last)));
      expect(table).toEqual(new Map(deltas(last).map((delta) => [rowKey(delta), JSON.stringify(delta.row)])));
    }),
  );
});
