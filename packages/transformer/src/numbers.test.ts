import { describe, expect, test } from "vitest";
import { NumberPool } from "./numbers.ts";
import { systemNumber, TargetNumbers } from "./route-targets.ts";

test("a new instance gets the lowest free number, a known one its own", () => {
  const numbers = new NumberPool({ first: 8_000_000, last: 0xffffff });
  expect([numbers.numberOf("a"), numbers.numberOf("b"), numbers.numberOf("a")]).toEqual([8000000, 8000001, 8000000]);
  numbers.free("a");
  expect(numbers.numberOf("c")).toBe(8000000);
});

describe("numbers of stored instances", () => {
  test("are kept by them, whether they are learnt before or after others ask", () => {
    const numbers = new NumberPool({ first: 8_000_000, last: 0xffffff });
    numbers.learn("b", 8000000);
    expect([numbers.numberOf("a"), numbers.numberOf("b")]).toEqual([8000001, 8000000]);
  });

  test("are not given to others before the instance is gone from the store", () => {
    const numbers = new NumberPool({ first: 8_000_000, last: 0xffffff });
    numbers.learn("old", 8000000);
    numbers.numberOf("old");
    numbers.free("old");
    expect(numbers.numberOf("new")).toBe(8000001);
    numbers.learn("old", undefined);
    expect(numbers.numberOf("newer")).toBe(8000000);
  });

  test("are theirs although they were given others before, and whoever was given theirs asks again", () => {
    const numbers = new NumberPool({ first: 8_000_000, last: 0xffffff });
    expect([numbers.numberOf("a"), numbers.numberOf("b"), numbers.numberOf("c")]).toEqual([8000000, 8000001, 8000002]);
    numbers.learn("a", 8000001);
    expect(numbers.takeRevoked().map(({ owner }) => owner)).toEqual(["b", "a"]);
    expect([numbers.numberOf("a"), numbers.numberOf("b"), numbers.numberOf("c")]).toEqual([8000001, 8000000, 8000002]);
    numbers.learn("b", 8000000);
    expect(numbers.takeRevoked()).toEqual([]);
  });

  test("are given up where two instances have the same, for one of them", () => {
    const numbers = new NumberPool({ first: 8_000_000, last: 0xffffff });
    numbers.learn("a", 8000000);
    numbers.learn("b", 8000000);
    expect(numbers.numberOf("a")).not.toBe(numbers.numberOf("b"));
  });
});

describe("an AS of four octets", () => {
  test("leaves two for the number: from 8000 on", () => {
    const numbers = new TargetNumbers();
    const [short, long] = [numbers.under(65_001), numbers.under(4_200_000_000)];
    expect([short.numberOf("a"), long.numberOf("a"), long.numberOf("b")]).toEqual([8_000_000, 8_000, 8_001]);
    expect(numbers.under(64_512)).toBe(short);
  });

  test("does not keep a number that was stored under a shorter one", () => {
    const numbers = new TargetNumbers();
    numbers.learn("a", 8_000_005);
    expect([numbers.under(4_200_000_000).numberOf("a"), numbers.under(64_512).numberOf("a")]).toEqual([
      8_000, 8_000_005,
    ]);
  });

  test("has 24,768 numbers; then there is none", () => {
    const numbers = new TargetNumbers().under(4_200_000_000);
    for (let index = 0; index < 24_768; index++) expect(numbers.numberOf(`${index}`)).toBe(8_000 + index);
    expect(numbers.numberOf("one more")).toBeUndefined();
  });
});

test("each scope gives its numbers apart from the others", () => {
  const numbers = new NumberPool({ first: 1, last: 2 });
  numbers.learn("x", 1, "b");
  expect([numbers.numberOf("x", "a"), numbers.numberOf("y", "a"), numbers.numberOf("z", "a")]).toEqual([
    1,
    2,
    undefined,
  ]);
  expect([numbers.numberOf("y", "b"), numbers.numberOf("x", "b")]).toEqual([2, 1]);
});

test.each<[string, number | undefined]>([
  ["target:64512:8000000", 8000000],
  ["target:4200000000:8000", 8000],
  ["target:10.0.0.1:5", undefined],
  ["target:1:", undefined],
  ["", undefined],
])("the number of %j is %j", (text, wanted) => {
  expect(systemNumber(text)).toBe(wanted);
});
