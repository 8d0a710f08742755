import { expect, test } from "vitest";
import type { Intent } from "./intent.ts";
import type { RowState } from "./object-row.ts";
import { Settling } from "./settling.ts";

const NUMBER = { pool: "security-group-ids", value: "8000002", owner: "u", nonce: "claimed" };

/** A removal of revision 2 over the row that "made" left. */
const REMOVAL: Intent = {
  ...{ instance: "i", generation: 1n, nonce: "removal", uuid: "u", revision: 2n },
  detail: { basis: "made", names: [], links: [], numbers: [NUMBER] },
};

/** Which numbers are freed when the removal is settled on a row. */
async function freed(state: RowState): Promise<readonly string[]> {
  const values: string[] = [];
  const settling = new Settling({
    rows: { state: () => Promise.resolve(state), fence: () => Promise.reject(new Error("nothing to fence")) },
    names: { release: () => Promise.resolve() },
    references: { drop: () => Promise.resolve() },
    numbers: { freeClaims: (claims) => Promise.resolve(void values.push(...claims.map(({ value }) => value))) },
    intents: { drop: () => Promise.resolve() },
  });
  await settling.settle(REMOVAL);
  return values;
}

function row(guard: string, earlier: readonly string[], state: RowState["state"], revision: bigint): RowState {
  return { uuid: "u", guard, earlier, state, revision, links: {}, nameClaim: "claim" };
}

test("a removal that came true gives numbers back, also where the object was made again since", async () => {
  expect(await freed(row("removal", ["made"], "gone", 2n))).toEqual(["8000002"]);
  expect(await freed(row("again", ["made", "removal"], "live", 3n))).toEqual(["8000002"]);
});

test("where another write has made the revision that a removal was to make, the object keeps its numbers", async () => {
  expect(await freed(row("update", ["made"], "live", 2n))).toEqual([]);
  expect(await freed(row("other", ["made", "update"], "removing", 3n))).toEqual([]);
});

test("nothing is given back before the removal's revision is there", async () => {
  expect(await freed(row("made", [], "live", 1n))).toEqual([]);
});
