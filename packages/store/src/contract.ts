import { deepStrictEqual, rejects } from "node:assert/strict";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore, OutboxEntry } from "./object-store.ts";

/** A store under test; each case gets an empty one. */
export interface StoreFixture {
  readonly store: ObjectStore;
  /** Ends the store without a farewell and opens the same data again. */
  reopen(): Promise<ObjectStore>;
}

/** One case of the contract; a failed expectation throws. */
export interface StoreCase {
  readonly name: string;
  run(fixture: StoreFixture): Promise<void>;
}

/** What every store must do. */
export const STORE_CONTRACT: readonly StoreCase[] = [
  {
    name: "an object comes back as it was written, also after a reopen",
    async run({ store, reopen }) {
      const properties = { number: 9223372036854775807n, text: "ä", nested: { list: [1, null, true] } };
      const written = await store.write({ ...object("a"), properties }, undefined);
      deepStrictEqual(await store.read("a"), written);
      const again = await reopen();
      deepStrictEqual(await again.read("a"), written);
      deepStrictEqual(await again.findName("t", ["a"]), "a");
      deepStrictEqual(await collect(again.all()), [written]);
    },
  },
  {
    name: "uuid and name can be taken once",
    async run({ store }) {
      await store.write(object("a"), undefined);
      await rejects(store.write({ ...object("a"), fqName: ["x"] }, undefined), { code: "store.conflict" });
      await rejects(store.write({ ...object("b"), fqName: ["a"] }, undefined), { code: "store.name_conflict" });
      await store.write({ ...object("c"), type: "other", fqName: ["a"] }, undefined);
      deepStrictEqual(await store.read("b"), undefined);
    },
  },
  {
    name: "a hundred creations of one name have one winner",
    async run({ store }) {
      const tries = Array.from({ length: 100 }, (_, index) =>
        store.write({ ...object(`u${index}`), fqName: ["n"] }, undefined),
      );
      const results = await Promise.allSettled(tries);
      deepStrictEqual(results.filter(({ status }) => status === "fulfilled").length, 1);
    },
  },
  {
    name: "a write with another revision is refused, and one of two concurrent ones wins",
    async run({ store }) {
      const first = await store.write(object("a"), undefined);
      const results = await Promise.allSettled([
        store.write(first, first.revision),
        store.write(first, first.revision),
      ]);
      deepStrictEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
      await rejects(store.write(first, 99n), { code: "store.conflict" });
    },
  },
  {
    name: "revisions rise across delete and re-creation",
    async run({ store, reopen }) {
      const first = await store.write(object("a"), undefined);
      const second = await store.write(first, first.revision);
      const { revision } = await store.remove("a", second.revision);
      const again = await (await reopen()).write(object("a"), undefined);
      const seen = [first.revision, second.revision, revision, again.revision];
      deepStrictEqual(
        seen,
        [...new Set(seen)].sort((a, b) => Number(a - b)),
      );
    },
  },
  {
    name: "parents and targets of references must exist",
    async run({ store }) {
      const child = { ...object("c"), parentType: "t", parentUuid: "nobody" };
      await rejects(store.write(child, undefined), { code: "store.reference_bad_request" });
      await rejects(store.write(referring("r", "nobody"), undefined), { code: "store.reference_bad_request" });
      deepStrictEqual(await store.findName("t", ["c"]), undefined);
    },
  },
  {
    name: "what has children or referrers is not removed",
    async run({ store }) {
      const parent = await store.write(object("p"), undefined);
      const target = await store.write(object("t"), undefined);
      const child = await store.write({ ...object("c"), parentType: "t", parentUuid: "p" }, undefined);
      const referrer = await store.write(referring("r", "t"), undefined);
      await rejects(store.remove("p", parent.revision), { code: "store.children_conflict" });
      await rejects(store.remove("t", target.revision), { code: "store.referred_conflict" });
      await store.remove("c", child.revision);
      await store.remove("p", parent.revision);
      await store.write({ ...referrer, refs: [] }, referrer.revision);
      await store.remove("t", target.revision);
      deepStrictEqual(
        (await collect(store.all())).map(({ uuid }) => uuid),
        ["r"],
      );
    },
  },
  {
    name: "every write is in the outbox until its own revision is published",
    async run({ store, reopen }) {
      const heard: OutboxEntry[] = [];
      store.onWrite((entry) => heard.push(entry));
      const first = await store.write(object("a"), undefined);
      const second = await store.write(first, first.revision);
      await store.published({ uuid: "a", revision: first.revision });
      deepStrictEqual(await store.outbox(10), [{ uuid: "a", revision: second.revision }]);
      deepStrictEqual(
        heard.map(({ revision }) => revision),
        [first.revision, second.revision],
      );
      const again = await reopen();
      deepStrictEqual(await again.outbox(10), [{ uuid: "a", revision: second.revision }]);
      await again.published({ uuid: "a", revision: second.revision });
      deepStrictEqual(await again.outbox(10), []);
      const { revision } = await again.remove("a", second.revision);
      deepStrictEqual(await again.outbox(10), [{ uuid: "a", revision }]);
    },
  },
  {
    name: "numbers are given once, lowest or highest first, and come back when freed",
    async run({ store, reopen }) {
      const pool = { pool: "p", first: 5n, last: 8n };
      await store.write(object("o"), undefined);
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
      deepStrictEqual(await again.allocate({ ...pool, owner: "x" }), 5n);
      deepStrictEqual(await again.sweepAllocations(), 1);
      deepStrictEqual(
        (await again.allocations("p")).map(({ value }) => value),
        [6n, 7n, 8n],
      );
    },
  },
  {
    name: "concurrent claims are never given twice, and a removed owner's numbers are free",
    async run({ store }) {
      const owner = await store.write(object("o"), undefined);
      const claims = Array.from({ length: 200 }, () =>
        store.allocate({ pool: "c", owner: "o", first: 0n, last: 999n }),
      );
      deepStrictEqual(new Set(await Promise.all(claims)).size, 200);
      await store.allocate({ pool: "c", owner: "unwritten", first: 0n, last: 999n });
      await store.freeAll("unwritten");
      deepStrictEqual((await store.allocations("c")).length, 200);
      await store.remove("o", owner.revision);
      deepStrictEqual(await store.allocations("c"), []);
    },
  },
  {
    name: "a lease has one holder, a new one raises the epoch, and derived writes of an older epoch are refused",
    async run({ store }) {
      const first = await store.acquireLease("l", "one", 60_000);
      deepStrictEqual(await store.acquireLease("l", "two", 60_000), undefined);
      deepStrictEqual(await store.acquireLease("l", "one", 0), first);
      const second = await store.acquireLease("l", "two", 60_000);
      deepStrictEqual((second ?? 0n) > (first ?? 0n), true);
      const derived = { ...object("d"), derived: true };
      await rejects(store.write({ ...derived, epoch: first ?? 0n }, undefined), {
        code: "store.epoch_precondition_failed",
      });
      await store.write({ ...derived, epoch: second ?? 0n }, undefined);
    },
  },
  {
    name: "keys hold values until they are removed",
    async run({ store, reopen }) {
      await store.writeKey("k", "v");
      const again = await reopen();
      deepStrictEqual(await again.readKey("k"), "v");
      await again.writeKey("k", undefined);
      deepStrictEqual(await again.readKey("k"), undefined);
    },
  },
];

function object(uuid: string): ConfigObject {
  return {
    type: "t",
    uuid,
    fqName: [uuid],
    parentType: undefined,
    parentUuid: undefined,
    revision: 0n,
    refs: [],
    properties: {},
    derived: false,
    epoch: 0n,
  };
}

function referring(uuid: string, target: string): ConfigObject {
  return { ...object(uuid), refs: [{ toType: "t", toUuid: target, toFqName: [target], attr: { weight: 1 } }] };
}

async function collect(objects: AsyncIterable<ConfigObject>): Promise<ConfigObject[]> {
  const found: ConfigObject[] = [];
  for await (const item of objects) found.push(item);
  return found;
}
