import { deepStrictEqual, rejects } from "node:assert/strict";
import type { StoreCase } from "./contract-case.ts";
import { numbers, outcomes, sample } from "./samples.ts";

/** Pools of numbers. */
export const ALLOCATION_CASES: readonly StoreCase[] = [
  {
    name: "numbers are given once, lowest or highest first, and come back when freed",
    async run({ store, reopen }) {
      const pool = { pool: "p", first: 5n, last: 8n };
      await store.write(sample("o"), undefined);
      deepStrictEqual(await store.allocate({ ...pool, owner: "o" }), 5n);
      deepStrictEqual(await store.allocate({ ...pool, owner: "o", fromEnd: true }), 8n);
      deepStrictEqual(await store.allocate({ ...pool, owner: "o", wanted: 7n }), 7n);
      deepStrictEqual(await store.allocate({ ...pool, owner: "o", wanted: 7n }), 7n);
      await rejects(store.allocate({ ...pool, owner: "x", wanted: 7n }), { code: "store.allocated_conflict" });
      const again = await reopen();
      deepStrictEqual(await again.allocate({ ...pool, owner: "o" }), 6n);
      await rejects(again.allocate({ ...pool, owner: "o" }), { code: "store.exhausted_conflict" });
      await again.free("p", 7n, "x");
      await again.free("p", 5n, "o");
      await again.free("p", 5n, "o");
      deepStrictEqual(await again.allocate({ ...pool, owner: "x" }), 5n);
      deepStrictEqual(await again.sweepAllocations(0), 1);
      deepStrictEqual(
        (await again.allocations("p")).map(({ value }) => value),
        [6n, 7n, 8n],
      );
    },
  },
  {
    name: "pools are apart, and numbers of 128 bits (IPv6 addresses) are exact",
    async run({ store }) {
      const value = 2n ** 128n - 1n;
      const one = await store.allocate({ pool: "one", owner: "o", first: value, last: value });
      const two = await store.allocate({ pool: "two", owner: "o", first: value, last: value });
      deepStrictEqual([one, two], [value, value]);
      deepStrictEqual(await store.allocations("one"), [{ value, owner: "o" }]);
      deepStrictEqual(await store.allocations("three"), []);
    },
  },
  {
    name: "concurrent claims are never given twice, and a removed owner's numbers are free",
    async run({ store }) {
      const owner = await store.write(sample("o"), undefined);
      const claims = numbers(200).map(() => store.allocate({ pool: "c", owner: "o", first: 0n, last: 999n }));
      deepStrictEqual(new Set(await Promise.all(claims)).size, 200);
      await store.allocate({ pool: "c", owner: "unwritten", first: 0n, last: 999n });
      await store.freeAll("unwritten");
      deepStrictEqual((await store.allocations("c")).length, 200);
      await store.remove("o", owner.revision);
      deepStrictEqual(await store.allocations("c"), []);
    },
  },
  {
    name: "of twenty owners that want one number one gets it",
    async run({ store }) {
      const claims = numbers(20).map((index) =>
        store.allocate({ pool: "w", owner: `o${index}`, first: 0n, last: 9n, wanted: 4n }),
      );
      const { served, codes } = await outcomes(claims);
      deepStrictEqual([served, new Set(codes)], [1, new Set(["store.allocated_conflict"])]);
    },
  },
  {
    name: "a sweep leaves claims that are younger than it asks for, and those of objects",
    async run({ store }) {
      await store.write(sample("o"), undefined);
      await store.allocate({ pool: "s", owner: "o", first: 0n, last: 9n });
      await store.allocate({ pool: "s", owner: "unwritten", first: 0n, last: 9n });
      deepStrictEqual(await store.sweepAllocations(3_600_000), 0);
      deepStrictEqual(await store.sweepAllocations(0), 1);
      deepStrictEqual(await store.allocations("s"), [{ value: 0n, owner: "o" }]);
    },
  },
];
