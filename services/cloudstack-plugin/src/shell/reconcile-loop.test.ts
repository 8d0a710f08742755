import type { Clock } from "@contrail/clock";
import { createLogger, createMeter, systemClock } from "@contrail/runtime";
import { expect, test } from "vitest";
import { ReconcileLoop } from "./reconcile-loop.ts";
import type { RunReport } from "./run-report.ts";

const REPORT: RunReport = {
  differences: [],
  found: 5_000,
  waiting: 0,
  unknown: [],
  unknownCount: 0,
  takenAt: "2026-11-26T04:00:00.000Z",
  cloudstack: { networks: 1, machines: 5_000, nics: 5_000 },
  seconds: 1,
  settled: 1_200,
  removed: 0,
  writes: 3_600,
  noted: 0,
  failed: 0,
  failures: [],
  inUse: 0,
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

test("a run that failed is told with when it is tried again", async () => {
  const reconciler = { run: () => Promise.reject(new Error("not reached")), stop: () => undefined };
  const times = { everyMs: 600_000, afterWakeMs: 1, retryMs: 300_000 };
  const loop = new ReconcileLoop(reconciler, systemClock, createLogger("test", "silent"), createMeter(), times);
  expect(loop.status).toMatchObject({ problem: "not asked yet", triedAgainSeconds: null });
  loop.start();
  await expect.poll(() => loop.status).toMatchObject({ problem: "not reached", triedAgainSeconds: 300 });
  loop.stop();
  expect(loop.status.triedAgainSeconds).toBeNull();
});

test("events without an end do not make comparisons without a pause", async () => {
  let nowMs = 0;
  let timer: { readonly atMs: number; readonly call: () => void } | undefined;
  const clock: Clock = {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer: (delayMs, call) => {
      const mine = { atMs: nowMs + delayMs, call };
      timer = mine;
      return {
        cancel: () => {
          if (timer === mine) timer = undefined;
        },
      };
    },
    sleep: () => Promise.reject(new Error("nobody sleeps here")),
  };
  const began: number[] = [];
  const reconciler = {
    run: async () => {
      began.push(nowMs / 1_000);
      nowMs += 5_000;
      loop.wake();
      return { ...REPORT, seconds: 5 };
    },
    stop: () => undefined,
  };
  const times = { everyMs: 60_000, afterWakeMs: 1_000, retryMs: 2_000 };
  const loop = new ReconcileLoop(reconciler, clock, createLogger("test", "silent"), createMeter(), times);
  loop.start();
  for (const count of [1, 2, 3]) {
    await expect.poll(() => timer).toBeDefined();
    loop.wake();
    const next = timer;
    timer = undefined;
    nowMs = next?.atMs ?? nowMs;
    next?.call();
    await expect.poll(() => began.length).toBe(count);
  }
  loop.stop();
  expect(began).toEqual([0, 25, 50]);
});
