import { networkInterfaces } from "node:os";
import type { Clock } from "@contrail/clock";
import { expect, test } from "vitest";
import { ownAddresses } from "./own-addresses.ts";

test("a host's addresses are those of its interfaces, read again after a while", () => {
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs } as Clock; // As far as it is used.
  let reads = 0;
  const own = ownAddresses(clock, () => {
    reads += 1;
    return networkInterfaces();
  });
  for (const list of Object.values(networkInterfaces()))
    for (const { address } of list ?? []) expect(own()).toContain(address);
  expect(own()).not.toContain("192.0.2.1");
  expect(reads).toBe(1);
  nowMs = 5_000;
  own();
  expect(reads).toBe(2);
});
