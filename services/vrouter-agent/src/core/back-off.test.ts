import fc from "fast-check";
import { expect, test } from "vitest";
import { BackOff } from "./back-off.ts";

test("waits double from a tenth of a second to half a minute", () => {
  const backOff = new BackOff(() => 0.999_999);
  const waits = Array.from({ length: 12 }, () => Math.round(backOff.wait()));
  expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 30_000]);
});

test("a session that lasted begins them anew, one that was lost at once does not", () => {
  const backOff = new BackOff(() => 0);
  expect([backOff.wait(), backOff.wait(), backOff.wait(500), backOff.wait(2_999)]).toEqual([50, 100, 200, 400]);
  expect([backOff.wait(3_000), backOff.wait()]).toEqual([50, 100]);
});

test("whatever befalls the sessions, a wait is between a twentieth of a second and half a minute, and hosts differ", () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(chance, fc.nat(20_000)), { maxLength: 40 }), (failures) => {
      let next = 0;
      const backOff = new BackOff(() => next);
      for (const [random, lastedMs] of failures) {
        next = random;
        const wait = backOff.wait(lastedMs);
        expect(wait).toBeGreaterThanOrEqual(50);
        expect(wait).toBeLessThanOrEqual(30_000);
      }
    }),
  );
  const waits = (random: number) => [1, 2, 3].map(() => new BackOff(() => random).wait());
  expect(waits(0)).not.toEqual(waits(0.5));
});
