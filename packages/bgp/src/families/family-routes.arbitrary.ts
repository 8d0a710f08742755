import fc from "fast-check";
import type { FamilyName, RouteOf } from "../family.ts";
import type { IpAddress } from "../ip-address.ts";
import type { FamilyRoutes } from "../update/update.ts";
import { evpnRoutes } from "./e-vpn/evpn-route.arbitrary.ts";
import type { Inet6Prefix } from "./prefix.ts";
import type { RouteTargetRoute } from "./route-target/route-target-route.ts";

const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const uint128 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });

/** IPv4 prefixes with host bits cleared. */
const inetPrefixes = fc
  .tuple(uint32, fc.integer({ min: 0, max: 32 }))
  .map(([address, length]) => ({ address: masked(address, length), length }));

/** IPv6 prefixes with host bits cleared. */
const inet6Prefixes: fc.Arbitrary<Inet6Prefix> = fc
  .tuple(uint128, fc.integer({ min: 0, max: 128 }))
  .map(([address, length]) => ({ address: (address >> BigInt(128 - length)) << BigInt(128 - length), length }));

/** What stands before the prefix of a VPN route: every form of route distinguisher. */
const labelled = fc.record({ rdHigh: uint32, rdLow: uint32, label: fc.integer({ min: 0, max: 0xfffff }) });

/** Memberships with whole, partial and no targets. */
const routeTargetRoutes: fc.Arbitrary<RouteTargetRoute> = fc
  .tuple(uint32, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.constantFrom(0, 32, 48, 77, 96))
  .map(([originAs, target, length]) => {
    const dropped = BigInt(Math.min(64, 96 - length));
    return length === 0
      ? { originAs: 0, routeTarget: 0n, length }
      : { originAs, routeTarget: (target >> dropped) << dropped, length };
  });

/** Routes of each family. */
const ROUTES: { readonly [Family in FamilyName]: fc.Arbitrary<RouteOf<Family>> } = {
  "route-target": routeTargetRoutes,
  "e-vpn": evpnRoutes,
  "inet-vpn": fc.tuple(labelled, inetPrefixes).map(([head, prefix]) => ({ ...head, ...prefix })),
  "inet6-vpn": fc.tuple(labelled, inet6Prefixes).map(([head, prefix]) => ({ ...head, ...prefix })),
  inet: inetPrefixes,
  inet6: inet6Prefixes,
};

/** Up to 60 routes of one family, at least one, half of the lists with path identifiers. */
export function routesOf<Family extends FamilyName>(family: Family): fc.Arbitrary<FamilyRoutes> {
  return fc
    .tuple(fc.array(ROUTES[family], { minLength: 1, maxLength: 60 }), fc.boolean(), fc.infiniteStream(uint32))
    .map(([routes, addPath, ids]) => {
      const pathIds = addPath ? [...ids.take(routes.length)] : undefined;
      return { family, routes, pathIds } as FamilyRoutes; // The routes are of this very family.
    });
}

/** The same of any family. */
export const familyRoutes: fc.Arbitrary<FamilyRoutes> = fc.oneof(
  routesOf("route-target"),
  routesOf("e-vpn"),
  routesOf("inet-vpn"),
  routesOf("inet6-vpn"),
  routesOf("inet"),
  routesOf("inet6"),
);

/** Next hops of both versions that no one calls martian, and that are not IPv4 in disguise. */
export const nextHops: fc.Arbitrary<IpAddress> = fc.oneof(
  fc.integer({ min: 0x80000000, max: 0xdfffffff }),
  fc.bigInt({ min: 0x20010db8n << 96n, max: (0x20010db9n << 96n) - 1n }),
);

function masked(address: number, length: number): number {
  return length === 0 ? 0 : ((address >>> (32 - length)) << (32 - length)) >>> 0;
}
