import { deepStrictEqual, rejects } from "node:assert/strict";
import type { ConfigObject } from "@contrail/schema";
import type { StoreCase } from "./contract-case.ts";
import { childOf, collect, numbers, outcomes, sample } from "./samples.ts";

const OBJECTS = 40;

/** What callers do at the same time to objects that the store's own uuids and a common parent put side by side. */
export const TOGETHER_CASES: readonly StoreCase[] = [
  {
    name: "uuids of the store differ",
    run({ store }) {
      const made = numbers(1_000).map(() => store.newUuid());
      deepStrictEqual(new Set(made).size, made.length);
      return Promise.resolve();
    },
  },
  {
    name: "creations, changes, removals and refusals at once do each what it would have done alone",
    async run({ store }) {
      await store.write(sample("parent"), undefined);
      const made = await Promise.all(numbers(OBJECTS).map(() => store.write(child(store.newUuid()), undefined)));
      const some = (rest: number) => made.filter((_, index) => index % 4 === rest);
      const created = numbers(10).map(() => child(store.newUuid()));
      const [changed, removed] = [some(0), some(1)];
      const served = Promise.all([
        ...changed.map((object) => store.write({ ...object, properties: { changed: true } }, object.revision)),
        ...removed.map(({ uuid, revision }) => store.remove(uuid, revision)),
        ...created.map((object) => store.write(object, undefined)),
      ]);
      const taken = some(2).map(({ fqName }) => store.write({ ...child(store.newUuid()), fqName }, undefined));
      const outdated = some(3).map((object) => store.write({ ...object, properties: { lost: true } }, 99n));
      const refused = await outcomes([...taken, ...outdated]);
      await served;
      const codes = [...taken.map(() => "store.name_conflict"), ...outdated.map(() => "store.conflict")];
      deepStrictEqual(refused, { served: 0, codes });
      const found = new Map((await collect(store)).map((object) => [object.uuid, object]));
      const there = [...some(0), ...some(2), ...some(3), ...created].map(({ uuid }) => uuid);
      deepStrictEqual([...found.keys()].sort(), ["parent", ...there].sort());
      for (const { uuid } of changed) deepStrictEqual(found.get(uuid)?.properties, { changed: true });
      for (const object of [...some(2), ...some(3)]) deepStrictEqual(found.get(object.uuid), object);
      for (const { fqName } of removed) deepStrictEqual(await store.findName("t", fqName), undefined);
      for (const { uuid, fqName } of created) deepStrictEqual(await store.findName("t", fqName), uuid);
    },
  },
  {
    name: "of creations at once below a parent those whose names are free are made",
    async run({ store }) {
      await store.write(sample("parent"), undefined);
      const first = await store.write(child(store.newUuid(), "n0"), undefined);
      const names = numbers(OBJECTS).map((index) => `n${index % 20}`);
      const results = await outcomes(names.map((name) => store.write(child(store.newUuid(), name), undefined)));
      deepStrictEqual([results.served, new Set(results.codes)], [19, new Set(["store.name_conflict"])]);
      deepStrictEqual(await store.findName("t", first.fqName), first.uuid);
      deepStrictEqual((await collect(store)).length, 21);
      await rejects(store.write(child(store.newUuid(), "n19"), undefined), { code: "store.name_conflict" });
    },
  },
];

function child(uuid: string, name = uuid): ConfigObject {
  return { ...childOf("parent", uuid), fqName: ["parent", name] };
}
