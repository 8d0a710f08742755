import fc from "fast-check";
import { expect, test } from "vitest";
import { type IpPrefix, prefixOfKey, routeKey } from "./ip-prefix.ts";

/** A prefix of either version, without host bits. */
const prefixes: fc.Arbitrary<IpPrefix> = fc.oneof(
  fc.tuple(fc.nat(0xffffffff), fc.nat(32)).map(([bits, length]) => {
    return { address: length === 0 ? 0 : ((bits >>> (32 - length)) << (32 - length)) >>> 0, length };
  }),
  fc.tuple(fc.bigInt(0n, (1n << 128n) - 1n), fc.nat(128)).map(([bits, length]) => {
    const host = BigInt(128 - length);
    return { address: (bits >> host) << host, length };
  }),
);

test("a key gives its prefix back, and no two prefixes have one", () => {
  fc.assert(
    fc.property(prefixes, (prefix) => {
      expect(prefixOfKey(routeKey(prefix))).toEqual(prefix);
    }),
  );
  const lengths = Array.from({ length: 129 }, (_, length) => routeKey({ address: 0n, length }));
  expect(new Set(lengths).size).toBe(129);
});

/** The bits by which V8 places a bigint in a table; all others it only compares. */
const placeOf = (prefix: IpPrefix): bigint => BigInt.asUintN(64, BigInt(routeKey(prefix)));

test.each<[string, (index: bigint) => IpPrefix]>([
  ["networks of customers", (index) => ({ address: (0x20010db8n << 96n) | (index << 80n), length: 48 })],
  ["networks of machines", (index) => ({ address: (0xfd07n << 112n) | (index << 64n), length: 64 })],
  ["machines of one network", (index) => ({ address: (0xfd01n << 112n) | index, length: 128 })],
  ["the first machine of each network", (index) => ({ address: (0xfd01n << 112n) | (index << 64n) | 1n, length: 128 })],
  ["machines numbered as their networks", (index) => ({ address: (index << 64n) | index, length: 128 })],
])("tables find the IPv6 prefixes of %s at places of their own", (_name, prefix) => {
  const places = Array.from({ length: 10_000 }, (_, index) => placeOf(prefix(BigInt(index))));
  expect(new Set(places).size).toBe(10_000);
});
