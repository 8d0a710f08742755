import fc from "fast-check";
import type { AsPathSegment, LargeCommunity, PathAttributes, PmsiTunnel } from "../attributes/path-attributes.ts";

/** Any unsigned number of 32 bits. */
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const uint128 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });

const autonomousSystems = fc.integer({ min: 1, max: 0xffffffff });

const asPathSegments: fc.Arbitrary<AsPathSegment> = fc.record({
  kind: fc.constantFrom("sequence" as const, "set" as const),
  autonomousSystems: fc.array(autonomousSystems, { minLength: 1, maxLength: 6 }),
});

const largeCommunities: fc.Arbitrary<LargeCommunity> = fc.record({
  globalAdministrator: uint32,
  localData1: uint32,
  localData2: uint32,
});

/** Tunnels of known types with identifiers that they may have, and of unknown types with any. */
const pmsiTunnels: fc.Arbitrary<PmsiTunnel> = fc
  .constantFrom([0, 0], [1, 12], [3, 8], [5, 32], [6, 4], [6, 16], [10, 9], [200, 17])
  .chain(([tunnelType = 0, octets = 0]) =>
    fc.record({
      flags: fc.nat(255),
      tunnelType: fc.constant(tunnelType),
      label: fc.nat(0xffffff),
      identifier: fc.uint8Array({ minLength: octets, maxLength: octets }),
    }),
  );

/** A broken router's MAC takes its prefix routes with it: that has tests of its own. */
function isNoRoutersMac(community: bigint): boolean {
  return community >> 48n !== 0x0603n;
}

/** Attributes as an internal session with four-octet AS numbers carries them. */
export const pathAttributes: fc.Arbitrary<PathAttributes> = fc.record({
  origin: fc.constantFrom(0 as const, 1 as const, 2 as const),
  asPath: fc.array(asPathSegments, { maxLength: 3 }),
  med: fc.option(uint32, { nil: undefined }),
  localPreference: fc.option(uint32, { nil: undefined }),
  atomicAggregate: fc.constantFrom(true, undefined),
  aggregator: fc.option(fc.record({ autonomousSystem: autonomousSystems, address: uint32 }), { nil: undefined }),
  communities: fc.array(uint32, { maxLength: 5 }),
  originatorId: fc.option(uint32, { nil: undefined }),
  clusterList: fc.array(uint32, { maxLength: 5 }),
  extendedCommunities: fc.array(uint64.filter(isNoRoutersMac), { maxLength: 40 }),
  ipv6ExtendedCommunities: fc.option(
    fc.array(fc.record({ kind: fc.nat(0xffff), address: uint128, localAdministrator: fc.nat(0xffff) }), {
      minLength: 1,
      maxLength: 3,
    }),
    { nil: undefined },
  ),
  pmsiTunnel: fc.option(pmsiTunnels, { nil: undefined }),
  largeCommunities: fc.uniqueArray(largeCommunities, { maxLength: 3, selector: (each) => JSON.stringify(each) }),
  onlyToCustomer: fc.option(autonomousSystems, { nil: undefined }),
  originVnPath: fc.option(fc.array(uint64, { minLength: 1, maxLength: 4 }), { nil: undefined }),
  unknown: fc
    .uniqueArray(
      fc.record({
        flags: fc.constant(0xe0),
        type: fc.constantFrom(11, 21, 26, 40, 128, 241, 255),
        value: fc.uint8Array({ maxLength: 300 }),
      }),
      { maxLength: 3, selector: ({ type }) => type },
    )
    .map((list) => list.sort((left, right) => left.type - right.type)),
});
