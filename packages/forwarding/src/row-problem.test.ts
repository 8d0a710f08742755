import { expect, test } from "vitest";
import { rowProblem } from "./row-problem.ts";

function routeTo(address: number, length: number): Parameters<typeof rowProblem>[0] {
  const row = { vrf: 1, prefix: { address, length }, nextHop: 1, label: 0, originNetwork: 1, groupSet: 0 };
  return { kind: "route", row };
}

test.each([
  [0x0a010100, 24],
  [0x0a010101, 32],
  [0, 0],
  [0xff000000, 8],
])("a route to %i/%i is held", (address, length) => {
  expect(rowProblem(routeTo(address, length))).toBeUndefined();
});

test.each([
  [0x0a010101, 24, "prefix 10.1.1.1/24: bits after its length"],
  [1, 0, "prefix 0.0.0.1/0: bits after its length"],
  [0, 33, "prefix length 33: not 0 to 32"],
])(
  "a route to %i/%i is refused: a table by prefixes would never find it, or find it elsewhere",
  (address, length, why) => {
    expect(rowProblem(routeTo(address, length))).toBe(why);
  },
);
