import { expect, test } from "vitest";
import { NewUuids } from "./new-uuids.ts";
import { partOf } from "./parts.ts";

test("uuids are of version 4, differ, and share a part in runs of 64", () => {
  const uuids = new NewUuids();
  const made = Array.from({ length: 64 * 40 }, () => uuids.next());
  expect(new Set(made).size).toBe(made.length);
  for (const uuid of made)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const runs = Array.from({ length: 40 }, (_, run) => new Set(made.slice(64 * run, 64 * (run + 1)).map(partOf)));
  expect(runs.map(({ size }) => size)).toEqual(runs.map(() => 1));
  // The parts are random themselves: of 40 among 4,096 some 0.2 fall together.
  expect(new Set(runs.flatMap((run) => [...run])).size).toBeGreaterThan(30);
});
