import { expect, test } from "vitest";
import { importsOf, packageOf } from "./imports.ts";

test("every form of import is seen, in comments and strings none", () => {
  const text = `
import a from "a";
import {
  b,
} from "./b.ts";
import "c";
import type { D } from "@x/d";
export * from "e";
export { f } from "f/g";
const h = await import("h");
// import "no";
const sample = 'import "neither"';
const from = "nor";
`;
  expect(importsOf(text)).toEqual(["a", "./b.ts", "c", "@x/d", "e", "f/g", "h"]);
});

test.each([
  ["@x/y/z", "@x/y"],
  ["a/b", "a"],
  ["./a.ts", undefined],
  ["node:fs", undefined],
])("the package of %s is %s", (specifier, name) => expect(packageOf(specifier)).toBe(name));
