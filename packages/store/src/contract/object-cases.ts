import { deepStrictEqual, rejects } from "node:assert/strict";
import type { StoreCase } from "./contract-case.ts";
import { childOf, collect, numbers, outcomes, referring, sample } from "./samples.ts";

/** Objects, names, revisions and references. */
export const OBJECT_CASES: readonly StoreCase[] = [
  {
    name: "an object comes back as it was written, also after a reopen",
    async run({ store, reopen }) {
      const properties = { number: 9223372036854775807n, text: "ä\u{1f600}", nested: { list: [1, null, true, -1.5] } };
      const written = await store.write(sample("a", { properties }), undefined);
      deepStrictEqual(await store.read("a"), written);
      const again = await reopen();
      deepStrictEqual(await again.read("a"), written);
      deepStrictEqual(await again.findName("t", ["a"]), "a");
      deepStrictEqual(await collect(again), [written]);
    },
  },
  {
    name: "an object of 400,000 characters is kept whole",
    async run({ store }) {
      const written = await store.write(sample("big", { properties: { text: "x".repeat(400_000) } }), undefined);
      deepStrictEqual(await store.read("big"), written);
    },
  },
  {
    name: "all gives each of 2,500 objects once",
    async run({ store }) {
      await Promise.all(numbers(2_500).map((index) => store.write(sample(`u${index}`), undefined)));
      const found = await collect(store);
      deepStrictEqual([found.length, new Set(found.map(({ uuid }) => uuid)).size], [2_500, 2_500]);
    },
  },
  {
    name: "uuid and name can be taken once",
    async run({ store }) {
      await store.write(sample("a"), undefined);
      await rejects(store.write(sample("a", { fqName: ["x"] }), undefined), { code: "store.conflict" });
      await rejects(store.write(sample("b", { fqName: ["a"] }), undefined), { code: "store.name_conflict" });
      await store.write(sample("c", { type: "other", fqName: ["a"] }), undefined);
      deepStrictEqual(await store.read("b"), undefined);
    },
  },
  {
    name: "names are lists: one that joins to the same text is another one",
    async run({ store }) {
      await store.write(sample("a", { fqName: ["x:y", "z"] }), undefined);
      await store.write(sample("b", { fqName: ["x", "y:z"] }), undefined);
      deepStrictEqual(await store.findName("t", ["x", "y", "z"]), undefined);
      deepStrictEqual(await store.findName("t", ["x", "y:z"]), "b");
    },
  },
  {
    name: "a hundred creations of one name have one winner",
    async run({ store }) {
      const tries = numbers(100).map((index) => store.write(sample(`u${index}`, { fqName: ["n"] }), undefined));
      const { served, codes } = await outcomes(tries);
      deepStrictEqual([served, new Set(codes)], [1, new Set(["store.name_conflict"])]);
      deepStrictEqual((await collect(store)).length, 1);
    },
  },
  {
    name: "a new name frees the old one, and is refused where it is taken",
    async run({ store }) {
      const first = await store.write(sample("a"), undefined);
      await store.write(sample("b"), undefined);
      await rejects(store.write({ ...first, fqName: ["b"] }, first.revision), { code: "store.name_conflict" });
      deepStrictEqual(await store.findName("t", ["a"]), "a");
      await store.write({ ...first, fqName: ["c"] }, first.revision);
      deepStrictEqual([await store.findName("t", ["a"]), await store.findName("t", ["c"])], [undefined, "a"]);
      await store.write(sample("d", { fqName: ["a"] }), undefined);
    },
  },
  {
    name: "a write with another revision is refused, and one of two concurrent ones wins",
    async run({ store }) {
      const first = await store.write(sample("a"), undefined);
      const { served, codes } = await outcomes([
        store.write(first, first.revision),
        store.write(first, first.revision),
      ]);
      deepStrictEqual([served, codes], [1, ["store.conflict"]]);
      await rejects(store.write(first, 99n), { code: "store.conflict" });
      await rejects(store.write(sample("nobody"), 1n), { code: "store.conflict" });
    },
  },
  {
    name: "fifty writers that try again until they win lose no update",
    async run({ store }) {
      await store.write(sample("a", { properties: { count: 0 } }), undefined);
      const increment = async (): Promise<void> => {
        for (;;) {
          const before = await store.read("a");
          if (before === undefined) throw new Error("it is gone");
          const after = { ...before, properties: { count: Number(before.properties.count) + 1 } };
          const { served } = await outcomes([store.write(after, before.revision)]);
          if (served === 1) return;
        }
      };
      await Promise.all(numbers(50).map(increment));
      const after = await store.read("a");
      deepStrictEqual([after?.properties.count, after?.revision], [50, 51n]);
    },
  },
  {
    name: "revisions rise across delete and re-creation",
    async run({ store, reopen }) {
      const first = await store.write(sample("a"), undefined);
      const second = await store.write(first, first.revision);
      const { revision } = await store.remove("a", second.revision);
      const again = await (await reopen()).write(sample("a"), undefined);
      const seen = [first.revision, second.revision, revision, again.revision];
      deepStrictEqual(
        seen,
        [...new Set(seen)].sort((a, b) => Number(a - b)),
      );
    },
  },
  {
    name: "parents and targets of references must exist; what is refused leaves nothing",
    async run({ store }) {
      await rejects(store.write(childOf("nobody", "c"), undefined), { code: "store.reference_bad_request" });
      await rejects(store.write(referring("r", "nobody"), undefined), { code: "store.reference_bad_request" });
      deepStrictEqual(await store.findName("t", ["nobody", "c"]), undefined);
      deepStrictEqual([await collect(store), await store.outbox(10)], [[], []]);
      await store.write(sample("x", { fqName: ["r"] }), undefined);
    },
  },
  {
    name: "the state of a uuid is its newest revision, also where a removal left it, and nothing where it never was",
    async run({ store }) {
      deepStrictEqual(await store.state("a"), undefined);
      const first = await store.write(sample("a"), undefined);
      deepStrictEqual(await store.state("a"), { revision: first.revision, isThere: true });
      const { revision } = await store.remove("a", first.revision);
      deepStrictEqual(await store.state("a"), { revision, isThere: false });
      const again = await store.write(sample("a"), undefined);
      deepStrictEqual(await store.state("a"), { revision: again.revision, isThere: true });
    },
  },
];
