import fc from "fast-check";
import { expect, test } from "vitest";
import { write16 } from "./bytes.ts";
import { internetChecksum, updatedChecksum } from "./checksum.ts";

test("the example of RFC 1071 section 3", () => {
  expect(internetChecksum(Uint8Array.from([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), 0, 8)).toBe(0x220d);
});

test("the example of RFC 1624 section 4", () => {
  expect(updatedChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
});

test("an updated checksum holds for the changed bytes", () => {
  // A last word that is not zero: over nothing but zeros both 0 and 0xffff stand for zero.
  const even = fc
    .array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 20 })
    .map((list) => Uint8Array.from([...list, ...list, 0x45, 0]));
  fc.assert(
    fc.property(even, fc.nat({ max: 0xffff }), (bytes, word) => {
      const before = internetChecksum(bytes, 0, bytes.length);
      const first = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
      write16(bytes, 0, word);
      const updated = updatedChecksum(before, first, word);
      expect(internetChecksum(bytes, 0, bytes.length, updated)).toBe(0);
    }),
  );
});
