import { expect, test } from "vitest";
import { derivedDistinguisher } from "./derived-distinguisher.ts";
import { insideTarget, isInsideTarget } from "./inside-target.ts";

// Names that FNV-1a, which was here before, cannot tell apart: such are found in a second.

test("names that a weak hash takes for one have different inside targets", () => {
  const [one, other] = [insideTarget("d:p:t0wei31ryp77o:n"), insideTarget("d:p:48zklsz8d8av:n")];
  expect(one).not.toBe(other);
  expect([one, other].every(isInsideTarget)).toBe(true);
});

test("and so have routes different distinguishers, which agents cannot have", () => {
  const of = (name: string) => derivedDistinguisher(64_512, `static ${name}`, 1, 0);
  const [one, other] = [of("d:p:1pujuwb10g4vxp:n"), of("d:p:8bestcz40xud:n")];
  expect(one).not.toEqual(other);
  expect([one.high >>> 8, other.high >>> 8]).toEqual([0x0001_00, 0x0001_00]);
  expect(of("d:p:8bestcz40xud:n")).toEqual(other);
});
