import { deepStrictEqual } from "node:assert/strict";
import type { StoreCase } from "./contract-case.ts";

const CALLERS = 16;

/** Records: small rows that are changed only as they were read. */
export const RECORD_CASES: readonly StoreCase[] = [
  {
    name: "records are made, changed and removed as they were read only, and survive a reopen",
    async run({ store, reopen }) {
      deepStrictEqual(await store.swapRecord("user", "a", undefined, "1"), true);
      deepStrictEqual(await store.swapRecord("user", "a", undefined, "other"), false);
      deepStrictEqual(await store.swapRecord("user", "a", "0", "2"), false);
      deepStrictEqual(await store.swapRecord("user", "nobody", "0", "2"), false);
      deepStrictEqual(await store.swapRecord("user", "a", "1", "2"), true);
      const again = await reopen();
      deepStrictEqual(await again.readRecord("user", "a"), "2");
      deepStrictEqual(await again.swapRecord("user", "a", "1", undefined), false);
      deepStrictEqual(await again.swapRecord("user", "a", "2", undefined), true);
      deepStrictEqual(await again.readRecord("user", "a"), undefined);
    },
  },
  {
    name: "the records of a kind are listed, those of another are not",
    async run({ store }) {
      for (const id of ["b", "a"]) await store.swapRecord("key", id, undefined, `of ${id}`);
      await store.swapRecord("session", "c", undefined, "of c");
      const listed = [...(await store.records("key"))].sort((x, y) => (x.id < y.id ? -1 : 1));
      deepStrictEqual(listed, [
        { id: "a", text: "of a" },
        { id: "b", text: "of b" },
      ]);
      deepStrictEqual(await store.records("none"), []);
    },
  },
  {
    name: "of callers that change a record at once exactly one does",
    async run({ store }) {
      await store.swapRecord("user", "contended", undefined, "0");
      const tries = Array.from({ length: CALLERS }, (_, index) =>
        store.swapRecord("user", "contended", "0", `1 by ${index}`),
      );
      deepStrictEqual((await Promise.all(tries)).filter(Boolean).length, 1);
    },
  },
];
