import { expect, test } from "vitest";
import { hostName, wholeNumber } from "./option-values.ts";

test.each(["0", "x", "20000", "", "1.5", "-1", "1e3"])("--limit %j is a wrong option, told with its range", (text) => {
  expect(() => wholeNumber(1, 10_000)(text)).toThrow("A whole number is wanted, from 1 to 10000.");
});

test("a number in the range is read, one without an upper end too", () => {
  expect(wholeNumber(1, 10_000)("10000")).toBe(10_000);
  expect(wholeNumber(0)("0")).toBe(0);
  expect(() => wholeNumber(0)("-1")).toThrow("0 or more");
});

test("a host that is none is told with those that are", () => {
  expect(hostName("host2")).toBe("host2");
  expect(() => hostName("nohost")).toThrow("There is no such host; hosts are host1, host2.");
});
