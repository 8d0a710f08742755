import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatInetAddress,
  formatInetPrefix,
  inetPrefix,
  inetPrefixContains,
  isInet6Address,
  parseInetAddress,
  parseInetPrefix,
} from "./inet.ts";

const address = fc.integer({ min: 0, max: 0xffffffff });
const length = fc.integer({ min: 0, max: 32 });

describe("inet", () => {
  test("every address survives its text form", () => {
    fc.assert(
      fc.property(address, (value) => {
        expect(parseInetAddress(formatInetAddress(value))).toBe(value);
      }),
    );
  });

  test("every prefix survives its text form, without host bits", () => {
    fc.assert(
      fc.property(address, length, (value, bits) => {
        const prefix = inetPrefix(value, bits);
        expect(parseInetPrefix(formatInetPrefix(prefix))).toEqual(prefix);
        expect(inetPrefixContains(prefix, value)).toBe(true);
      }),
    );
  });

  test("an address that differs above the prefix length is outside", () => {
    fc.assert(
      fc.property(address, fc.integer({ min: 1, max: 32 }), (value, bits) => {
        const flipped = (value ^ (2 ** (32 - bits))) >>> 0;
        expect(inetPrefixContains(inetPrefix(value, bits), flipped)).toBe(false);
      }),
    );
  });

  test.each(["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4 ", "a.b.c.d", "1..2.3", "-1.2.3.4"])(
    "%j is no address",
    (text) => expect(parseInetAddress(text)).toBeUndefined(),
  );

  test.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "/8", "10.0.0.0/8/8"])("%j is no prefix", (text) =>
    expect(parseInetPrefix(text)).toBeUndefined(),
  );

  test("a bare address is a host prefix", () => {
    expect(parseInetPrefix("10.1.2.3")).toEqual({ address: 0x0a010203, length: 32 });
  });
});

test.each(["::", "::1", "fd00::", "1:2:3:4:5:6:7:8", "1::8", "::ffff:10.0.0.1", "1:2:3:4:5:6:10.0.0.1", "FE80::AbC"])(
  "%s is an IPv6 address",
  (text) => expect(isInet6Address(text)).toBe(true),
);

test.each([
  ...["", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7::8", "12345::", "g::"],
  ...["10.0.0.1", "10.0.0.1::", "::10.0.0", "::10.0.0.1:1", ":1::", "1::2:", "fd00:::zz", "fe80::1%eth0", " ::1"],
])("%j is none", (text) => expect(isInet6Address(text)).toBe(false));
