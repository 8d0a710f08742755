import { openTestBench, type TestBench } from "@contrail/dataplane-ebpf/test-bench";
import { REACHABLE_DROP_REASONS, Reach, scenarioArbitrary, WAYS_OUT } from "@contrail/testkit/dataplane";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paritySettings } from "./config.ts";
import { ebpfMissing, named } from "./ebpf-needs.ts";
import { firstDifference } from "./parity.ts";

const { seed, scenarios } = paritySettings();
const LEAST = 100;

let bench: TestBench | undefined;

beforeAll(() => {
  if (ebpfMissing === undefined) bench = openTestBench();
});

afterAll(() => bench?.close());

test.skipIf(ebpfMissing !== undefined)(
  named("the programs do with generated tables and packets what the reference does"),
  { timeout: 300_000 },
  () => {
    const reach = new Reach();
    fc.assert(
      fc.property(scenarioArbitrary, (scenario) => {
        if (bench !== undefined) expect(firstDifference(bench, scenario, reach)).toBeUndefined();
      }),
      { seed, numRuns: scenarios },
    );
    console.log(`${scenarios} scenarios, seed ${seed}; reached:\n${reach.print("drop/")}\n${reach.print("out/")}`);
    const names = [...REACHABLE_DROP_REASONS.map((reason) => `drop/${reason}`), ...WAYS_OUT];
    expect(names.filter((name) => reach.of(name) < LEAST)).toEqual([]);
  },
);
