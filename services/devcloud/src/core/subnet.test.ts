import fc from "fast-check";
import { expect, test } from "vitest";
import { freeAddress, hostRange, isHostAddress, nicMac, subnetOf } from "./subnet.ts";

test("gateway and netmask give the CIDR", () => {
  expect(subnetOf("10.5.5.1", "255.255.255.0")).toMatchObject({ cidr: "10.5.5.0/24" });
  expect(subnetOf("10.5.5.1", "255.255.0.0")).toMatchObject({ cidr: "10.5.0.0/16" });
});

test.each([
  ["10.5.5.1", "255.255.0.255"],
  ["10.5.5.0", "255.255.255.0"],
  ["10.5.5.255", "255.255.255.0"],
  ["10.5.5.1", "255.255.255.252"],
  ["x", "255.255.255.0"],
  ["10.5.5.1", "0.0.0.0"],
])("gateway %s with netmask %s is refused", (gateway, netmask) => {
  expect(() => subnetOf(gateway, netmask)).toThrow();
});

test("a free address is one of the subnet, not taken, and found as long as there is one", () => {
  const places = fc.double({ min: 0, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(fc.array(places, { maxLength: 8 }), (order) => {
      const taken = new Set<string>();
      for (const place of order) {
        const address = freeAddress("10.0.0.8/29", taken, place);
        if (taken.size === 6) expect(address).toBeUndefined();
        else {
          expect(address !== undefined && isHostAddress("10.0.0.8/29", address) && !taken.has(address)).toBe(true);
          taken.add(address ?? "");
        }
      }
    }),
  );
  expect(hostRange("10.0.0.8/29")).toEqual([0x0a000009, 0x0a00000e]);
});

test("MACs are as recorded: network 208's first NIC has 02:02:00:d0:00:01", () => {
  expect(nicMac(208, 1)).toBe("02:02:00:d0:00:01");
  expect(nicMac(0x1234, 0x0102)).toBe("02:02:12:34:01:02");
});
