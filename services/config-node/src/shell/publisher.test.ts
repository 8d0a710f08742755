import type { Bus, BusRecord } from "@contrail/bus";
import { ContrailError } from "@contrail/errors";
import { silentLogger } from "@contrail/observability";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { openSqliteStore } from "@contrail/store-sqlite";
import { configWire, fromWireChange } from "@contrail/wire";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HeldClock, until } from "../testing/held-clock.ts";
import { publish } from "./publisher.ts";

let store: ObjectStore;
let stop: AbortController;
let publishing: Promise<void>;
const clock = new HeldClock();

/** A bus that fails when it is told to, before or after it has taken the records, and remembers what it took. */
class FailingBus implements Bus {
  readonly taken: { readonly uuid: string; readonly revision: bigint; readonly kind: string }[] = [];
  failure: "none" | "before" | "after" = "none";
  failures = 0;

  append(_topic: string, records: readonly BusRecord[]): Promise<bigint> {
    if (this.failure !== "before") this.taken.push(...records.flatMap(changeOf));
    if (this.failure === "none") return Promise.resolve(0n);
    this.failures++;
    return Promise.reject(new ContrailError("bus.unavailable", "it is away"));
  }

  // The publisher does not read.
  async *read(): AsyncGenerator<never> {}
  highWaterMark = (): Promise<bigint> => Promise.resolve(0n);
  close = (): Promise<void> => Promise.resolve();
}

function changeOf({ value }: BusRecord) {
  const change = fromWireChange(configWire.ObjectChange.decode(value ?? new Uint8Array(0)));
  if (change === undefined) return [];
  const { uuid, revision } = change.kind === "upsert" ? change.object : change;
  return [{ uuid, revision, kind: change.kind }];
}

function object(uuid: string): ConfigObject {
  const nothing = { parentType: undefined, parentUuid: undefined, refs: [], properties: {} };
  return { type: "domain", uuid, fqName: [uuid], revision: 0n, derived: false, epoch: 0n, ...nothing };
}

function start(bus: Bus): void {
  publishing = publish({ store, bus, clock, logger: silentLogger }, stop.signal);
}

const isEmpty = async (): Promise<boolean> => (await store.outbox(1)).length === 0;

beforeEach(async () => {
  store = await openSqliteStore(":memory:");
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await publishing;
  await store.close();
});

test("what was written before and while it runs is published, 1,200 objects in batches", async () => {
  const bus = new FailingBus();
  const uuids = Array.from({ length: 1_200 }, (_, index) => `u${index}`);
  await Promise.all(uuids.slice(0, 600).map((uuid) => store.write(object(uuid), undefined)));
  start(bus);
  await Promise.all(uuids.slice(600).map((uuid) => store.write(object(uuid), undefined)));
  await until(isEmpty);
  expect(new Set(bus.taken.map(({ uuid }) => uuid))).toEqual(new Set(uuids));
});

test.each(["before", "after"] as const)(
  "a bus that fails %s it took the records gets them again; nothing leaves the outbox unpublished",
  async (failure) => {
    const bus = new FailingBus();
    bus.failure = failure;
    start(bus);
    await store.write(object("a"), undefined);
    await until(() => bus.failures === 1 && clock.waiting === 1);
    expect(await isEmpty()).toBe(false);
    clock.advance(500);
    await until(() => bus.failures === 2 && clock.waiting === 1);
    bus.failure = "none";
    clock.advance(500);
    await until(isEmpty);
    expect(bus.taken.at(-1)).toEqual({ uuid: "a", revision: 1n, kind: "upsert" });
  },
);

test("of an object that changed while the bus was away the newest state is published, of a removed one the removal", async () => {
  const bus = new FailingBus();
  bus.failure = "before";
  start(bus);
  const [a, b] = [await store.write(object("a"), undefined), await store.write(object("b"), undefined)];
  await until(() => bus.failures === 1 && clock.waiting === 1);
  const changed = await store.write(a, a.revision);
  const { revision } = await store.remove("b", b.revision);
  bus.failure = "none";
  clock.advance(500);
  await until(isEmpty);
  expect(bus.taken.toSorted((x, y) => (x.uuid < y.uuid ? -1 : 1))).toEqual([
    { uuid: "a", revision: changed.revision, kind: "upsert" },
    { uuid: "b", revision, kind: "remove" },
  ]);
});

test("an object's revisions come in their order, however fast it changes", async () => {
  const bus = new FailingBus();
  start(bus);
  let current = await store.write(object("a"), undefined);
  for (let index = 0; index < 200; index++) current = await store.write(current, current.revision);
  await until(isEmpty);
  const revisions = bus.taken.map(({ revision }) => revision);
  expect(revisions.at(-1)).toBe(201n);
  expect(revisions.every((revision, index) => revision >= (revisions[index - 1] ?? 0n))).toBe(true);
});
