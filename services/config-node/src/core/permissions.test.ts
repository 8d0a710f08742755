import fc from "fast-check";
import { expect, test } from "vitest";
import { apiDate, laterDate } from "./permissions.ts";

test("a date is that of the clock, in microseconds", () => {
  expect(apiDate(Date.UTC(2026, 0, 2, 3, 4, 5, 678))).toBe("2026-01-02T03:04:05.678000");
});

test("a later date is later, whatever the clock does, and the clock's where that is later", () => {
  const wall = fc.integer({ min: 0, max: 4_000_000_000_000 });
  fc.assert(
    fc.property(wall, wall, fc.integer({ min: 0, max: 999 }), (now, last, micros) => {
      const before = `${apiDate(last).slice(0, 23)}${String(micros).padStart(3, "0")}`;
      const later = laterDate(now, before);
      expect(later > before).toBe(true);
      expect(later).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
      if (now > last) expect(later).toBe(apiDate(now));
    }),
  );
});

test("a date that is none is replaced by the clock's", () => {
  expect(laterDate(0, "undefined")).toBe(apiDate(0));
});
