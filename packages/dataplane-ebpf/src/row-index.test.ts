import type { TableDelta } from "@contrail/forwarding";
import { expect, test } from "vitest";
import { RowIndex } from "./row-index.ts";

const label = (number: number): TableDelta => ({ kind: "label", row: { label: number, nextHop: 1 } });

test("rows that have been named are counted by table and are not swept", () => {
  const index = new RowIndex();
  index.note(label(16));
  index.note(label(17));
  index.note(label(16));
  index.note({ kind: "tunnel-endpoint", row: { address: 1 } });
  expect(index.sizes()).toEqual({ label: 2, "tunnel-endpoint": 1 });
  expect(index.unnamed()).toEqual([]);
});

test("a row that is removed is forgotten", () => {
  const index = new RowIndex();
  index.note(label(16));
  expect(index.has(label(16))).toBe(true);
  index.note({ kind: "label-remove", label: 16 });
  expect(index.has(label(16))).toBe(false);
  expect(index.sizes()).toEqual({});
});

test("removing a row that is not there is no error", () => {
  const index = new RowIndex();
  index.note({ kind: "label-remove", label: 16 });
  expect(index.sizes()).toEqual({});
});

test("rows that were there before are swept until something names them", () => {
  const index = new RowIndex([
    { kind: "label-remove", label: 16 },
    { kind: "interface-remove", id: 3 },
  ]);
  expect(index.sizes()).toEqual({ label: 1, interface: 1 });
  expect(index.interfaceIds()).toEqual([3]);
  index.note(label(16));
  expect(index.unnamed()).toEqual([{ kind: "interface-remove", id: 3 }]);
});
