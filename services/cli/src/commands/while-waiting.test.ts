import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whileWaiting } from "./while-waiting.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("long work is told every 10 s, and no more when it is done", async () => {
  const told: string[] = [];
  const work = Promise.withResolvers<number>();
  const done = whileWaiting("the job of deployVirtualMachine", work.promise, { tell: (text) => told.push(text) });
  vi.advanceTimersByTime(20_000);
  work.resolve(7);
  expect(await done).toBe(7);
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([
    "waiting for the job of deployVirtualMachine, 10 s",
    "waiting for the job of deployVirtualMachine, 20 s",
  ]);
});

test("what is waited for is asked for each time; where there is nothing to say, nothing is said", async () => {
  const told: string[] = [];
  const work = Promise.withResolvers<void>();
  let what = "";
  const done = whileWaiting(() => what, work.promise, { tell: (text) => told.push(text) });
  vi.advanceTimersByTime(10_000);
  what = "config, control1";
  vi.advanceTimersByTime(10_000);
  work.resolve();
  await done;
  expect(told).toEqual(["waiting for config, control1, 20 s"]);
});
