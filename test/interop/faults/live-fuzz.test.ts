import { SessionFuzzer } from "@contrail/control-node/testing";
import { SeededRandom } from "@contrail/testkit/embedded";
import { expect, test } from "vitest";

/** Others: npm run test:soak -- bgp-session --seed N. */
const SEED = 7;
const EXECUTIONS = 20_000;

test("twenty thousand changed messages on live sessions do what RFC 7606 has for each, and nothing to other sessions", async () => {
  const fuzzer = new SessionFuzzer();
  await fuzzer.start();
  try {
    const startMs = performance.now();
    const report = await fuzzer.run(new SeededRandom(SEED), EXECUTIONS);
    console.log(`seed ${SEED}, ${Math.round(performance.now() - startMs)} ms: ${JSON.stringify(report)}`);
    expect(report.faults).toEqual([]);
    expect(report.executions).toBeGreaterThanOrEqual(EXECUTIONS);
    const kinds = ["update", "attribute-discard", "treat-as-withdraw", "disable-family", "end-of-rib"];
    for (const verdict of [
      ...kinds.map((kind) => `update ${kind}`),
      "refresh route-refresh",
      "connection refused",
      "session ended",
    ]) {
      expect(report.verdicts[verdict], verdict).toBeGreaterThanOrEqual(20);
    }
  } finally {
    await fuzzer.close();
  }
});
