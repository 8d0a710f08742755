import fc from "fast-check";
import type { EvpnRoute } from "./evpn-route.ts";

const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const uint24 = fc.integer({ min: 0, max: 0xffffff });
const uint128 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
const address = fc.oneof(uint32, uint128);
const anyAddress = fc.oneof(address, fc.constant(undefined));
const distinguisher = { rdHigh: uint32, rdLow: uint32 };
const segment = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: (1n << 80n) - 1n }));
const ethernetTag = fc.oneof(fc.constantFrom(0, 0xffffffff), uint32);

/** Prefix routes that RFC 9136 section 3.2 has no objection to, of both versions. */
const ipPrefixes = fc
  .record({
    type: fc.constant(5 as const),
    ...distinguisher,
    ethernetTag,
    label: fc.integer({ min: 1, max: 0xffffff }),
    inet6: fc.boolean(),
    bits: uint128,
    length: fc.nat(128),
    index: fc.constantFrom("none", "gateway", "segment"),
  })
  .map(({ inet6, bits, length: any, index, ...route }): EvpnRoute => {
    const width = inet6 ? 128 : 32;
    const length = Math.min(any, width);
    const dropped = BigInt(width - length);
    const prefix = (BigInt.asUintN(width, bits) >> dropped) << dropped;
    const inVersion = (value: bigint) => (inet6 ? value : Number(value));
    const gateway = inVersion(index === "gateway" ? 0x0a000001n : 0n);
    return { ...route, address: inVersion(prefix), length, gateway, segment: index === "segment" ? 7n : 0n };
  });

/** Routes of every type that the codec knows. */
export const evpnRoutes: fc.Arbitrary<EvpnRoute> = fc.oneof(
  fc.record({ type: fc.constant(1 as const), ...distinguisher, segment, ethernetTag, label: uint24 }),
  fc.record({
    type: fc.constant(2 as const),
    ...distinguisher,
    segment,
    ethernetTag,
    mac: fc.integer({ min: 0, max: 0xffffffffffff }),
    ip: anyAddress,
    label: uint24,
    label2: fc.oneof(uint24, fc.constant(undefined)),
  }),
  fc.record({ type: fc.constant(3 as const), ...distinguisher, ethernetTag, originator: address }),
  fc.record({ type: fc.constant(4 as const), ...distinguisher, segment, originator: address }),
  ipPrefixes,
  fc.record({
    type: fc.constant(6 as const),
    ...distinguisher,
    ethernetTag,
    source: anyAddress,
    group: anyAddress,
    originator: address,
    flags: fc.nat(255),
  }),
);
