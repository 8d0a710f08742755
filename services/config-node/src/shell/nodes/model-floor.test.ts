import { silentLogger } from "@contrail/observability";
import { type ModelVersion, objectType, struct } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { openSqliteStore } from "@contrail/store-sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HeldClock, until } from "../../testing/held-clock.ts";
import { ModelFloor } from "./model-floor.ts";

const FOREVER_MS = 600_000;

let store: ObjectStore;
let stop: AbortController;
const clock = new HeldClock();
const keeping: Promise<unknown>[] = [];

beforeEach(async () => {
  store = await openSqliteStore(":memory:");
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await Promise.all(keeping.splice(0));
  await store.close();
});

/** Leases that are over when a test says so, and not by the time that it takes. */
function lasting(): ObjectStore {
  return new Proxy(store, {
    get(target, key) {
      if (key === "acquireLease") {
        return (name: string, holder: string, ttlMs: number) => target.acquireLease(name, holder, ttlMs && FOREVER_MS);
      }
      const value = Reflect.get(target, key) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const version = (minor: number, major = 1): ModelVersion => ({ major, minor, hash: "" });

function node(minor: number, major = 1): ModelFloor {
  return new ModelFloor({ store: lasting(), clock, logger: silentLogger }, `n${minor}`, true, version(minor, major));
}

async function joined(minor: number): Promise<ModelFloor> {
  const made = node(minor);
  await made.join(stop.signal);
  return made;
}

/** Keeps until the test ends; gives why it ended before. */
function keep(floor: ModelFloor): { why: unknown } {
  const ended: { why: unknown } = { why: undefined };
  const noted = floor.keep(stop.signal).catch((reason: unknown) => {
    ended.why = reason;
  });
  keeping.push(noted);
  return ended;
}

/** The last node of a version is gone, and its lease over. */
async function gone(minor: number): Promise<void> {
  await store.acquireLease(`model 1.${minor}`, `nodes of 1.${minor}`, 0);
}

const floorOf = () => store.readRecord("model", "floor");

test("on a new store the floor is the node's own version at once", async () => {
  expect((await joined(3)).minor).toBe(3);
  expect(await floorOf()).toBe("1.3");
});

test("beside an older node the floor stays at its version, and rises when the last one of it is gone", async () => {
  await joined(0);
  const next = await joined(1);
  expect([next.minor, await floorOf(), next.status]).toEqual([0, "1.0", { own: "1.1", hash: "", floor: "1.0" }]);
  keep(next);
  clock.advance(3_000);
  expect(next.minor).toBe(0);
  await gone(0);
  await until(() => {
    clock.advance(3_000);
    return next.minor === 1;
  });
  expect(await floorOf()).toBe("1.1");
});

test("with three versions at work the floor is that of the oldest that is there", async () => {
  await joined(0);
  await joined(1);
  const newest = await joined(2);
  keep(newest);
  await gone(0);
  await until(() => {
    clock.advance(3_000);
    return newest.minor === 1;
  });
  expect(await floorOf()).toBe("1.1");
});

test("a node older than the floor, or of another major, does not start, and is told what to do", async () => {
  await joined(2);
  await gone(2);
  const refused = (message: RegExp) => ({
    code: "config.precondition_failed",
    message: expect.stringMatching(message),
  });
  await expect(joined(1)).rejects.toMatchObject(refused(/holds version 1\.2.*knows 1\.1: install the release/));
  await expect(node(0, 2).join(stop.signal)).rejects.toMatchObject(refused(/start a release of 1\.x on it, or give/));
  expect(await floorOf()).toBe("1.2");
});

test("a node that was away for so long that the floor rose over it stops", async () => {
  const old = await joined(0);
  await gone(0);
  await joined(1);
  const ended = keep(old);
  await until(() => {
    clock.advance(3_000);
    return ended.why !== undefined;
  });
  expect(ended.why).toMatchObject({ code: "config.precondition_failed" });
});

test("what came with a version is refused below it, and taken from it on", async () => {
  await joined(0);
  const next = await joined(1);
  const network = objectType("virtual-network");
  if (network === undefined) throw new Error("the model has no virtual-network");
  const mtu = { type: "integer", since: 1 };
  const tables = { struct, objectType: () => ({ ...network, properties: { ...network.properties, mtu } }) };
  const object = { type: "virtual-network", properties: { mtu: 9_000 }, refs: [] };
  expect(() => next.check({ ...object, properties: {} }, tables)).not.toThrow();
  expect(() => next.check(object, tables)).toThrow(
    "Bad Request: mtu needs version 1.1 of the model, and a configuration node of version 1.0 is still there: upgrade all of them",
  );
  await gone(0);
  keep(next);
  await until(() => {
    clock.advance(3_000);
    return next.minor === 1;
  });
  expect(() => next.check(object, tables)).not.toThrow();
});
