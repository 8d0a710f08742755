import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTextPattern, textPattern } from "./text-pattern.ts";

const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["64512:.*", ["64512:1", "64512:"], ["64513:1", "164512:1"]],
  ["^6451[2-4]:1?00$", ["64512:100", "64514:00"], ["64515:100", "64512:1000"]],
  ["(1|2+):\\d{2}", ["1:10", "222:99"], ["1:1", "12:10", ":10"]],
  ["1{2,3}:[^5]", ["11:1", "111:x"], ["1:1", "1111:1", "11:5"]],
  ["1{2,}:7\\.0", ["11:7.0", "11111:7.0"], ["1:7.0", "11:7x0"]],
  ["no-(export|peer)", ["no-export", "no-peer"], ["no-", "no-exports"]],
  ["", [""], ["1"]],
  ["(a*)*b", ["b", "aab"], ["a"]],
];

test.each(CASES)("%j matches whole texts", (expression, good, bad) => {
  const pattern = parseTextPattern(expression);
  expect(good.filter((text) => pattern?.matches(text) !== true)).toEqual([]);
  expect(bad.filter((text) => pattern?.matches(text) !== false)).toEqual([]);
});

test.each(["(", "a)", "[", "[]", "*", "a**", "a{", "a{3,2}", "\\", "\\b", "(?:a)", "a".repeat(300)])(
  "%j is no expression",
  (expression) => {
    expect(parseTextPattern(expression)).toBeUndefined();
  },
);

test("what would come to too many states is no expression", () => {
  expect(parseTextPattern("((((1{9}){9}){9}){9}){9}")).toBeUndefined();
  expect(parseTextPattern(`${"(".repeat(100)}1${")".repeat(100)}{999}{1}`)).toBeUndefined();
});

test.each([
  ["ways between states", `((${"|".repeat(200)}){660})*`],
  ["ranges", `[${"1-2".repeat(80)}]{99}`],
  ["optional parts", "1{0,999}"],
  ["empty parts", "((((){999}){999}){999}){999}"],
])("what comes to too many %s is no expression", (_, expression) => {
  expect(parseTextPattern(expression)).toBeUndefined();
});

test("one that is read when it is needed matches the same; what is none matches nothing", () => {
  for (const [expression, good, bad] of CASES) {
    expect(good.every((text) => textPattern(expression).matches(text))).toBe(true);
    expect(bad.some((text) => textPattern(expression).matches(text))).toBe(false);
  }
  expect(textPattern("(").matches("(")).toBe(false);
  expect(JSON.stringify(textPattern("1.*"))).toBe(JSON.stringify({ text: "1.*" }));
});

test("an expression on which a backtracking matcher would not come to an end answers at once", () => {
  const pattern = parseTextPattern("((1+)+)+x");
  expect(pattern?.matches("1".repeat(5_000))).toBe(false);
});

test("it agrees with the language's own expressions, wherever both can read one", () => {
  const part = fc.constantFrom("1", "2", ":", ".", "[12]", "[^1]", "(1|2)", "(12)?", "1*", "2+", ".{1,2}", "\\d");
  const text = fc.array(fc.constantFrom("1", "2", ":"), { maxLength: 8 }).map((parts) => parts.join(""));
  let matched = 0;
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), text, (parts, given) => {
      const expression = parts.join("");
      const expected = new RegExp(`^(?:${expression})$`).test(given);
      expect(parseTextPattern(expression)?.matches(given)).toBe(expected);
      if (expected) matched++;
    }),
    { numRuns: 5_000 },
  );
  console.log(`${matched} of 5000 match`);
  expect(matched).toBeGreaterThan(100);
});

test("no text throws", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (text, given) => void parseTextPattern(text)?.matches(given)));
});
