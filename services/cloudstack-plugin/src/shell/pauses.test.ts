import type { Clock } from "@contrail/clock";
import { expect, test } from "vitest";
import { Pauses } from "./pauses.ts";

test("one answer that does not come keeps others waiting for two seconds, several in a row longer, thirty at most", () => {
  let nowMs = 0;
  const clock: Clock = {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer: () => ({ cancel: () => undefined }),
    sleep: () => Promise.reject(new Error("nobody sleeps here")),
  };
  const pauses = new Pauses(clock);
  const pausedMs = (): number => {
    const begun = nowMs;
    for (pauses.pauseAll(); pauses.isPaused("1"); ) nowMs += 1_000;
    return nowMs - begun;
  };
  expect([1, 2, 3, 4, 5, 6].map(pausedMs)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  pauses.answered();
  expect(pausedMs()).toBe(2_000);
});
