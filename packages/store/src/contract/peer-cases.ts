import { deepStrictEqual, rejects } from "node:assert/strict";
import type { StoreCase } from "./contract-case.ts";
import { collect, numbers, outcomes, referring, sample } from "./samples.ts";

const DEADLINE_MS = 30_000;

/** Two nodes on the same data, each with a store of its own. */
export const PEER_CASES: readonly StoreCase[] = [
  {
    name: "what one node wrote the other reads, and lists in the outbox until either publishes it",
    async run({ store, peer }) {
      const other = await peer();
      const written = await store.write(sample("a"), undefined);
      deepStrictEqual(await other.read("a"), written);
      deepStrictEqual(await other.findName("t", ["a"]), "a");
      deepStrictEqual(await other.outbox(10), [{ uuid: "a", revision: written.revision }]);
      await other.published({ uuid: "a", revision: written.revision }, 5n);
      deepStrictEqual([await store.outbox(10), await store.logged()], [[], 5n]);
    },
  },
  {
    name: "an object that two nodes wrote is in the outbox of either with its newest revision",
    async run({ store, peer }) {
      const other = await peer();
      for (const [uuid, first, second] of [["a", store, other] as const, ["b", other, store] as const]) {
        const before = await first.write(sample(uuid), undefined);
        const { revision } = await second.write(before, before.revision);
        for (const node of [first, second]) {
          const entries = await node.outbox(10);
          deepStrictEqual(
            entries.filter((entry) => entry.uuid === uuid),
            [{ uuid, revision }],
          );
        }
      }
    },
  },
  {
    name: "what one node wrote and does not publish becomes due to the other",
    async run({ store, peer }) {
      const other = await peer();
      const { revision } = await store.write(sample("a"), undefined);
      const deadline = AbortSignal.timeout(DEADLINE_MS);
      let due = await other.due(10);
      while (due.length === 0 && !deadline.aborted) {
        await new Promise((resolve) => setImmediate(resolve));
        due = await other.due(10);
      }
      deepStrictEqual(due, [{ uuid: "a", revision }]);
      await other.published({ uuid: "a", revision }, 1n);
      deepStrictEqual([await other.due(10), await store.outbox(10)], [[], []]);
    },
  },
  {
    name: "a node that published an older state than another one wrote meanwhile keeps the uuid due",
    async run({ store, peer }) {
      const other = await peer();
      const first = await store.write(sample("a"), undefined);
      const second = await other.write(first, first.revision);
      await store.published({ uuid: "a", revision: first.revision }, 1n);
      deepStrictEqual((await store.due(10)).length, 1);
      await store.published({ uuid: "a", revision: second.revision }, 1n);
      await other.published({ uuid: "a", revision: second.revision }, 1n);
      deepStrictEqual([await store.due(10), await other.due(10), await store.outbox(10)], [[], [], []]);
    },
  },
  {
    name: "two nodes that create one name forty times at once make one object",
    async run({ store, peer }) {
      const nodes = [store, await peer()];
      const tries = numbers(40).map((index) =>
        nodes[index % 2]?.write(sample(`u${index}`, { fqName: ["n"] }), undefined),
      );
      const { served } = await outcomes(tries.flatMap((item) => item ?? []));
      deepStrictEqual([served, (await collect(store)).length], [1, 1]);
    },
  },
  {
    name: "two nodes that count up one object lose no update",
    async run({ store, peer }) {
      const nodes = [store, await peer()];
      await store.write(sample("a", { properties: { count: 0 } }), undefined);
      const increment = async (index: number): Promise<void> => {
        const node = nodes[index % 2] ?? store;
        for (;;) {
          const before = await node.read("a");
          if (before === undefined) throw new Error("it is gone");
          const after = { ...before, properties: { count: Number(before.properties.count) + 1 } };
          if ((await outcomes([node.write(after, before.revision)])).served === 1) return;
        }
      };
      await Promise.all(numbers(20).map(increment));
      deepStrictEqual((await store.read("a"))?.properties.count, 20);
    },
  },
  {
    name: "two nodes that are asked for numbers one after the other give them in order",
    async run({ store, peer }) {
      const nodes = [store, await peer()];
      const given: bigint[] = [];
      for (const node of [0, 1, 0, 0, 0, 1, 1, 0, 1]) {
        const claim = nodes[node]?.allocate({ pool: "p", owner: `o${given.length}`, first: 1n, last: 99n });
        given.push((await claim) ?? -1n);
      }
      deepStrictEqual(given, [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
    },
  },
  {
    name: "two nodes never give one number twice, and see what the other freed",
    async run({ store, peer }) {
      const other = await peer();
      const claim = (index: number) =>
        (index % 2 === 0 ? store : other).allocate({ pool: "p", owner: `o${index}`, first: 0n, last: 99n });
      deepStrictEqual(new Set(await Promise.all(numbers(100).map(claim))).size, 100);
      await rejects(other.allocate({ pool: "p", owner: "x", first: 0n, last: 99n }), {
        code: "store.exhausted_conflict",
      });
      const [taken] = await store.allocations("p");
      await store.free("p", taken?.value ?? -1n, taken?.owner ?? "");
      deepStrictEqual(await other.allocate({ pool: "p", owner: "x", first: 0n, last: 99n }), taken?.value);
    },
  },
  {
    name: "a lease that one node holds the other does not get",
    async run({ store, peer }) {
      const other = await peer();
      const tries = await Promise.all([
        store.acquireLease("l", "one", 600_000),
        other.acquireLease("l", "two", 600_000),
      ]);
      deepStrictEqual(tries.filter((epoch) => epoch !== undefined).length, 1);
    },
  },
  {
    name: "what one node refers to the other cannot remove",
    async run({ store, peer }) {
      const other = await peer();
      const target = await store.write(sample("t"), undefined);
      await store.write(referring("r", "t"), undefined);
      await rejects(other.remove("t", target.revision), { code: "store.referred_conflict" });
    },
  },
];
