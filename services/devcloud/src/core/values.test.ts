import { expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import { pageOf } from "./paging.ts";
import { integer, map, needText, PAGING, text } from "./parameter.ts";
import { Values } from "./values.ts";

const values = (raw: Record<string, string>): Values =>
  new Values("listThings", { ...PAGING, tags: map(""), name: text("") }, new Map(Object.entries(raw)));

test("the first parameter that is missing is named, then the first that is wrong", () => {
  const declared = { a: needText(""), b: needText(""), n: integer("") };
  expect(() => new Values("doIt", declared, new Map([["n", "x"]]))).toThrow("command doit due to missing parameter a");
  const wrong = new Map([
    ["a", "1"],
    ["b", "2"],
    ["n", "99999999999"],
  ]);
  expect(() => new Values("doIt", declared, wrong)).toThrow("invalid value 99999999999 for parameter n");
});

test("entries of a map come in the order of their numbers, whatever else the names have", () => {
  const given = values({ "tags[10].key": "b", "tags[2].key": "a", "tags[2].value": "1", "other[0].key": "x" });
  expect(given.map("tags")).toEqual([{ key: "a", value: "1" }, { key: "b" }]);
});

test("details are taken in both of CloudStack's forms", () => {
  const given = values({ "tags[0].network.services": "Dhcp", "tags[1].key": "k", "tags[1].value": "v" });
  expect(given.details("tags")).toEqual({ "network.services": "Dhcp", k: "v" });
});

test("an empty parameter is an absent one", () => {
  expect(values({ name: "" }).has("name")).toBe(false);
});

const PAGES: readonly (readonly [Record<string, string>, object])[] = [
  [{}, { from: 0, to: 500 }],
  [
    { page: "2", pagesize: "10" },
    { from: 10, to: 20 },
  ],
  [
    { page: "0", pagesize: "10" },
    { from: 0, to: 10 },
  ],
  [
    { page: "1", pagesize: "0" },
    { from: 0, to: 0 },
  ],
  [{ pagesize: "-1" }, { from: 0, to: Number.POSITIVE_INFINITY }],
];

test.each(PAGES)("page of %o is %o", (raw, page) => {
  expect(pageOf(values(raw))).toEqual(page);
});

const REFUSED: readonly Record<string, string>[] = [
  { page: "1" },
  { pagesize: "1" },
  { page: "1", pagesize: "501" },
  { page: "1", pagesize: "-1" },
];

test.each(REFUSED)("page of %o is refused", (raw) => {
  expect(() => pageOf(values(raw))).toThrow(ApiError);
});
