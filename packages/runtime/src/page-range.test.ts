import { expect, test } from "vitest";
import { inRange, pageRange } from "./page-range.ts";

const ENTRIES = Array.from({ length: 2_500 }, (_, index) => index);

test("a page without a range is the first thousand entries", () => {
  expect(inRange(ENTRIES, pageRange({}))).toEqual(ENTRIES.slice(0, 1_000));
  expect(inRange(ENTRIES, pageRange({}, 100))).toHaveLength(100);
});

test("pages one after another are the whole table", () => {
  const pages = [0, 1_000, 2_000, 3_000].map((offset) => inRange(ENTRIES, pageRange({ offset: String(offset) })));
  expect(pages.map(({ length }) => length)).toEqual([1_000, 1_000, 500, 0]);
  expect(pages.flat()).toEqual(ENTRIES);
});

test.each([
  [{ limit: "10001" }, /limit: not a number from 1 to 10000/],
  [{ limit: "0" }, /limit/],
  [{ limit: "1e3" }, /limit/],
  [{ offset: "-1" }, /offset/],
  [{ offset: "" }, /offset/],
])("%j is refused with the parameter's name", (query, text) => {
  expect(() => pageRange(query)).toThrow(text);
});
