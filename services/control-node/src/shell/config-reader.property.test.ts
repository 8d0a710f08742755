import { type Bus, type BusBatch, disordered, type StoredBusRecord } from "@contrail/bus";
import { createGraph } from "@contrail/graph";
import { silentLogger } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import type { ConfigChange } from "@contrail/schema";
import { configWire, toWireChange } from "@contrail/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readConfig } from "./config-reader.ts";

const RUNS = 1_000;
const UUIDS = ["a", "b", "c", "d", "e"];
const NAMES = ["x", "y", "z"];
const NO_COUNTER = { add: () => {} };

/** A bus that has these records and no more: the reading ends with them. */
function busOf(records: readonly StoredBusRecord[], stop: AbortController): Bus {
  const highWaterMark = BigInt(records.length);
  return {
    async *read(): AsyncGenerator<BusBatch> {
      for (let from = 0; from < records.length; from += 7)
        yield { records: records.slice(from, from + 7), highWaterMark };
      stop.abort();
    },
    highWaterMark: () => Promise.resolve(highWaterMark),
    append: () => Promise.reject(new Error("nobody writes here")),
    close: () => Promise.resolve(),
  };
}

interface Step {
  readonly uuid: string;
  readonly name: string;
  readonly isRemoval: boolean;
  readonly refers: string;
}

const step: fc.Arbitrary<Step> = fc.record({
  uuid: fc.constantFrom(...UUIDS),
  name: fc.constantFrom(...NAMES),
  isRemoval: fc.boolean(),
  refers: fc.constantFrom(...UUIDS),
});

/** What a store would publish for these steps: revisions of an object rise, an object keeps its name, no name is held twice. */
function history(steps: readonly Step[]): readonly ConfigChange[] {
  const revisions = new Map<string, bigint>();
  const held = new Map<string, string>();
  return steps.flatMap(({ uuid, name, isRemoval, refers }): ConfigChange[] => {
    const revision = (revisions.get(uuid) ?? 0n) + 1n;
    const own = held.get(uuid);
    const wanted = own ?? name;
    if (isRemoval ? own === undefined : own === undefined && [...held.values()].includes(name)) return [];
    revisions.set(uuid, revision);
    const named = { type: "virtual-network", uuid, fqName: [wanted], revision };
    if (isRemoval) held.delete(uuid);
    else held.set(uuid, wanted);
    if (isRemoval) return [{ kind: "remove", ...named }];
    const refs = [{ toType: "virtual-network", toUuid: refers, toFqName: [refers], attr: null }];
    const object = {
      ...named,
      refs,
      parentType: undefined,
      parentUuid: undefined,
      properties: { n: Number(revision) },
    };
    return [{ kind: "upsert", object: { ...object, derived: false, epoch: 0n } }];
  });
}

/** Everything that a graph can be asked. */
async function stateAfter(changes: readonly ConfigChange[]) {
  const records = changes.map((change, offset): StoredBusRecord => {
    const value = configWire.ObjectChange.encode(toWireChange(change)).finish();
    return { key: new Uint8Array(), value, offset: BigInt(offset) };
  });
  const graph = createGraph();
  const stop = new AbortController();
  let isComplete = false;
  await readConfig(
    {
      bus: busOf(records, stop),
      graph,
      clock: systemClock,
      logger: silentLogger,
      poisoned: NO_COUNTER,
      gaps: NO_COUNTER,
      onChange: () => {},
      onSynchronized: () => {
        isComplete = true;
      },
    },
    stop.signal,
  );
  const objects = UUIDS.map((uuid) => graph.get(uuid));
  const names = NAMES.map((name) => graph.find("virtual-network", [name])?.uuid);
  const links = UUIDS.map((uuid) => [...graph.neighbours(uuid)].sort());
  return { objects, names, links, count: [...graph.ofType("virtual-network")].length, isComplete };
}

test(`records that come twice and before their turn end in the same configuration, ${RUNS} histories`, async () => {
  let [moved, removed] = [0, 0];
  const seeds = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 30,
    maxLength: 60,
  });
  const report = await fc.check(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80 }), seeds, async (steps, dice) => {
      const changes = history(steps);
      let next = 0;
      const shaken = disordered(changes, () => dice[next++ % dice.length] ?? 0);
      if (shaken.some((change, index) => change !== changes[index])) moved++;
      removed += changes.filter(({ kind }) => kind === "remove").length;
      expect(await stateAfter(shaken)).toEqual(await stateAfter(changes));
    }),
    { numRuns: RUNS },
  );
  process.stderr.write(`disordered log: seed ${report.seed}, ${moved} of ${RUNS} disordered, ${removed} removals\n`);
  expect(report.failed, fc.defaultReportMessage(report)).toBe(false);
  expect(moved).toBeGreaterThan(RUNS / 2);
}, 60_000);
