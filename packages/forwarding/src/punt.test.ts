import { expect, test } from "vitest";
import { decodePunt, encodePunt, PuntLimiter } from "./punt.ts";

test("the head of a punted frame, byte by byte", () => {
  const frame = new Uint8Array(14).fill(0xee);
  const bytes = Buffer.from(encodePunt({ reason: 3, interface: 0x102, vrf: 7 }, frame));
  expect(bytes.toString("hex")).toBe(`02000000000102000000000288b50103010200070000${"ee".repeat(14)}`);
  expect(decodePunt(bytes)).toEqual({ head: { reason: 3, interface: 0x102, vrf: 7 }, frame: Buffer.from(frame) });
});

test("a frame without room for what it should hold is none", () => {
  expect(decodePunt(encodePunt({ reason: 3, interface: 1, vrf: 1 }, new Uint8Array(13)))).toBeUndefined();
});

test("a window opens only later than a second after the last began", () => {
  const limiter = new PuntLimiter();
  expect([0n, 1n, 2n].map((now) => limiter.allow(1, 2, now))).toEqual([true, true, false]);
  expect(limiter.allow(2, 2, 2n)).toBe(true);
  expect(limiter.allow(1, 2, 1_000_000_000n)).toBe(false);
  expect(limiter.allow(1, 2, 1_000_000_001n)).toBe(true);
  expect(limiter.allow(3, 0, 0n)).toBe(false);
});
