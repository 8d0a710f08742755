import { createForwarder } from "@contrail/forwarding";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Reach, WAYS_OUT } from "./reach.ts";
import { REACHABLE_DROP_REASONS, scenarioArbitrary } from "./scenario.ts";
import { runStep } from "./step.ts";

const TIMES = 100;

test(`scenarios reach every way out and every drop reason ${TIMES} times at least`, () => {
  const reach = new Reach();
  for (const { tables, steps } of fc.sample(scenarioArbitrary, { numRuns: 2_000, seed: 4 })) {
    const forwarder = createForwarder();
    forwarder.apply(tables);
    let nowNs = 1_000_000_000n;
    for (const { step, afterNs } of steps) {
      nowNs += afterNs;
      reach.note(step, runStep(forwarder, step, nowNs));
    }
  }
  process.stdout.write(`${reach.print("out/")}\n${reach.print("drop/")}\n`);
  const rare = [...WAYS_OUT, ...REACHABLE_DROP_REASONS.map((reason) => `drop/${reason}`)].filter(
    (name) => reach.of(name) < TIMES,
  );
  expect(rare).toEqual([]);
});
