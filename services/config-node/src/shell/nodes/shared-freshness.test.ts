import type { OutboxEntry } from "@contrail/store";
import { beforeEach, expect, test } from "vitest";
import { HeldClock } from "../../testing/held-clock.ts";
import { SharedFreshness } from "./shared-freshness.ts";

const LIST_WAIT_MS = 200;

/** What the store and the log say, and how far the graph is. */
const world = { outbox: [] as OutboxEntry[], logged: 0n, end: 0n, loaded: 0n, position: 0n };
let clock: HeldClock;
let brought: string[];
let freshness: SharedFreshness;

beforeEach(() => {
  Object.assign(world, { outbox: [], logged: 0n, end: 0n, loaded: 0n, position: 0n });
  clock = new HeldClock();
  brought = [];
  freshness = new SharedFreshness({
    graph: { get: () => undefined },
    store: {
      outbox: () => Promise.resolve(world.outbox),
      logged: () => Promise.resolve(world.logged),
      state: () => Promise.resolve(undefined),
    },
    bus: { highWaterMark: () => Promise.resolve(world.end) },
    clock,
    mirror: {
      bring: (uuid) => {
        brought.push(uuid);
        return Promise.resolve();
      },
      bringName: () => Promise.resolve(),
    },
    follower: {
      get loaded() {
        return world.loaded;
      },
      reached: (position) =>
        position <= world.position ? Promise.resolve() : new Promise((_, reject) => setImmediate(reject)),
    },
    signal: new AbortController().signal,
  });
});

test("a graph that has not reached the store's mark is behind, whatever end a broker tells", async () => {
  Object.assign(world, { logged: 5n, end: 3n, position: 3n });
  expect(await freshness.caughtUp()).toBe(false);
  world.position = 5n;
  expect(await freshness.caughtUp()).toBe(true);
});

test("where the mark is that of the time when the graph was filled, the log's own end counts", async () => {
  Object.assign(world, { logged: 900n, loaded: 900n, end: 3n, position: 2n });
  expect(await freshness.caughtUp()).toBe(false);
  world.position = 3n;
  expect(await freshness.caughtUp()).toBe(true);
});

test("what waits for its publication is compared with the store", async () => {
  world.outbox = [{ uuid: "a", revision: 1n }];
  expect(await freshness.caughtUp()).toBe(true);
  expect(brought).toEqual(["a"]);
});

test("a store that does not tell the mark in time marks the list, and those after it until it has", async () => {
  const marking = Promise.withResolvers<bigint>();
  const silent = new SharedFreshness({
    graph: { get: () => undefined },
    store: {
      outbox: () => Promise.resolve([]),
      logged: () => marking.promise,
      state: () => Promise.resolve(undefined),
    },
    bus: { highWaterMark: () => Promise.resolve(0n) },
    clock,
    mirror: { bring: () => Promise.resolve(), bringName: () => Promise.resolve() },
    follower: { loaded: 0n, reached: () => Promise.resolve() },
    signal: new AbortController().signal,
  });
  const first = silent.caughtUp();
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(LIST_WAIT_MS);
  expect([await first, await silent.caughtUp()]).toEqual([false, false]);
  marking.resolve(1n);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await silent.caughtUp()).toBe(true);
});
