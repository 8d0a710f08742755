import { deepStrictEqual, rejects } from "node:assert/strict";
import type { StoreCase } from "./contract-case.ts";
import { childOf, collect, numbers, referring, sample } from "./samples.ts";

/** What a backup reads, and what it is put back with. */
export const BACKUP_CASES: readonly StoreCase[] = [
  {
    name: "objects are put back in any order, as they were, and are in the outbox",
    async run({ store, reopen }) {
      const objects = [
        { ...childOf("p", "c"), revision: 7n, properties: { text: "x", none: null } },
        { ...referring("p", "q"), revision: 3n },
        { ...referring("q", "p"), revision: 1n, derived: true, epoch: 9n },
      ];
      for (const object of objects) await store.restore(object);
      for (const object of objects) await store.restore(object);
      const again = await reopen();
      deepStrictEqual(
        await collect(again),
        objects.toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1)),
      );
      deepStrictEqual(await again.findName("t", ["p", "c"]), "c");
      const revisions = (await again.outbox(10)).map(({ uuid, revision }) => `${uuid} ${revision}`);
      deepStrictEqual(revisions.sort(), ["c 7", "p 3", "q 1"]);
      await rejects(again.remove("p", 3n), { code: "store.children_conflict" });
      deepStrictEqual((await again.write({ ...sample("c"), fqName: ["p", "c"] }, 7n)).revision, 8n);
    },
  },
  {
    name: "an object is not put back over another revision, a later tombstone, or another's name",
    async run({ store }) {
      const written = await store.write(sample("a"), undefined);
      await rejects(store.restore({ ...written, revision: written.revision + 1n }), { code: "store.conflict" });
      await rejects(store.restore({ ...sample("b"), fqName: ["a"], revision: 1n }), { code: "store.name_conflict" });
      await store.remove("a", written.revision);
      await rejects(store.restore(written), { code: "store.conflict" });
      deepStrictEqual(await collect(store), []);
    },
  },
  {
    name: "every key is listed once, and every pool in which a number is taken",
    async run({ store }) {
      const wanted = numbers(1_050).map((index) => [`k${index}`, `v${index}`] as const);
      await Promise.all(wanted.map(([key, value]) => store.writeKey(key, value)));
      await store.writeKey("gone", "x");
      await store.writeKey("gone", undefined);
      const found: (readonly [string, string])[] = [];
      for await (const item of store.keys()) found.push(item);
      deepStrictEqual(new Map(found), new Map(wanted));
      deepStrictEqual(found.length, wanted.length);
      await store.allocate({ pool: "p", owner: "o", first: 1n, last: 2n });
      await store.allocate({ pool: "q", owner: "o", first: 1n, last: 2n });
      await store.freeAll("o");
      await store.allocate({ pool: "r", owner: "o", first: 1n, last: 2n });
      deepStrictEqual(await store.pools(), ["r"]);
    },
  },
];
