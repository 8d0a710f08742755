import { expect, test } from "vitest";
import { withTag } from "./machine-filter.ts";

test("a frame that the filter cut has a VLAN tag's EtherType, any other is as it came", () => {
  const frame = Uint8Array.from({ length: 60 }, (_, index) => index);
  expect([...withTag(frame.subarray(0, 12)).subarray(12)]).toEqual([0x81, 0x00]);
  expect(withTag(frame)).toBe(frame);
});
