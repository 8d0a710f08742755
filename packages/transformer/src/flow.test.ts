import { expect, test } from "vitest";
import { DesiredState } from "./desired-state.ts";
import { fact, factTable } from "./fact-table.ts";
import { Flow, type Rule } from "./flow.ts";
import { NumberPool } from "./numbers.ts";

const INPUT = factTable<number>("input");
const SIGN = factTable<string>("sign");

/** The sign of each input, and who has a number, as objects. */
function flow(...rules: readonly Rule[]): { readonly made: Flow; readonly state: DesiredState } {
  const state = new DesiredState();
  return { made: new Flow(rules, state), state };
}

const sign: Rule = {
  name: "sign",
  on: INPUT,
  run: (key, read) => ({ facts: [fact(SIGN, key, key, (read.value(INPUT, key) ?? 0) < 0 ? "-" : "+")] }),
};

test("a rule runs again when what it read changes, and only then", () => {
  const runs: string[] = [];
  const reader: Rule = {
    name: "reader",
    on: SIGN,
    run: (key, read) => {
      runs.push(`${key}${read.value(SIGN, key)}`);
      return {};
    },
  };
  const { made } = flow(sign, reader);
  for (const [key, value] of [
    ["a", 1],
    ["b", 2],
    ["a", 5],
    ["a", -5],
  ] as const) {
    made.put(INPUT, key, "", value);
    made.calculate();
  }
  expect(runs).toEqual(["a+", "b+", "a-"]);
});

test("what a rule said is taken back with the last fact under its key", () => {
  const { made, state } = flow(sign, { name: "sum", on: SIGN, run: () => ({ objects: [named("x")] }) });
  made.put(INPUT, "a", "", 1);
  made.calculate();
  expect([...state.all().keys()]).toEqual(["route-target x"]);
  made.put(INPUT, "a", "", undefined);
  made.calculate();
  expect(state.all().size).toBe(0);
});

test("who got no number gets one when another lets go of its own", () => {
  const pool = new NumberPool({ first: 1, last: 1 });
  const { made, state } = flow({
    name: "taker",
    on: INPUT,
    run: (key, read) => {
      const number = read.number(pool, key);
      return number === undefined ? {} : { objects: [named(`${key}${number}`)] };
    },
  });
  made.put(INPUT, "a", "", 1);
  made.calculate();
  made.put(INPUT, "b", "", 1);
  made.calculate();
  expect([...state.all().keys()]).toEqual(["route-target a1"]);
  made.put(INPUT, "a", "", undefined);
  made.calculate();
  expect([...state.all().keys()]).toEqual(["route-target b1"]);
});

test("a rule that changes what an earlier one has read is a mistake that ends the run", () => {
  const late: Rule = { name: "late", on: INPUT, run: (key) => ({ facts: [fact(SIGN, key, "late", "?")] }) };
  const early: Rule = {
    name: "early",
    on: INPUT,
    run: (key, read) => ({ facts: read.values(SIGN, key).map(([, value]) => fact(INPUT, value, "never", 0)) }),
  };
  const { made } = flow(early, late);
  made.put(INPUT, "a", "", 1);
  expect(() => made.calculate()).toThrow("rule late changes what early has read");
});

function named(name: string) {
  return { type: "route-target", fqName: [name], parentType: undefined, refs: [], properties: {} };
}
