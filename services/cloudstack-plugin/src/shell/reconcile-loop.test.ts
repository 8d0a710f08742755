import { createLogger, createMeter, systemClock } from "@contrail/runtime";
import { expect, test } from "vitest";
import { ReconcileLoop } from "./reconcile-loop.ts";
import type { RunReport } from "./reconciler.ts";

const REPORT: RunReport = {
  differences: [],
  found: 5_000,
  takenAt: "2026-11-26T04:00:00.000Z",
  cloudstack: { networks: 1, machines: 5_000, nics: 5_000 },
  seconds: 1,
  settled: 1_200,
  writes: 3_600,
  failures: [],
  held: false,
};

test("the status counts all that is left, also what no report shows", async () => {
  const reconciler = { run: async () => REPORT, stop: () => undefined };
  const times = { everyMs: 60_000, afterWakeMs: 1, retryMs: 1 };
  const loop = new ReconcileLoop(reconciler, systemClock, createLogger("test", "silent"), createMeter(), times);
  loop.start();
  await expect.poll(() => loop.status.last?.found).toBe(5_000);
  loop.stop();
  expect(loop.status.open).toBe(3_800);
});
