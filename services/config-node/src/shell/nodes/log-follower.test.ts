import { type Bus, type BusBatch, type BusRecord, CONFIG_TOPIC, disordered, type StoredBusRecord } from "@contrail/bus";
import { createGraph } from "@contrail/graph";
import { silentLogger } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import type { ConfigChange, ConfigObject } from "@contrail/schema";
import { configWire, toWireChange } from "@contrail/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RecordReader, UNREADABLE_TOPIC } from "../record-reader.ts";
import { LogFollower } from "./log-follower.ts";

const RUNS = 1_000;
const MARK = 99n;
const UUIDS = ["a", "b", "c", "d"];

/** A bus that has these batches and no more, and remembers what was appended. */
class BoundedBus implements Bus {
  readonly appended: { readonly topic: string; readonly record: BusRecord }[] = [];
  readonly #batches: readonly BusBatch[];
  readonly #stop: AbortController;

  constructor(batches: readonly BusBatch[], stop: AbortController) {
    this.#batches = batches;
    this.#stop = stop;
  }

  async *read(): AsyncGenerator<BusBatch> {
    yield* this.#batches;
    this.#stop.abort();
  }

  append(topic: string, records: readonly BusRecord[]): Promise<bigint> {
    this.appended.push(...records.map((record) => ({ topic, record })));
    return Promise.resolve(0n);
  }

  highWaterMark = () => Promise.resolve(this.#batches.at(-1)?.highWaterMark ?? 0n);
  close = () => Promise.resolve();
}

function network(uuid: string, revision: bigint): ConfigObject {
  const nothing = { parentType: undefined, parentUuid: undefined, refs: [], properties: {}, derived: false, epoch: 0n };
  return { type: "virtual-network", uuid, fqName: [uuid], revision, ...nothing };
}

const encoded = (change: ConfigChange): Uint8Array => configWire.ObjectChange.encode(toWireChange(change)).finish();
const put = (object: ConfigObject): Uint8Array => encoded({ kind: "upsert", object });
const stored = (values: readonly (Uint8Array | undefined)[], first = 0n): StoredBusRecord[] =>
  values.map((value, index) => ({ key: new Uint8Array(), value, offset: first + BigInt(index) }));

/** Follows batches to their end, in a graph of its own. */
async function followed(batches: readonly BusBatch[], reload: readonly ConfigObject[] = []) {
  const stop = new AbortController();
  const bus = new BoundedBus(batches, stop);
  const graph = createGraph();
  const counts = { unreadable: 0, gaps: 0, reloads: 0 };
  const add = (count: number): void => {
    counts.unreadable += count;
  };
  const follower = new LogFollower({
    bus,
    store: { logged: () => Promise.resolve(MARK) },
    clock: systemClock,
    logger: silentLogger,
    records: new RecordReader({ bus, logger: silentLogger, unreadable: { add } }),
    apply: (change) => graph.apply(change),
    reload: async () => {
      counts.reloads++;
      for (const object of reload) graph.apply({ kind: "upsert", object });
    },
    onGap: () => counts.gaps++,
  });
  await follower.run({ end: 0n, logged: 0n }, stop.signal);
  return { graph, loaded: follower.loaded, counts, position: follower.position, appended: bus.appended };
}

test("records that cannot be read are left out, counted and kept, and the next ones are taken", async () => {
  const stranger = { ...network("s", 1n), type: "No such type" };
  const nameless = network("", 1n);
  const broken = configWire.ObjectChange.encode({
    change: {
      $case: "upsert",
      value: { ...configWire.Object.fromPartial({}), uuid: "x", type: "domain", properties: Buffer.from("{") },
    },
  }).finish();
  const poison = [Uint8Array.of(0xff, 0xff, 0xff), broken, put(stranger), put(nameless)];
  const records = stored([put(network("a", 1n)), ...poison, new Uint8Array(), undefined, put(network("b", 1n))]);
  const { graph, counts, position, appended } = await followed([{ records, highWaterMark: 8n }]);
  expect([graph.size, counts.unreadable, position]).toEqual([2, poison.length, 8n]);
  expect(appended.map(({ topic, record }) => [topic, Buffer.from(record.key).toString(), record.value])).toEqual(
    poison.map((value, index) => [UNREADABLE_TOPIC, `${CONFIG_TOPIC}/${index + 1}`, value]),
  );
});

test("after a gap in the log all of the store is read, publication is asked for, and the position is that of the new log", async () => {
  const before = { records: stored([put(network("a", 1n))], 40n), highWaterMark: 41n };
  const after = { records: stored([put(network("b", 2n))]), highWaterMark: 1n, isGap: true };
  const { graph, counts, position, loaded } = await followed([before, after], [network("c", 1n)]);
  expect(UUIDS.flatMap((uuid) => graph.get(uuid)?.revision ?? [])).toEqual([1n, 2n, 1n]);
  expect([counts.reloads, counts.gaps, position, loaded]).toEqual([1, 1, 1n, MARK]);
});

test(`records that come twice and before their turn end in the same graph, ${RUNS} histories`, async () => {
  const step = fc.record({ uuid: fc.constantFrom(...UUIDS), isRemoval: fc.boolean() });
  const seeds = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 30,
    maxLength: 60,
  });
  let moved = 0;
  const report = await fc.check(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), seeds, async (steps, dice) => {
      const revisions = new Map<string, bigint>();
      const values = steps.map(({ uuid, isRemoval }) => {
        const revision = (revisions.get(uuid) ?? 0n) + 1n;
        revisions.set(uuid, revision);
        const { type, fqName } = network(uuid, revision);
        return isRemoval ? encoded({ kind: "remove", type, uuid, fqName, revision }) : put(network(uuid, revision));
      });
      let next = 0;
      const shaken = disordered(values, () => dice[next++ % dice.length] ?? 0);
      if (shaken.some((value, index) => value !== values[index])) moved++;
      const state = async (ordered: readonly Uint8Array[]) => {
        const { graph } = await followed([{ records: stored(ordered), highWaterMark: BigInt(ordered.length) }]);
        return UUIDS.map((uuid) => graph.get(uuid));
      };
      expect(await state(shaken)).toEqual(await state(values));
    }),
    { numRuns: RUNS },
  );
  process.stderr.write(`disordered follower: seed ${report.seed}, ${moved} of ${RUNS} histories disordered\n`);
  expect(report.failed, fc.defaultReportMessage(report)).toBe(false);
  expect(moved).toBeGreaterThan(RUNS / 2);
}, 60_000);
