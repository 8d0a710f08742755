import { deepStrictEqual, rejects } from "node:assert/strict";
import { DERIVED_LEASE, type ObjectStore } from "../object-store.ts";
import type { StoreCase } from "./contract-case.ts";
import { sample } from "./samples.ts";

const LONG_MS = 600_000;
const SHORT_MS = 50;
const DEADLINE_MS = 20_000;

/** Leases, epochs of derived writes, and keys. */
export const LEASE_CASES: readonly StoreCase[] = [
  {
    name: "a lease has one holder, renewing keeps the epoch, a new holder raises it, also after a reopen",
    async run({ store, reopen }) {
      const first = await store.acquireLease("l", "one", LONG_MS);
      deepStrictEqual(await store.acquireLease("l", "two", LONG_MS), undefined);
      deepStrictEqual(await store.acquireLease("l", "one", LONG_MS), first);
      const again = await reopen();
      deepStrictEqual(await again.acquireLease("l", "two", LONG_MS), undefined);
      deepStrictEqual(await again.acquireLease("l", "one", SHORT_MS), first);
      const second = await takenOver(again, "l", "two");
      deepStrictEqual(second > (first ?? 0n), true);
      deepStrictEqual((await takenOver(again, "l", "one")) > second, true);
    },
  },
  {
    name: "a leader that was paused past its lease can neither write nor remove derived objects",
    async run({ store }) {
      const old = (await store.acquireLease(DERIVED_LEASE, "paused", SHORT_MS)) ?? 0n;
      const written = await store.write(sample("d", { derived: true, epoch: old }), undefined);
      const epoch = await takenOver(store, DERIVED_LEASE, "next");
      const refused = { code: "store.epoch_precondition_failed" };
      await rejects(store.write(sample("e", { derived: true, epoch: old }), undefined), refused);
      await rejects(store.write({ ...written, epoch: old }, written.revision), refused);
      await rejects(store.remove("d", written.revision, { epoch: old }), refused);
      deepStrictEqual(await store.read("d"), written);
      const taken = await store.write({ ...written, epoch }, written.revision);
      await store.remove("d", taken.revision, { epoch });
    },
  },
  {
    name: "a leader that was paused past its lease cannot change what a client made",
    async run({ store }) {
      const old = (await store.acquireLease(DERIVED_LEASE, "paused", SHORT_MS)) ?? 0n;
      const client = await store.write(sample("c"), undefined);
      const epoch = await takenOver(store, DERIVED_LEASE, "next");
      const refused = { code: "store.epoch_precondition_failed" };
      await rejects(store.write({ ...client, properties: { by: "old" } }, client.revision, old), refused);
      deepStrictEqual(await store.read("c"), client);
      const changed = await store.write({ ...client, properties: { by: "next" } }, client.revision, epoch);
      deepStrictEqual(changed.properties, { by: "next" });
    },
  },
  {
    name: "a lease that its holder lets go goes to the next one at once",
    async run({ store }) {
      const first = (await store.acquireLease("l", "one", LONG_MS)) ?? 0n;
      deepStrictEqual(await store.acquireLease("l", "two", LONG_MS), undefined);
      deepStrictEqual(await store.acquireLease("l", "one", 0), first);
      deepStrictEqual((await takenOver(store, "l", "two")) > first, true);
    },
  },
  {
    name: "a lease of a holder that is known to be gone is taken over at once, nobody else's",
    async run({ store }) {
      const first = (await store.acquireLease("l", "node/1", LONG_MS)) ?? 0n;
      deepStrictEqual(await store.acquireLease("l", "other/1", LONG_MS, "other/"), undefined);
      const second = (await store.acquireLease("l", "node/2", LONG_MS, "node/")) ?? 0n;
      deepStrictEqual(second > first, true);
      deepStrictEqual(await store.acquireLease("l", "node/1", LONG_MS), undefined);
    },
  },
  {
    name: "clients' writes and removals need no epoch, and other leases do not count",
    async run({ store }) {
      const epoch = (await store.acquireLease(DERIVED_LEASE, "one", LONG_MS)) ?? 0n;
      await store.acquireLease("other", "one", SHORT_MS);
      await takenOver(store, "other", "two");
      const client = await store.write(sample("c"), undefined);
      await store.remove("c", client.revision);
      const derived = await store.write(sample("d", { derived: true, epoch }), undefined);
      await store.remove("d", derived.revision);
    },
  },
  {
    name: "keys hold values, also an empty one, until they are removed",
    async run({ store, reopen }) {
      await store.writeKey("k", "first");
      await store.writeKey("k", "v");
      await store.writeKey("empty", "");
      const again = await reopen();
      deepStrictEqual([await again.readKey("k"), await again.readKey("empty")], ["v", ""]);
      await again.writeKey("k", undefined);
      await again.writeKey("k", undefined);
      deepStrictEqual(await again.readKey("k"), undefined);
    },
  },
];

/** Asks for a lease until it is given; gives the epoch. Each try is short, so that the next holder can take it over. */
async function takenOver(store: ObjectStore, lease: string, holder: string): Promise<bigint> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  for (;;) {
    const epoch = await store.acquireLease(lease, holder, SHORT_MS);
    if (epoch !== undefined) return epoch;
    if (deadline.aborted) throw new Error(`${lease} was not given up`);
  }
}
