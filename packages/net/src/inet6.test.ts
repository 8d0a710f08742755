import { SocketAddress } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatInet6Address, parseInet6Address } from "./inet6.ts";

test.each([
  ["::", 0n, "::"],
  ["::1", 1n, "::1"],
  ["fd00::", 0xfdn << 120n, "fd00::"],
  ["2001:DB8:0:0:1:0:0:1", 0x20010db8000000000001000000000001n, "2001:db8::1:0:0:1"],
  ["2001:db8:0:1:1:1:1:1", 0x20010db8000000010001000100010001n, "2001:db8:0:1:1:1:1:1"],
  ["::ffff:192.0.2.1", 0xffffc0000201n, "::ffff:c000:201"],
  ["1:2:3:4:5:6:7::", 0x00010002000300040005000600070000n, "1:2:3:4:5:6:7:0"],
])("%s is read, and written in the usual form", (text, address, usual) => {
  expect(parseInet6Address(text)).toBe(address);
  expect(formatInet6Address(address)).toBe(usual);
});

test.each(["", "1", "10.0.0.1", ":::", "1::2::3", "12345::", "fd00::/64", "g::", "1:2:3:4:5:6:7:8:9"])(
  "%j is no address",
  (text) => {
    expect(parseInet6Address(text)).toBeUndefined();
  },
);

test("every address comes back, and is written as the platform writes it", () => {
  const group = fc.oneof(fc.constant(0n), fc.bigInt(0n, 0xffffn));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const address = groups.reduce((sum, item) => (sum << 16n) | item, 0n);
      const text = formatInet6Address(address);
      expect(parseInet6Address(text)).toBe(address);
      // The platform writes the last 32 bits of some addresses in dotted form.
      const platform = new SocketAddress({ address: text, family: "ipv6" }).address;
      if (!platform.includes(".")) expect(text).toBe(platform);
    }),
  );
});
