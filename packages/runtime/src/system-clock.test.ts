import { expect, test } from "vitest";
import { systemClock } from "./system-clock.ts";

const never = new AbortController().signal;

test("a timer calls back once, a cancelled one never", async () => {
  let calls = 0;
  const cancelled = systemClock.setTimer(1, () => {
    calls += 100;
  });
  cancelled.cancel();
  cancelled.cancel();
  await new Promise<void>((resolve) => {
    systemClock.setTimer(2, () => {
      calls += 1;
      resolve();
    });
  });
  await systemClock.sleep(2, never);
  expect(calls).toBe(1);
});

test("a sleep rejects with the signal's reason when it aborts, before or during it", async () => {
  const reason = new Error("stop");
  await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const sleeping = systemClock.sleep(60_000, controller.signal);
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
});

test("monotonic time does not run backward over a sleep", async () => {
  const before = systemClock.monotonicMs();
  await systemClock.sleep(1, never);
  expect(systemClock.monotonicMs()).toBeGreaterThan(before);
});
