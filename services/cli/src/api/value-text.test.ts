import { expect, test } from "vitest";
import { changeLines } from "./value-text.ts";

test("each leaf that differs is a line with its path", () => {
  const before = { rule: [{ direction: ">", port: 1 }, { direction: ">" }], gone: true };
  const after = { rule: [{ direction: "<>", port: 1 }], come: 18_446_744_073_709_551_615n };
  expect(changeLines({ key: "entries", before, after, isFixed: false })).toEqual([
    '~ entries.rule[0].direction: ">" → "<>"',
    '- entries.rule[1]: {"direction":">"}',
    "- entries.gone: true",
    "+ entries.come: 18446744073709551615",
  ]);
});

test("references come, go, and differ in their attribute", () => {
  const before = [{ to: ["a", "b"], attr: { n: 1 } }, { to: ["c"] }];
  const after = [{ to: ["a", "b"], attr: { n: 2 } }, { to: ["d"] }];
  expect(changeLines({ key: "x_refs", before, after, isFixed: false })).toEqual([
    "~ x_refs a:b.n: 1 → 2",
    "+ x_refs: d",
    "- x_refs: c",
  ]);
});

test("a long value is cut", () => {
  const [line] = changeLines({ key: "k", before: undefined, after: "x".repeat(200), isFixed: false });
  expect(line).toMatch(/^\+ k: "x{99}…$/);
});
