import type { Clock } from "@contrail/clock";
import { silentLogger } from "@contrail/observability";
import { expect, test, vi } from "vitest";
import { startAgeing } from "./flow-ageing.ts";

/** A clock whose one timer is run by the test. */
function heldClock() {
  const held = { nowMs: 0, delaysMs: [] as number[], run: () => {} };
  const clock: Clock = {
    wallMs: () => held.nowMs,
    monotonicMs: () => held.nowMs,
    setTimer: (delayMs, callback) => {
      held.delaysMs.push(delayMs);
      held.run = callback;
      return {
        cancel: () => {
          held.run = () => {};
        },
      };
    },
    sleep: () => Promise.reject(new Error("nobody sleeps here")),
  };
  return { held, clock };
}

test("flows are looked at each second, and less often where a look takes long", async () => {
  const { held, clock } = heldClock();
  let [lookMs, looks] = [0, 0];
  const ageFlows = (): Promise<number> => {
    looks += 1;
    held.nowMs += lookMs;
    return looks === 2 ? Promise.reject(new Error("no engine")) : Promise.resolve(0);
  };
  const stop = startAgeing({ ageFlows }, clock, silentLogger);
  for (const milliseconds of [5, 350, 0]) {
    lookMs = milliseconds;
    const timers = held.delaysMs.length;
    held.run();
    await vi.waitFor(() => expect(held.delaysMs.length).toBe(timers + 1));
  }
  expect(held.delaysMs).toEqual([1_000, 1_000, 7_000, 1_000]);
  stop();
  held.run();
  expect(looks).toBe(3);
});
