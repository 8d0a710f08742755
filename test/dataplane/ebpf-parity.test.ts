import { openTestBench, type TestBench } from "@contrail/dataplane-ebpf/test-bench";
import { REACHABLE_DROP_REASONS, Reach, scenarioArbitrary, WAYS_OUT } from "@contrail/testkit/dataplane";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ebpfMissing, named } from "./ebpf-needs.ts";
import { firstDifference } from "./parity.ts";

/** Fixed, so that a machine that fails is every machine; a campaign sets its own. */
const SEED = Number(process.env["PARITY_SEED"] ?? 20_261_124);
const SCENARIOS = Number(process.env["PARITY_SCENARIOS"] ?? 1_800);
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
      { seed: SEED, numRuns: SCENARIOS },
    );
    console.log(`${SCENARIOS} scenarios, seed ${SEED}; reached:\n${reach.print("drop/")}\n${reach.print("out/")}`);
    const names = [...REACHABLE_DROP_REASONS.map((reason) => `drop/${reason}`), ...WAYS_OUT];
    expect(names.filter((name) => reach.of(name) < LEAST)).toEqual([]);
  },
);
