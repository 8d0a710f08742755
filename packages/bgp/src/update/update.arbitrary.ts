import fc from "fast-check";
import type { AsPathSegment, PathAttributes } from "../attributes/path-attributes.ts";
import type { InetVpnRoute } from "../families/inet-vpn/inet-vpn-route.ts";
import type { RouteTargetRoute } from "../families/route-target/route-target-route.ts";
import type { FamilyRoutes } from "./update.ts";

/** Any unsigned number of 32 bits. */
const uint32 = fc.integer({ min: 0, max: 0xffffffff });

/** IPv4 prefixes with host bits cleared. */
const inetPrefixes = fc
  .tuple(uint32, fc.integer({ min: 0, max: 32 }))
  .map(([address, length]) => ({ address: masked(address, length), length }));

/** VPN routes with every form of route distinguisher. */
const inetVpnRoutes: fc.Arbitrary<InetVpnRoute> = fc
  .tuple(inetPrefixes, uint32, uint32, fc.integer({ min: 0, max: 0xfffff }))
  .map(([prefix, rdHigh, rdLow, label]) => ({ rdHigh, rdLow, ...prefix, label }));

/** Memberships with whole, partial and no targets. */
const routeTargetRoutes: fc.Arbitrary<RouteTargetRoute> = fc
  .tuple(uint32, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.constantFrom(0, 32, 48, 77, 96))
  .map(([originAs, target, length]) => {
    const dropped = BigInt(Math.min(64, 96 - length));
    return length === 0
      ? { originAs: 0, routeTarget: 0n, length }
      : { originAs, routeTarget: (target >> dropped) << dropped, length };
  });

/** Up to 60 routes of any family, at least one. */
export const familyRoutes: fc.Arbitrary<FamilyRoutes> = fc.oneof(
  list(inetPrefixes).map((routes) => ({ family: "inet" as const, routes })),
  list(inetVpnRoutes).map((routes) => ({ family: "inet-vpn" as const, routes })),
  list(routeTargetRoutes).map((routes) => ({ family: "route-target" as const, routes })),
);

/** Next hops that no one calls martian. */
export const nextHops = fc.integer({ min: 0x80000000, max: 0xdfffffff });

const autonomousSystems = fc.integer({ min: 1, max: 0xffffffff });

const asPathSegments: fc.Arbitrary<AsPathSegment> = fc.record({
  kind: fc.constantFrom("sequence" as const, "set" as const),
  autonomousSystems: fc.array(autonomousSystems, { minLength: 1, maxLength: 6 }),
});

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
  extendedCommunities: fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { maxLength: 40 }),
  pmsiTunnel: fc.option(
    fc.record({
      flags: fc.integer({ min: 0, max: 255 }),
      tunnelType: fc.integer({ min: 0, max: 255 }),
      label: fc.integer({ min: 0, max: 0xffffff }),
      identifier: fc.uint8Array({ maxLength: 17 }),
    }),
    { nil: undefined },
  ),
  largeCommunities: fc.array(fc.record({ globalAdministrator: uint32, localData1: uint32, localData2: uint32 }), {
    maxLength: 3,
  }),
  unknown: fc
    .uniqueArray(
      fc.record({
        flags: fc.constant(0xe0),
        type: fc.constantFrom(11, 21, 25, 35, 128, 255),
        value: fc.uint8Array({ maxLength: 300 }),
      }),
      { maxLength: 3, selector: ({ type }) => type },
    )
    .map((list) => list.sort((left, right) => left.type - right.type)),
});

function list<Route>(routes: fc.Arbitrary<Route>): fc.Arbitrary<Route[]> {
  return fc.array(routes, { minLength: 1, maxLength: 60 });
}

function masked(address: number, length: number): number {
  return length === 0 ? 0 : ((address >>> (32 - length)) << (32 - length)) >>> 0;
}
