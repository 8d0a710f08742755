import { expect, test } from "vitest";
import { parseJson, stringifyJson } from "./json.ts";

test("a 64-bit integer survives, signed and unsigned", () => {
  for (const text of ["-9223372036854775808", "9223372036854775807", "18446744073709551615", "0", "9007199254740991"]) {
    expect(stringifyJson(parseJson(`{"v":${text}}`))).toBe(`{"v":${text}}`);
  }
});

test("a fraction and a large exponent stay numbers", () => {
  expect(parseJson("[1.5,1e300]")).toEqual([1.5, 1e300]);
});

test("__proto__ is a plain key", () => {
  const parsed = parseJson('{"__proto__":{"polluted":true}}');
  expect(stringifyJson(parsed)).toBe('{"__proto__":{"polluted":true}}');
  expect(Object.getOwnPropertyDescriptor(Object.prototype, "polluted")).toBeUndefined();
});
