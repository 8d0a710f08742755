import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalText, type JsonObject, parseJson, stringifyJson } from "./json.ts";

test("a 64-bit integer survives, signed and unsigned", () => {
  for (const text of ["-9223372036854775808", "9223372036854775807", "18446744073709551615", "0", "9007199254740991"]) {
    expect(stringifyJson(parseJson(`{"v":${text}}`))).toBe(`{"v":${text}}`);
  }
});

test("the text is the one that JSON.stringify gives", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), (value, key) => {
      const whole = { [key]: value, list: [value, undefined, -0, Number.NaN, "\ud800"], left: undefined } as JsonObject;
      expect(stringifyJson(whole)).toBe(JSON.stringify(whole));
    }),
    { numRuns: 500 },
  );
});

test("a fraction and a large exponent stay numbers", () => {
  expect(parseJson("[1.5,1e300]")).toEqual([1.5, 1e300]);
});

test("__proto__ is a plain key", () => {
  const parsed = parseJson('{"__proto__":{"polluted":true}}');
  expect(stringifyJson(parsed)).toBe('{"__proto__":{"polluted":true}}');
  expect(Object.getOwnPropertyDescriptor(Object.prototype, "polluted")).toBeUndefined();
});

test("short texts and long ones, with and without large integers, read the same", () => {
  for (const text of [
    '{"a":[1,-2.5,"1234567890123456",null]}',
    '{"a":1e3,"b":12345678901234567890}',
    "[9007199254740993]",
  ]) {
    expect(parseJson(stringifyJson(parseJson(text)))).toEqual(parseJson(text));
  }
  expect(parseJson('{"a":"12345678901234567890","b":12345678901234567890}')).toEqual({
    a: "12345678901234567890",
    b: 12345678901234567890n,
  });
});

test("values that differ in the order of their keys have one canonical text", () => {
  expect(canonicalText({ b: [{ d: 1, c: null }], a: "x" })).toBe(canonicalText({ a: "x", b: [{ c: null, d: 1 }] }));
  expect(canonicalText([1, 2])).not.toBe(canonicalText([2, 1]));
});
