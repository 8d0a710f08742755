import { silentLogger } from "@contrail/observability";
import { type JsonObject, objectType } from "@contrail/schema";
import { DERIVED_LEASE, type ObjectStore } from "@contrail/store";
import { openSqliteStore } from "@contrail/store-sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HeldClock, until } from "../testing/held-clock.ts";
import { ObjectService } from "./object-service.ts";
import { TransformerRunner } from "./transformer-runner.ts";

const PROJECT = ["default-domain", "default-project"];
const LONG_MS = 600_000;

let store: ObjectStore;
let objects: ObjectService;
let runner: TransformerRunner;
let stop: AbortController;
let running: Promise<void>;
let clock: HeldClock;

beforeEach(async () => {
  store = await openSqliteStore(":memory:");
  clock = new HeldClock();
  objects = new ObjectService(store, clock, { check: () => undefined });
  runner = new TransformerRunner({ objects, store, clock, logger: silentLogger, name: "me", predecessors: "me/" });
  await objects.load();
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await running;
  await store.close();
});

async function create(type: string, fqName: readonly string[], properties: JsonObject = {}): Promise<string> {
  const known = requireType(type);
  const given = Object.entries(properties).flatMap(([k, v]) => (v === undefined ? [] : [[k, v] as const]));
  const nothing = { uuid: undefined, parentType: undefined, references: new Map(), ignored: 0 };
  return (await objects.create(known, { ...nothing, fqName, properties: new Map(given) })).uuid;
}

const instance = (name: string) => objects.graph.find("routing-instance", [...PROJECT, name, name]);

test("a network gets its derived objects, marked and dated, under uuids that follow from their names", async () => {
  running = runner.run(stop.signal);
  await create("virtual-network", [...PROJECT, "n"]);
  await until(() => runner.pending === 0 && instance("n") !== undefined);
  const first = instance("n");
  expect(first).toMatchObject({ derived: true, epoch: 1n, parentType: "virtual-network" });
  expect(first?.properties.id_perms).toMatchObject({ creator: "transformer", created: expect.any(String) });
  const network = objects.graph.find("virtual-network", [...PROJECT, "n"]);
  await objects.remove(requireType("virtual-network"), network?.uuid ?? "");
  await until(() => runner.pending === 0);
  expect(instance("n")).toBeUndefined();
  await create("virtual-network", [...PROJECT, "n"]);
  await until(() => runner.pending === 0 && instance("n") !== undefined);
  expect(instance("n")?.uuid).toBe(first?.uuid);
});

test("the lease that this node had before it was started again is taken at once, and once only", async () => {
  const before = await store.acquireLease(DERIVED_LEASE, "me/before", LONG_MS);
  running = runner.run(stop.signal);
  await until(() => runner.leading);
  expect(runner.epoch).toBeGreaterThan(before ?? 0n);
  const other = (await store.acquireLease(DERIVED_LEASE, "me/twice", LONG_MS, "me")) ?? 0n;
  await until(() => {
    clock.advance(1_000);
    return !runner.leading;
  });
  clock.advance(5_000);
  expect(await store.acquireLease(DERIVED_LEASE, "me/twice", LONG_MS)).toBe(other);
});

test("an object goes though another node has removed what was derived from it", async () => {
  running = runner.run(stop.signal);
  const group = await create("security-group", [...PROJECT, "g"]);
  await until(() => runner.pending === 0 && objects.graph.linked(group, "access-control-list").length === 2);
  const [list] = objects.graph.linked(group, "access-control-list");
  if (list === undefined) throw new Error("no list");
  await store.remove(list.uuid, list.revision);
  await objects.remove(requireType("security-group"), group);
  expect(await store.read(group)).toBeUndefined();
  expect(objects.graph.get(list.uuid)).toBeUndefined();
  await expect(objects.remove(requireType("security-group"), group)).rejects.toMatchObject({
    code: "config.not_found",
  });
});

test("an object goes though another node derives anew what is taken from it", async () => {
  running = runner.run(stop.signal);
  const group = await create("security-group", [...PROJECT, "g"]);
  await until(() => runner.pending === 0 && objects.graph.linked(group, "access-control-list").length === 2);
  const remove = store.remove.bind(store);
  store.remove = async (...request) => {
    const removed = await remove(...request);
    const isLeft = removed.object.derived && (await store.read(group)) !== undefined;
    if (isLeft) await store.write({ ...removed.object, epoch: runner.epoch ?? 0n }, undefined);
    return removed;
  };
  await objects.remove(requireType("security-group"), group);
  expect(await store.read(group)).toBeUndefined();
  expect(objects.graph.linked(group, "access-control-list")).toEqual([]);
  const left: string[] = [];
  for await (const { parentUuid, uuid } of store.all()) if (parentUuid === group) left.push(uuid);
  expect(left).toEqual([]);
});

test("what a crash has left of a removal belongs to the object that has the name since", async () => {
  running = runner.run(stop.signal);
  const project = await create("project", ["default-domain", "p"]);
  const group = objects.graph.find("security-group", ["default-domain", "p", "default"]);
  if (group === undefined) throw new Error("no group");
  const lists = () => objects.graph.linked(group.uuid, "access-control-list").map(({ uuid }) => uuid);
  await until(() => runner.pending === 0 && lists().length === 2);
  const besides = new Set(lists());
  const before = objects.graph.get(lists()[0] ?? "")?.revision ?? 0n;
  stop.abort();
  await running;
  // A removal of the project begins, and its node is killed after the group; the next one makes the project whole again.
  await store.remove(group.uuid, group.revision, { besides });
  objects = new ObjectService(store, clock, { check: () => undefined });
  runner = new TransformerRunner({ objects, store, clock, logger: silentLogger, name: "me", predecessors: "me/" });
  await objects.load();
  stop = new AbortController();
  running = runner.run(stop.signal);
  const again = objects.graph.find("security-group", ["default-domain", "p", "default"]);
  expect(again?.uuid).not.toBe(group.uuid);
  expect(runner.pending).toBe(2);
  await until(() => runner.pending === 0);
  for (const uuid of besides) {
    expect(await store.read(uuid)).toMatchObject({ parentUuid: again?.uuid, revision: before + 1n });
  }
  await objects.remove(requireType("project"), project);
  for (const uuid of besides) expect(await store.read(uuid)).toBeUndefined();
});

test("without the lease nothing is written; once it is free, everything is", async () => {
  await store.acquireLease(DERIVED_LEASE, "other", LONG_MS);
  running = runner.run(stop.signal);
  await create("virtual-network", [...PROJECT, "n"]);
  await until(() => clock.waiting === 1);
  expect([runner.leading, instance("n")]).toEqual([false, undefined]);
  expect(runner.pending).toBeGreaterThan(0);
  await store.acquireLease(DERIVED_LEASE, "other", 0);
  await until(async () => {
    clock.advance(1_000);
    return runner.leading && runner.pending === 0;
  });
  expect(instance("n")).toMatchObject({ derived: true, epoch: 2n });
});

test("a leader stops after half the lease, and what it still writes after a take-over is refused", async () => {
  running = runner.run(stop.signal);
  await until(() => runner.leading && runner.pending === 0 && clock.waiting === 1);
  const before = instance("ip-fabric");
  expect(before).toBeDefined();
  // The process is paused: another node takes the lease meanwhile, and its own clock has not moved.
  await store.acquireLease(DERIVED_LEASE, "me", 0);
  await until(async () => (await store.acquireLease(DERIVED_LEASE, "other", LONG_MS)) !== undefined);
  await create("virtual-network", [...PROJECT, "late"]);
  await until(() => clock.waiting === 1);
  expect(runner.leading).toBe(true);
  expect(instance("late")).toBeUndefined();
  expect(await store.findName("routing-instance", [...PROJECT, "late", "late"])).toBeUndefined();
  clock.advance(5_001);
  expect(runner.leading).toBe(false);
  expect(instance("ip-fabric")).toEqual(before);
});

function requireType(name: string) {
  const type = objectType(name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}
