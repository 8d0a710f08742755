import {
  ACCEPT_OWN_NEXTHOP,
  LLGR_STALE,
  NO_ADVERTISE,
  NO_EXPORT,
  NO_EXPORT_SUBCONFED,
  type PathAttributes,
  routeTarget,
} from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import { heardAttributes, innerAttributes } from "./inner-routes.ts";

function attributes(more: Partial<PathAttributes> = {}): PathAttributes {
  const lists = { communities: [], clusterList: [], extendedCommunities: [], largeCommunities: [], unknown: [] };
  return { origin: 0, asPath: [], ...lists, ...more };
}

/** A session with an external router that has no role. */
const EXTERNAL = { external: true, longLived: [], role: undefined, localAs: 64_512, peerAs: 65_001 } as const;

/** A path of so many sequences of so many autonomous systems each. */
function path(segments: number, systems: number): PathAttributes["asPath"] {
  return Array.from({ length: segments }, () => ({
    kind: "sequence",
    autonomousSystems: Array.from({ length: systems }, () => 65_001),
  }));
}

describe("what a router of a tenant says of a route", () => {
  test("is kept as far as it counts", () => {
    const kept = attributes({
      asPath: path(1, 2),
      med: 5,
      localPreference: 200,
      communities: [1],
      largeCommunities: [{ globalAdministrator: 1, localData1: 2, localData2: 3 }],
      onlyToCustomer: 65_001,
      clusterList: [7],
      originatorId: 8,
    });
    const others = {
      extendedCommunities: [routeTarget(64_512, 2)],
      unknown: [{ flags: 0xc0, type: 99, value: new Uint8Array(4_000) }],
    };
    expect(heardAttributes({ ...kept, ...others }, EXTERNAL)).toEqual(kept);
  });

  test("is refused beyond 1,024 octets or 16 segments of a path", () => {
    const communities = Array.from({ length: 1_000 }, (_, index) => index);
    const largeCommunities = communities.map((localData1) => ({ globalAdministrator: 1, localData1, localData2: 3 }));
    for (const [few, many] of [
      [{ communities: communities.slice(0, 250) }, { communities: communities.slice(0, 256) }],
      [{ largeCommunities: largeCommunities.slice(0, 80) }, { largeCommunities: largeCommunities.slice(0, 86) }],
      [{ asPath: path(1, 250) }, { asPath: path(2, 128) }],
      [{ asPath: path(16, 1) }, { asPath: path(17, 1) }],
    ]) {
      expect(heardAttributes(attributes(few), EXTERNAL)).toEqual(attributes(few));
      expect(heardAttributes(attributes(many), EXTERNAL)).toBeUndefined();
    }
  });

  test("is for customers only where it comes from a provider or a peer (RFC 9234 section 5)", () => {
    const heard = (role: "customer" | "provider", onlyToCustomer?: number) =>
      heardAttributes(attributes({ onlyToCustomer }), { ...EXTERNAL, role })?.onlyToCustomer;
    expect([heard("customer"), heard("customer", 7), heard("provider")]).toEqual([65_001, 7, undefined]);
  });
});

describe("what a router of a tenant is told of a route", () => {
  test("is nothing where its communities forbid that", () => {
    const told = (community: number, more = {}) =>
      innerAttributes({ attributes: attributes({ communities: [community] }) }, "inet", { ...EXTERNAL, ...more })
        ?.communities;
    expect([NO_ADVERTISE, NO_EXPORT, NO_EXPORT_SUBCONFED, LLGR_STALE].map((each) => told(each))).toEqual(
      Array(4).fill(undefined),
    );
    expect([told(NO_EXPORT, { external: false }), told(NO_ADVERTISE, { external: false })]).toEqual([
      [NO_EXPORT],
      undefined,
    ]);
    expect(told(LLGR_STALE, { longLived: ["inet6"] })).toBeUndefined();
    expect([told(LLGR_STALE, { longLived: ["inet"] }), told(7), told(ACCEPT_OWN_NEXTHOP)]).toEqual([
      [LLGR_STALE],
      [7],
      [],
    ]);
  });

  test("is nothing where it is for customers only and the router is none, and that mark otherwise", () => {
    const told = (role: "customer" | "provider" | undefined) =>
      innerAttributes({ attributes: attributes({ onlyToCustomer: 7 }) }, "inet", { ...EXTERNAL, role });
    expect([told("customer"), told("provider")?.onlyToCustomer, told(undefined)?.onlyToCustomer]).toEqual([
      undefined,
      7,
      7,
    ]);
  });
});
