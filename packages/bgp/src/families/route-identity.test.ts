import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EvpnRoute } from "./e-vpn/evpn-route.ts";
import { familyRoutes } from "./family-routes.arbitrary.ts";
import { evpnRouteOf, instanceIdentity, routeIdentity } from "./route-identity.ts";

const RD = { rdHigh: 0x0001ac1e, rdLow: 0x01020003 };
const MAC: EvpnRoute = {
  type: 2,
  ...RD,
  segment: 0n,
  ethernetTag: 0,
  mac: 0x020000000001,
  ip: 7,
  label: 5,
  label2: 6,
};
const PREFIX: EvpnRoute = {
  type: 5,
  ...RD,
  segment: 0n,
  ethernetTag: 0,
  address: 0x0a000000,
  length: 8,
  gateway: 0,
  label: 5,
};
const GROUP: EvpnRoute = { type: 6, ...RD, ethernetTag: 0, source: undefined, group: 9, originator: 1, flags: 2 };

describe("identity of routes", () => {
  test.each<[string, EvpnRoute, EvpnRoute]>([
    ["labels and segment of a MAC", MAC, { ...MAC, segment: 9n, label: 1, label2: undefined }],
    ["label and gateway of a prefix", PREFIX, { ...PREFIX, label: 1, gateway: 3 }],
    ["flags of a group", GROUP, { ...GROUP, flags: 4 }],
  ])("does not depend on %s", (_what, one, other) => {
    expect(routeIdentity("e-vpn", other)).toBe(routeIdentity("e-vpn", one));
  });

  test("differs with every other field", () => {
    const macs = [MAC, { ...MAC, ip: undefined }, { ...MAC, mac: 1 }, { ...MAC, ethernetTag: 1 }, { ...MAC, rdLow: 1 }];
    expect(new Set(macs.map((route) => routeIdentity("e-vpn", route))).size).toBe(macs.length);
    const vpn = { ...RD, address: 1n, length: 128, label: 16 };
    expect(routeIdentity("inet6-vpn", { ...vpn, label: 17 })).toBe(routeIdentity("inet6-vpn", vpn));
    expect(routeIdentity("inet6-vpn", { ...vpn, length: 127 })).not.toBe(routeIdentity("inet6-vpn", vpn));
  });

  test("inside an instance it is the same for all route distinguishers, and only for those", () => {
    const inInstance = (route: EvpnRoute) => instanceIdentity("e-vpn", routeIdentity("e-vpn", route));
    expect(inInstance({ ...MAC, rdHigh: 1, rdLow: 2 })).toBe(inInstance(MAC));
    expect(inInstance({ ...MAC, mac: 2 })).not.toBe(inInstance(MAC));
    const vpn = (rdLow: number, address: bigint) =>
      instanceIdentity("inet6-vpn", routeIdentity("inet6-vpn", { rdHigh: 1, rdLow, address, length: 128, label: 0 }));
    expect([vpn(1, 5n) === vpn(2, 5n), vpn(1, 5n) === vpn(1, 6n)]).toEqual([true, false]);
  });

  test("from one inside an instance comes an EVPN route that has it", () => {
    let found = 0;
    fc.assert(
      fc.property(familyRoutes, ({ family, routes }) => {
        if (family !== "e-vpn") return;
        for (const route of routes) {
          const identity = instanceIdentity("e-vpn", routeIdentity("e-vpn", route));
          const named = evpnRouteOf(identity);
          expect(named).toMatchObject({ type: route.type, rdHigh: 0, rdLow: 0 });
          expect(instanceIdentity("e-vpn", routeIdentity("e-vpn", named))).toBe(identity);
          found++;
        }
      }),
      { numRuns: 500 },
    );
    expect(found).toBeGreaterThan(50);
  });

  test("any route has one, and has it again", () => {
    fc.assert(
      fc.property(familyRoutes, ({ family, routes }) => {
        for (const route of routes) expect(routeIdentity(family, route)).toBe(routeIdentity(family, { ...route }));
      }),
    );
  });
});
