import {
  type EvpnRoute,
  encodeAttributes,
  type FamilyRoutes,
  formatRoutes,
  type Inet6VpnRoute,
  LLGR_STALE,
  type PathAttributes,
  type Reach,
  type RouteTargetRoute,
} from "@contrail/bgp";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PathSource } from "./path.ts";
import { keyedVrfContents, Mirror, newRib, target } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

const PEERS: readonly PathSource[] = [
  { kind: "internal-peer", name: "control2", routerId: 20 },
  { kind: "internal-peer", name: "gateway", routerId: 21 },
  { kind: "external-peer", name: "provider", routerId: 22 },
];
const FAMILIES = ["e-vpn", "inet6-vpn", "route-target"] as const;

/** One route of a peer, under a path identifier. */
interface Said {
  readonly peer: PathSource;
  readonly routes: FamilyRoutes;
  readonly pathId: number;
  readonly localPreference: number;
  readonly target: number;
}

const RD = fc.constantFrom({ rdHigh: 64_512, rdLow: 1 }, { rdHigh: 64_512, rdLow: 2 });
const label = fc.integer({ min: 16, max: 18 });
const v6: fc.Arbitrary<Inet6VpnRoute> = fc
  .tuple(RD, fc.constantFrom(1n, 2n), label)
  .map(([rd, host, given]) => ({ ...rd, address: (0x20010db8n << 96n) + host, length: 128, label: given }));
const segment = fc.constantFrom(0n, 7n, 8n);
const mac: fc.Arbitrary<EvpnRoute> = fc
  .tuple(RD, fc.constantFrom(2, 4), label, segment)
  .map(([rd, address, given, on]) => ({
    type: 2 as const,
    ...rd,
    segment: on,
    ethernetTag: 0,
    mac: address,
    ip: undefined,
    label: given,
    label2: undefined,
  }));
/** Of a whole segment, or of one in the network. */
const discovery: fc.Arbitrary<EvpnRoute> = fc
  .tuple(RD, fc.constantFrom(7n, 8n), fc.constantFrom(0, 0xffffffff), label)
  .map(([rd, on, ethernetTag, given]) => ({ type: 1 as const, ...rd, segment: on, ethernetTag, label: given }));
const membership: fc.Arbitrary<RouteTargetRoute> = fc
  .integer({ min: 1, max: 3 })
  .map((number) => ({ originAs: 65_001, routeTarget: target(number), length: 96 }));
const routes = fc.oneof(
  v6.map((route): FamilyRoutes => ({ family: "inet6-vpn", routes: [route] })),
  fc.oneof(mac, mac, discovery).map((route): FamilyRoutes => ({ family: "e-vpn", routes: [route] })),
  membership.map((route): FamilyRoutes => ({ family: "route-target", routes: [route] })),
);
const said: fc.Arbitrary<Said> = fc.record({
  peer: fc.constantFrom(...PEERS),
  routes,
  pathId: fc.constantFrom(0, 1),
  localPreference: fc.constantFrom(100, 200),
  target: fc.integer({ min: 1, max: 3 }),
});
const change = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("say" as const), said }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("take" as const), said }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("lose" as const), said }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restart" as const), said }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("import" as const), said }) },
);

function attributesOf({ localPreference, target: number }: Said): PathAttributes {
  return {
    origin: 0,
    asPath: [],
    localPreference,
    communities: [],
    clusterList: [],
    extendedCommunities: [target(number)],
    largeCommunities: [],
    unknown: [],
  };
}

function withPathId(each: Said): FamilyRoutes {
  // Memberships come without identifiers.
  return { ...each.routes, pathIds: each.routes.family === "route-target" ? undefined : [each.pathId] };
}

function say(rib: Rib, each: Said): void {
  const attributes = attributesOf(each);
  const announced = { attributes, bytes: encodeAttributes(attributes, { fourOctetAs: true }) };
  const reach = { ...withPathId(each), nextHop: 0xac1f0000 + each.peer.routerId } as Reach; // Routes and next hop of one family.
  rib.update(each.peer, { unreach: [], reach: [reach], announced }, true);
}

function setImport(rib: Rib, number: number): void {
  rib.setInstance({ name: "red", importTargets: [target(number)], exportTargets: [], virtualNetworkId: 5 });
}

/** What two tables are compared by. */
function contents(rib: Rib) {
  rib.step(Number.POSITIVE_INFINITY);
  const tables = FAMILIES.map((family) =>
    [...rib.table(family).all()]
      .map(({ paths, best }) =>
        paths.map(({ source, pathId, route, attributes, stale }) => {
          const [text] = formatRoutes({ family, routes: [route] } as FamilyRoutes); // Of the table's family.
          const { communities, localPreference } = attributes;
          return [text, source.name, pathId, communities, localPreference, stale, best?.source.name].join(" ");
        }),
      )
      .sort(),
  );
  const asked = PEERS.map((peer) => [1, 2, 3].map((number) => rib.membershipOf(peer).wants([target(number)])));
  const counts = PEERS.map((peer) => FAMILIES.map((family) => rib.routeCount(peer, family)));
  const red = [...rib.keyedRoutes("red")].map((route) => JSON.stringify(route)).sort();
  return { tables, asked, counts, red };
}

test("any order of saying, taking back, losing, restarting and importing ends in the tables of what is said, and so does what listeners were told", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(change, fc.boolean()), { maxLength: 50 }), (changes) => {
      const rib = newRib();
      const model = new Map<string, Said>();
      const mirror = new Mirror();
      let imported = 1;
      setImport(rib, imported);
      for (const [{ kind, said: each }, works] of changes) {
        const id = each.routes.family === "route-target" ? 0 : each.pathId;
        const [text = ""] = formatRoutes(each.routes);
        const key = `${each.peer.name} ${each.routes.family} ${text} ${id}`;
        if (kind === "say") {
          say(rib, each);
          model.set(key, each);
        } else if (kind === "take") {
          rib.update(each.peer, { unreach: [withPathId(each)], reach: [], announced: undefined }, true);
          model.delete(key);
        } else if (kind === "import") {
          imported = each.target;
          setImport(rib, imported);
        } else {
          const family = each.routes.family;
          if (kind === "lose") rib.removeSource(each.peer, [family]);
          else {
            // It restarts, is away for long, and comes back with this one route.
            rib.markStale(each.peer, [family]);
            rib.keepLong(each.peer, [family]);
            say(rib, each);
            rib.sweep(each.peer, [family]);
          }
          for (const [other, { peer, routes: given }] of [...model])
            if (peer === each.peer && given.family === family) model.delete(other);
          if (kind === "restart") model.set(key, each);
        }
        if (!works) continue;
        rib.step(1);
        mirror.take(rib);
      }
      while (rib.step(3)) mirror.take(rib);
      mirror.take(rib);
      expect(mirror.keyed).toEqual(keyedVrfContents(rib));
      const rebuilt = newRib();
      setImport(rebuilt, imported);
      for (const each of model.values()) say(rebuilt, each);
      const [found, expected] = [contents(rib), contents(rebuilt)];
      expect(found).toEqual(expected);
      expect(JSON.stringify(found)).not.toContain(`${LLGR_STALE}`);
    }),
    { numRuns: 1_000 },
  );
});
