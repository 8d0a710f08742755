import fc from "fast-check";
import { expect, test } from "vitest";
import { RateLimiter } from "./rate-limit.ts";

test("a burst is let through, then so many a second, each key for itself", () => {
  const limiter = new RateLimiter({ perSecond: 10, burst: 3 });
  expect([1, 2, 3].map(() => limiter.take("a", 0))).toEqual([0, 0, 0]);
  expect(limiter.take("a", 0)).toBe(100);
  expect(limiter.take("b", 0)).toBe(0);
  expect(limiter.take("a", 100)).toBe(0);
  expect(limiter.take("a", 100)).toBe(100);
});

test("over any time no more than burst and rate get through, whatever the clock does", () => {
  const steps = fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(steps, (deltas) => {
      const limiter = new RateLimiter({ perSecond: 10, burst: 5 });
      let now = 0;
      let forward = 0;
      let passed = 0;
      for (const delta of deltas) {
        now += delta;
        forward += Math.max(0, delta);
        if (limiter.take("k", now) === 0) passed += 1;
      }
      expect(passed).toBeLessThanOrEqual(5 + (forward * 10) / 1_000);
    }),
  );
});

test("memory is bounded: the key used longest ago makes room", () => {
  const limiter = new RateLimiter({ perSecond: 1, burst: 1 }, 100);
  for (let index = 0; index < 10_000; index++) limiter.take(`k${index}`, 0);
  expect(limiter.size).toBe(100);
  expect(limiter.take("k9999", 0)).toBeGreaterThan(0);
});
