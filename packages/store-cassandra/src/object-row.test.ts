import type { ConfigObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { encodeBody } from "./object-body.ts";
import { history, judge, objectOf, type RowState } from "./object-row.ts";
import type { Row } from "./session.ts";

/** A row after so many writes, the first by g0. */
function rowAfter(writes: number): RowState {
  const common = { uuid: "u", state: "live", revision: 1n, links: {}, nameClaim: undefined } as const;
  let row: RowState = { ...common, guard: "g0", earlier: [] };
  for (let index = 1; index < writes; index++) {
    row = { ...common, guard: `g${index}`, earlier: history(row).split(",") };
  }
  return row;
}

test("a row that was made by another write was not made by ours, however often it was changed since", () => {
  for (let writes = 1; writes < 30; writes++) expect(judge(rowAfter(writes), undefined, "ours")).toBe("other");
});

test("a row that our write made is ours, however often it was changed since", () => {
  for (let writes = 1; writes < 30; writes++) expect(judge(rowAfter(writes), undefined, "g0")).toBe("mine");
});

test("of a write over another one it is told what became of it, or that it is not known", () => {
  const row = rowAfter(300);
  expect(judge(row, "g298", "g299")).toBe("mine");
  expect(judge(row, "g299", "ours")).toBe("unchanged");
  expect(judge(row, "g173", "g174")).toBe("mine");
  expect(judge(row, "g173", "ours")).toBe("other");
  expect(() => judge(row, "g100", "g101")).toThrow("it is not known");
  expect(() => judge(row, "g0", "g1")).toThrow("it is not known");
  expect(judge(rowAfter(128), "g0", "ours")).toBe("other");
});

test("a hundred writes of others do not hide what became of ours", () => {
  expect(judge(rowAfter(200), "g90", "g91")).toBe("mine");
  expect(judge(rowAfter(200), "g90", "ours")).toBe("other");
});

test("a row remembers its first guard and the 127 before the present one", () => {
  const { earlier } = rowAfter(300);
  expect(earlier).toHaveLength(128);
  expect([earlier[0], earlier[1], earlier.at(-1)]).toEqual(["g0", "g172", "g298"]);
});

const OBJECT: ConfigObject = {
  ...{ uuid: "u", type: "t", fqName: ["a", "b"], parentType: "p", parentUuid: "v", revision: 1n },
  refs: [{ toType: "t", toUuid: "w", toFqName: ["w"], attr: { sequence: null } }],
  ...{ properties: { large: 2n ** 63n, text: "ü" }, derived: true, epoch: 2n ** 60n },
};

/** A row whose object was written with a revision. */
function rowWith(object: ConfigObject | undefined): Row {
  const body = object === undefined ? null : encodeBody(object);
  return { get: (column: string) => (column === "body" ? body : null) } as Row; // Nothing else of a row is asked for.
}

test("an object of a row comes back as it was written", () => {
  expect(objectOf(rowAfter(1), rowWith(OBJECT))).toEqual(OBJECT);
  const bare = { ...OBJECT, parentType: undefined, parentUuid: undefined, refs: [], properties: {} };
  expect(objectOf(rowAfter(1), rowWith(bare))).toEqual(bare);
});

test("an object of another revision than its row's, or none, is not that of the row", () => {
  expect(objectOf(rowAfter(1), rowWith({ ...OBJECT, revision: 2n }))).toBeUndefined();
  expect(objectOf({ ...rowAfter(1), revision: 2n }, rowWith(OBJECT))).toBeUndefined();
  expect(objectOf(rowAfter(1), rowWith(undefined))).toBeUndefined();
});
