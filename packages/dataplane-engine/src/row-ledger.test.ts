import type { TableDelta } from "@contrail/forwarding";
import { expect, test } from "vitest";
import { RowLedger } from "./row-ledger.ts";

const label = (number: number, nextHop: number): TableDelta => ({ kind: "label", row: { label: number, nextHop } });

test("a new engine is given the last form of each row, and none that was removed", () => {
  const ledger = new RowLedger();
  ledger.note([label(16, 1), label(17, 1)]);
  ledger.note([label(16, 2), { kind: "label-remove", label: 17 }]);
  expect(ledger.rows()).toEqual([label(16, 2)]);
});

test("after destroy there is nothing to give", () => {
  const ledger = new RowLedger();
  ledger.note([label(16, 1)]);
  ledger.clear();
  expect(ledger.rows()).toEqual([]);
});
