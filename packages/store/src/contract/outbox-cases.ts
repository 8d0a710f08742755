import { deepStrictEqual, rejects } from "node:assert/strict";
import type { OutboxEntry } from "../object-store.ts";
import type { StoreCase } from "./contract-case.ts";
import { numbers, sample } from "./samples.ts";

/** The outbox: what is written is listed until it is published. */
export const OUTBOX_CASES: readonly StoreCase[] = [
  {
    name: "every write is in the outbox until its own revision is published",
    async run({ store, reopen }) {
      const first = await store.write(sample("a"), undefined);
      const second = await store.write(first, first.revision);
      await store.published({ uuid: "a", revision: first.revision }, 1n);
      deepStrictEqual(await store.outbox(10), [{ uuid: "a", revision: second.revision }]);
      const again = await reopen();
      deepStrictEqual(await again.outbox(10), [{ uuid: "a", revision: second.revision }]);
      await again.published({ uuid: "a", revision: second.revision }, 1n);
      deepStrictEqual(await again.outbox(10), []);
      await again.published({ uuid: "a", revision: second.revision }, 1n);
      const { revision } = await again.remove("a", second.revision);
      deepStrictEqual(await again.outbox(10), [{ uuid: "a", revision }]);
    },
  },
  {
    name: "a removed and re-created object has one entry, with its newest revision",
    async run({ store }) {
      const first = await store.write(sample("a"), undefined);
      const { revision } = await store.remove("a", first.revision);
      const again = await store.write(sample("a"), undefined);
      await store.published({ uuid: "a", revision }, 1n);
      deepStrictEqual(await store.outbox(10), [{ uuid: "a", revision: again.revision }]);
    },
  },
  {
    name: "a limit gives so many entries, and publishing them brings the others",
    async run({ store }) {
      for (const index of numbers(25)) await store.write(sample(`u${index}`), undefined);
      const seen: string[] = [];
      for (let entries = await store.outbox(10); entries.length > 0; entries = await store.outbox(10)) {
        deepStrictEqual(entries.length <= 10, true);
        seen.push(...entries.map(({ uuid }) => uuid));
        for (const entry of entries) await store.published(entry, 1n);
      }
      deepStrictEqual(
        seen.toSorted(),
        numbers(25)
          .map((index) => `u${index}`)
          .toSorted(),
      );
    },
  },
  {
    name: "what was written through a store is due until it is published",
    async run({ store }) {
      const first = await store.write(sample("a"), undefined);
      const other = await store.write(sample("b"), undefined);
      const { revision } = await store.remove("a", first.revision);
      await store.published({ uuid: "a", revision: first.revision }, 1n);
      const due = await store.due(10);
      deepStrictEqual(
        new Map(due.map((entry) => [entry.uuid, entry.revision])),
        new Map([
          ["a", revision],
          ["b", other.revision],
        ]),
      );
      deepStrictEqual((await store.due(1)).length, 1);
      for (const entry of due) await store.published(entry, 1n);
      deepStrictEqual([await store.due(10), await store.outbox(10)], [[], []]);
    },
  },
  {
    name: "the furthest position at which something was published is told, in whatever order the publishers end",
    async run({ store }) {
      deepStrictEqual(await store.logged(), 0n);
      const ends = [7n, 40n, 9n];
      const written = await Promise.all(ends.map((end) => store.write(sample(`u${end}`), undefined)));
      await Promise.all(written.map((object, index) => store.published(object, ends[index] ?? 0n)));
      deepStrictEqual(await store.logged(), 40n);
    },
  },
  {
    name: "writes made through a store are told to its listeners, refused ones and those after the end are not",
    async run({ store }) {
      const heard: OutboxEntry[] = [];
      const stop = store.onWrite((entry) => heard.push(entry));
      const first = await store.write(sample("a"), undefined);
      const second = await store.write(first, first.revision);
      await rejects(store.write(first, first.revision), { code: "store.conflict" });
      const { revision } = await store.remove("a", second.revision);
      stop();
      await store.write(sample("b"), undefined);
      const revisions = [first.revision, second.revision, revision];
      deepStrictEqual(
        heard,
        revisions.map((item) => ({ uuid: "a", revision: item })),
      );
    },
  },
];
