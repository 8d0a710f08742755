import fc from "fast-check";
import { expect, test } from "vitest";
import { structureProblem } from "./json-structure.ts";

test.each<[string, RegExp]>([
  ['{"a":1,"a":2}', /the key a stands twice/],
  ['{"b":[{"a":1, "\\u0061" : 2}]}', /the key a stands twice/],
  ['{"__proto__":{}}', /the key __proto__ is not allowed/],
  ['[{"x":{"\\u005f_proto__":1}}]', /the key __proto__ is not allowed/],
  [`${"[".repeat(65)}`, /nested deeper than 64/],
  [`{"a":-${"9".repeat(401)}}`, /a number has more than 400 digits/],
])("%s", (text, problem) => {
  expect(structureProblem(text, 64)).toMatch(problem);
});

test.each([
  '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
  '{"a":"a","b":"{\\"a\\":1,\\"a\\":2}"}',
  '["a","a","__proto__"]',
  `${"[".repeat(64)}`,
  '{"x":"[[[[\\\\"}',
  `{"a":${"9".repeat(400)},"b":"${"9".repeat(500)}"}`,
  '{"a',
  "",
])("%s has no problem", (text) => {
  expect(structureProblem(text, 64)).toBeUndefined();
});

test("no JSON that JSON.stringify makes has a doubled key, whatever is in its texts", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      const problem = structureProblem(JSON.stringify(value), 64);
      expect(problem === undefined || problem.includes("__proto__")).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
