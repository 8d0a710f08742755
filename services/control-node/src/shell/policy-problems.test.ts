import { silentLogger } from "@contrail/observability";
import { expect, test } from "vitest";
import { PolicyProblems } from "./policy-problems.ts";

function problems() {
  const lines: unknown[] = [];
  let counted = 0;
  const logger = { ...silentLogger, warn: (_message: string, fields: unknown) => lines.push(fields) };
  const counter = {
    add: (value: number) => {
      counted += value;
    },
  };
  return { reports: new PolicyProblems(logger, counter), lines, counted: () => counted };
}

const [LARGE, NEXT] = [
  { policy: "d:p:large", reason: "left out: too large" },
  { policy: "d:p:next", reason: "left out: it follows one that is" },
];

test("a problem is logged and counted once while it lasts, and again when it comes back", () => {
  const { reports, lines, counted } = problems();
  reports.set("red", [LARGE]);
  reports.set("red", [LARGE]);
  expect([lines, counted()]).toEqual([[{ instance: "red", ...LARGE }], 1]);
  reports.set("red", [LARGE, NEXT]);
  reports.set("blue", [LARGE]);
  expect([lines.slice(1), counted()]).toEqual([
    [
      { instance: "red", ...NEXT },
      { instance: "blue", ...LARGE },
    ],
    3,
  ]);
  reports.set("red", []);
  expect([reports.of("red"), [...reports.all()]]).toEqual([[], [{ instance: "blue", ...LARGE }]]);
  reports.set("red", [LARGE]);
  expect(counted()).toBe(4);
});

test("of any number of problems a bounded number is logged; all are counted", () => {
  const { reports, lines, counted } = problems();
  for (let index = 0; index < 5_000; index++) reports.set(`red${index}`, [LARGE]);
  expect([lines.length, counted()]).toEqual([1_000, 5_000]);
});
