import {
  eTreeCommunity,
  isTransitive,
  LLGR_STALE,
  localSequenceCommunity,
  NO_ADVERTISE,
  type PathAttributes,
  PMSI_AR_LEAF,
  PMSI_AR_REPLICATOR,
  PMSI_EDGE_REPLICATION,
  TUNNEL_VXLAN,
  tagCommunity,
} from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import { announcement, features, GATEWAY, HOST1, HOST2, hostRoute, makeInstance } from "./derived/derived.model.ts";
import { forbiddenBy } from "./export-policy.ts";
import { type Path, type PathSource, prefixKey } from "./path.ts";
import type { RoutingPolicy, SubProtocol } from "./policy/routing-policy.ts";
import type { AgentEvpnRoute, AgentIpRoute } from "./publications.ts";
import { newRib, target } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

const VM = "10.0.0.5/32";
const VM_KEY = prefixKey(0x0a000005, 32);
const NAMED = { rdHigh: 0, rdLow: 0, ethernetTag: 0 };
const COMMUNITIES = [0xfc000007, 0xfc000008];

/** red, and green, which imports red's. */
function tables(): Rib {
  const rib = newRib();
  makeInstance(rib, "red", 1);
  makeInstance(rib, "green", 3, [1]);
  return rib;
}

function told(rib: Rib, instance: string) {
  rib.step(Number.POSITIVE_INFINITY);
  return rib.route(instance, VM_KEY);
}

/** Of the one route of inet-vpn. */
function vpnAttributes(rib: Rib): PathAttributes {
  rib.step(Number.POSITIVE_INFINITY);
  const [attributes] = [...rib.vpn.all()].flatMap(({ best }) => best?.attributes ?? []);
  if (attributes === undefined) throw new Error("there is no route");
  return attributes;
}

function evpnRoute(host: PathSource, evpn: AgentEvpnRoute["evpn"], more: Partial<AgentEvpnRoute>): AgentEvpnRoute {
  const rest = { localPreference: 100, sequence: 0, securityGroupIds: [], virtualNetworkId: 0 };
  return { evpn, nextHop: host.routerId, encapsulations: [TUNNEL_VXLAN], ...rest, ...more };
}

function machine(host: PathSource, more: Partial<AgentEvpnRoute> = {}): AgentEvpnRoute {
  const named = { segment: 0n, mac: 0x020000000001, ip: undefined, label: 5_000, label2: undefined };
  return evpnRoute(host, { type: 2, ...NAMED, ...named }, more);
}

function flooding(host: PathSource, more: Partial<AgentEvpnRoute> = {}): AgentEvpnRoute {
  return evpnRoute(host, { type: 3, ...NAMED, originator: host.routerId }, { floodingLabel: 5_000, ...more });
}

function evpnPaths(rib: Rib): Path[] {
  rib.step(Number.POSITIVE_INFINITY);
  return [...rib.table("e-vpn").all()].flatMap(({ paths }) => paths);
}

describe("communities, tags and the local sequence of an agent's route", () => {
  test("are in its attributes, and what agents are told of it, in every instance that imports it", () => {
    const rib = tables();
    const more = { communities: COMMUNITIES, tagIds: [7, 0xffffffff], localSequence: 3 };
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20, more));
    for (const instance of ["red", "green"]) {
      expect(told(rib, instance)).toMatchObject({
        communities: COMMUNITIES,
        nextHops: [{ tagIds: [7, 0xffffffff], localSequence: 3 }],
      });
    }
    expect(vpnAttributes(rib)).toMatchObject({
      communities: COMMUNITIES,
      extendedCommunities: expect.arrayContaining([
        tagCommunity(64_512, 7),
        tagCommunity(64_512, 0xffffffff),
        localSequenceCommunity(3),
      ]),
    });
  });

  test("are told of a peer's route as well; of several ways each has its own tags, and the first its communities", () => {
    const rib = tables();
    const extendedCommunities = [target(1), tagCommunity(64_512, 9), localSequenceCommunity(1)];
    rib.update(GATEWAY, announcement(VM, 0xac1f0003, 30, { communities: COMMUNITIES, extendedCommunities }), true);
    expect(told(rib, "red")).toMatchObject({ communities: COMMUNITIES, nextHops: [{ tagIds: [9], localSequence: 1 }] });
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20, { tagIds: [1] }));
    expect(told(rib, "red")?.nextHops.map(({ tagIds }) => tagIds)).toEqual([[1], [9]]);
  });

  test("change with it, each alone, and are gone when it says none", () => {
    const rib = tables();
    const states = [{ communities: [1] }, { communities: [1, 2] }, { tagIds: [1] }, { localSequence: 1 }, {}] as const;
    for (const state of states) {
      rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20, state));
      const { communities = [], tagIds = [], localSequence } = state as Partial<AgentIpRoute>;
      const [hop] = told(rib, "green")?.nextHops ?? [];
      expect([told(rib, "green")?.communities, hop?.tagIds, hop?.localSequence]).toEqual([
        communities,
        tagIds,
        localSequence,
      ]);
      expect(rib.takeChangedVrfs().has("green")).toBe(true);
    }
  });

  test("that forbid it keep the route here, and the local sequence stays inside the AS", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20, { communities: [NO_ADVERTISE], localSequence: 3 }));
    const attributes = vpnAttributes(rib);
    const inside = { external: false, longLived: [], role: undefined, localAs: 64_512 };
    expect(forbiddenBy(attributes, "inet-vpn", inside)).toBe("its community is NO_ADVERTISE (RFC 1997)");
    expect(attributes.extendedCommunities.filter((each) => !isTransitive(each))).toEqual([localSequenceCommunity(3)]);
  });

  test("that say that it is stale for long make it the last choice", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, hostRoute(HOST1, VM, 20, { communities: [LLGR_STALE] }));
    rib.publish(HOST2, "red", 3, hostRoute(HOST2, VM, 21));
    expect(told(rib, "red")?.nextHops.map(({ label }) => label)).toEqual([21]);
  });
});

describe("what EVPN says of what goes to all", () => {
  test("a leaf is one in the E-Tree community, without a label, and the other host is preferred", () => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, machine(HOST1, { leaf: true }));
    expect(evpnPaths(rib)[0]?.attributes.extendedCommunities).toContain(eTreeCommunity({ flag: true, label: 0 }));
    expect([...rib.keyedRoutes("green")]).toMatchObject([{ leaf: true }]);
    rib.publish(HOST2, "red", 3, machine(HOST2, { localPreference: 100 }));
    rib.step(100);
    expect([...rib.keyedRoutes("green")]).toMatchObject([{ leaf: undefined, nextHops: [{ address: HOST2.routerId }] }]);
  });

  test.each([
    ["nothing", undefined, 0, {}],
    ["a replicator", { role: "replicator" }, PMSI_AR_REPLICATOR, { replicationRole: "replicator" }],
    ["a leaf", { role: "leaf" }, PMSI_AR_LEAF, { replicationRole: "leaf" }],
    ["edge replication", { edge: true }, PMSI_EDGE_REPLICATION, { edgeReplication: true }],
    ["no edge replication", { edge: false }, 0, {}],
  ] as const)("%s is in the flags of PMSI_TUNNEL, and told", (_what, replication, flags, expected) => {
    const rib = tables();
    rib.publish(HOST1, "red", 3, flooding(HOST1, { replication }));
    expect(evpnPaths(rib)[0]?.attributes.pmsiTunnel).toMatchObject({ flags, tunnelType: 6 });
    const { replicationRole, edgeReplication } = [...rib.keyedRoutes("green")][0] ?? {};
    expect({ replicationRole, edgeReplication }).toEqual({
      replicationRole: undefined,
      edgeReplication: undefined,
      ...expected,
    });
  });
});

describe("what policies call an agent's route", () => {
  const rejecting = (protocol: SubProtocol): RoutingPolicy => ({
    terms: [{ match: { protocols: [protocol] }, update: {}, action: "reject" }],
  });

  test.each<[SubProtocol | undefined, string, readonly SubProtocol[]]>([
    [undefined, VM, ["interface"]],
    [undefined, "10.0.0.0/24", ["interface-static"]],
    ["interface-static", VM, ["interface-static"]],
    ["service-interface", VM, ["service-interface"]],
    ["interface", "10.0.0.0/24", ["interface"]],
  ])("is what it says: %s of %s", (subProtocol, prefix, met) => {
    for (const protocol of ["interface", "interface-static", "service-interface"] as const) {
      const rib = tables();
      rib.setFeatures("red", features({ policies: [rejecting(protocol)] }));
      rib.publish(HOST1, "red", 3, hostRoute(HOST1, prefix, 20, { subProtocol }));
      rib.step(100);
      expect([...(rib.routeKeys("red") ?? [])].length).toBe(met.includes(protocol) ? 0 : 1);
    }
  });
});
