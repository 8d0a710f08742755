import { SeededRandom } from "@contrail/testkit/embedded";
import { expect, test } from "vitest";
import { CodecFuzzer } from "./codec-fuzz.ts";

const SEED = 7;
const EXECUTIONS = 30_000;

test("thirty thousand changed messages are read without a fault, and reach every verdict", () => {
  const fuzzer = new CodecFuzzer(new SeededRandom(SEED));
  for (let count = 0; count < EXECUTIONS; count++) fuzzer.step();
  const { report } = fuzzer;
  console.log(`seed ${SEED}: ${JSON.stringify(report)}`);
  expect(report.faults).toEqual([]);
  const wanted = ["update", "end-of-rib", "treat-as-withdraw", "disable-family", "session-reset"].map(
    (kind) => `update ${kind}`,
  );
  for (const verdict of [...wanted, "open", "open error", "notification", "route-refresh"]) {
    expect(report.verdicts[verdict], verdict).toBeGreaterThanOrEqual(20);
  }
});
