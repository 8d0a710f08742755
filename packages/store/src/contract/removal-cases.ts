import { deepStrictEqual, rejects } from "node:assert/strict";
import type { StoreCase } from "./contract-case.ts";
import { childOf, collect, numbers, outcomes, referring, sample } from "./samples.ts";

/** Removal, tombstones, and what stands in the way of a removal. */
export const REMOVAL_CASES: readonly StoreCase[] = [
  {
    name: "what has children or referrers is not removed, and the refusal names them",
    async run({ store }) {
      const parent = await store.write(sample("p"), undefined);
      const target = await store.write(sample("t"), undefined);
      const child = await store.write(childOf("p", "c"), undefined);
      const referrer = await store.write(referring("r", "t"), undefined);
      const named = (code: string, uuid: string) => (reason: { code: string; fields: { uuids: readonly string[] } }) =>
        reason.code === code && reason.fields.uuids.includes(uuid);
      await rejects(store.remove("p", parent.revision), named("store.children_conflict", "c"));
      await rejects(store.remove("t", target.revision), named("store.referred_conflict", "r"));
      await store.remove("c", child.revision);
      await store.remove("p", parent.revision);
      await store.write({ ...referrer, refs: [] }, referrer.revision);
      await store.remove("t", target.revision);
      deepStrictEqual(
        (await collect(store)).map(({ uuid }) => uuid),
        ["r"],
      );
    },
  },
  {
    name: "what a removed object referred to is not in use by the one that is made next",
    async run({ store }) {
      const target = await store.write(sample("t"), undefined);
      const referrer = await store.write(referring("r", "t"), undefined);
      await store.remove("r", referrer.revision);
      await store.write(sample("x"), undefined);
      await store.remove("t", target.revision);
      deepStrictEqual(
        (await collect(store)).map(({ uuid }) => uuid),
        ["x"],
      );
    },
  },
  {
    name: "what is derived from an object need not go before it, and is not made anew once it is gone",
    async run({ store }) {
      const parent = await store.write(sample("p"), undefined);
      const child = await store.write(childOf("p", "c"), undefined);
      const other = await store.write(childOf("p", "d"), undefined);
      await store.write(referring("r", "p"), undefined);
      const besides = new Set(["c", "r"]);
      const named = (code: string, uuid: string) => ({ code, fields: { uuids: [uuid] } });
      await rejects(store.remove("p", parent.revision, { besides }), named("store.children_conflict", "d"));
      await store.remove("d", other.revision);
      besides.delete("r");
      await rejects(store.remove("p", parent.revision, { besides }), named("store.referred_conflict", "r"));
      besides.add("r");
      await store.remove("p", parent.revision, { besides });
      const { revision } = await store.remove("c", child.revision);
      const refused = { code: "store.reference_bad_request", fields: { uuid: "p" } };
      await rejects(store.write({ ...childOf("p", "c"), revision }, undefined), refused);
      deepStrictEqual(
        (await collect(store)).map(({ uuid }) => uuid),
        ["r"],
      );
    },
  },
  {
    name: "a reference to itself does not keep an object, and a removed referrer keeps nothing",
    async run({ store }) {
      const first = await store.write(sample("self"), undefined);
      const self = await store.write(referring("self", "self"), first.revision);
      const target = await store.write(sample("t"), undefined);
      const referrer = await store.write(referring("r", "t"), undefined);
      await store.remove("self", self.revision);
      await store.remove("r", referrer.revision);
      await store.remove("t", target.revision);
      deepStrictEqual(await collect(store), []);
    },
  },
  {
    name: "a removal with another revision, or of what is not there, is refused",
    async run({ store }) {
      const first = await store.write(sample("a"), undefined);
      await rejects(store.remove("a", first.revision + 1n), { code: "store.conflict" });
      await rejects(store.remove("nobody", 1n), { code: "store.not_found" });
      deepStrictEqual(await store.read("a"), first);
    },
  },
  {
    name: "a uuid whose object was changed often, removed and made again is free for the next object, also at another node",
    async run({ store, peer }) {
      const other = await peer();
      let revision = 0n;
      for (const opened of [store, other, store]) {
        let object = await opened.write(sample("a"), undefined);
        for (const round of numbers(10)) {
          object = await opened.write({ ...object, properties: { round } }, object.revision);
        }
        deepStrictEqual(object.revision > revision, true);
        revision = (await opened.remove("a", object.revision)).revision;
      }
      deepStrictEqual(await other.read("a"), undefined);
    },
  },
  {
    name: "a removed object is gone with its name, also after a reopen, and what was removed is given back",
    async run({ store, reopen }) {
      const first = await store.write(sample("a"), undefined);
      const { object, revision } = await store.remove("a", first.revision);
      deepStrictEqual([object, revision > first.revision], [first, true]);
      for (const opened of [store, await reopen()]) {
        deepStrictEqual([await opened.read("a"), await opened.findName("t", ["a"])], [undefined, undefined]);
      }
    },
  },
  {
    name: "of a change and a removal at once one wins",
    async run({ store }) {
      for (const index of numbers(20)) {
        const first = await store.write(sample(`u${index}`), undefined);
        const { served } = await outcomes([
          store.write(first, first.revision),
          store.remove(first.uuid, first.revision),
        ]);
        deepStrictEqual(served, 1);
      }
    },
  },
];
