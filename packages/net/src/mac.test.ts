import fc from "fast-check";
import { expect, test } from "vitest";
import { formatMacAddress, parseMacAddress, readMacAddress, VROUTER_MAC, writeMacAddress } from "./mac.ts";

const mac = fc.integer({ min: 0, max: 0xffffffffffff });

test("every MAC address survives its text form", () => {
  fc.assert(
    fc.property(mac, (value) => {
      expect(parseMacAddress(formatMacAddress(value))).toBe(value);
    }),
  );
});

test("every MAC address survives its six octets", () => {
  fc.assert(
    fc.property(mac, fc.integer({ min: 0, max: 8 }), (value, offset) => {
      const bytes = new Uint8Array(16);
      writeMacAddress(bytes, offset, value);
      expect(readMacAddress(bytes, offset)).toBe(value);
    }),
  );
});

test("the vRouter's MAC is the VRRP one that OpenContrail uses", () => {
  expect(formatMacAddress(VROUTER_MAC)).toBe("00:00:5e:00:01:00");
});

test.each(["", "00:00:5e:00:01", "00-00-5e-00-01-00", "00:00:5e:00:01:0g", "0:0:5e:0:1:0"])("%j is no MAC", (text) =>
  expect(parseMacAddress(text)).toBeUndefined(),
);
