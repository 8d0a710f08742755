import { expect, test } from "vitest";
import { connectionBound } from "./open-files.ts";

test.each([
  [10_000, 1_048_576, 10_000],
  [10_000, 1_024, 464],
  [10_000, 256, 80],
  [64, 256, 64],
  [10_000, 64, 8],
  [10_000, undefined, 10_000],
])("of %d connections with %s descriptors %d are taken", (wanted, openFiles, bound) => {
  if (openFiles === undefined) expect(connectionBound(wanted)).toBeGreaterThan(0);
  else expect(connectionBound(wanted, openFiles)).toBe(bound);
});
