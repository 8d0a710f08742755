import { decodeUpdate, HEADER_BYTES, type Update } from "@contrail/bgp";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ExportPolicy, isExported, policyKey } from "./export-policy.ts";
import type { PathSource } from "./path.ts";
import type { AgentRoute } from "./publications.ts";
import { newRib, type PeerRoute, reachOf, target } from "./rib.model.ts";
import { encodeNews } from "./rib-out.ts";

const HOST: PathSource = { kind: "agent", name: "host1", routerId: 0xac1e0102 };
const CONTROL2: PathSource = { kind: "internal-peer", name: "control2", routerId: 7 };
const PROVIDER: PathSource = { kind: "external-peer", name: "provider", routerId: 8 };
const OTHER: PathSource = { kind: "internal-peer", name: "other", routerId: 9 };
const INTERNAL: ExportPolicy = {
  external: false,
  localAs: 64_512,
  localAddress: 0xac1e0b02,
  fourOctetAs: true,
  maxMessageBytes: 4096,
  longLived: [],
  peerAs: 64_512,
  asOverride: false,
  privateAs: undefined,
  role: undefined,
  clusterId: undefined,
  client: false,
  addPath: [],
  extendedNextHop: [],
};
const EXTERNAL: ExportPolicy = { ...INTERNAL, external: true, peerAs: 65_009 };

function agentRoute(index: number, group: number): AgentRoute {
  return {
    address: 0x0a000000 + index,
    length: 32,
    nextHop: HOST.routerId,
    label: 16 + index,
    localPreference: 100,
    sequence: 0,
    securityGroupIds: [group],
    virtualNetworkId: 5,
    encapsulations: [13],
  };
}

const FROM_PEER: PeerRoute = {
  rdLow: 9,
  address: 0x0a090000,
  length: 16,
  label: 99,
  nextHop: 0xac1f0003,
  targets: [1],
  localPreference: 200,
  med: 7,
  neighbourAs: 65_001,
};

function table(groups: readonly number[], peer?: PathSource) {
  const rib = newRib();
  rib.setInstance({ name: "red", importTargets: [], exportTargets: [target(1)], virtualNetworkId: 5 });
  for (const [index, group] of groups.entries()) rib.publish(HOST, "red", 3, agentRoute(index, group));
  if (peer !== undefined) rib.update(peer, reachOf(FROM_PEER), true);
  rib.step(Number.POSITIVE_INFINITY);
  return rib;
}

/** What a peer reads from the messages; fails where one of them is no flawless UPDATE. */
function read(messages: readonly Uint8Array[], { external, maxMessageBytes }: ExportPolicy): readonly Update[] {
  return messages.map((message) => {
    expect(message.length).toBeLessThanOrEqual(maxMessageBytes);
    const context = { external, fourOctetAs: true, families: ["inet-vpn"] as const };
    const verdict = decodeUpdate(message.subarray(HEADER_BYTES), context);
    if (verdict.kind !== "update") throw new Error(verdict.kind);
    expect(verdict.discarded).toEqual([]);
    return verdict.update;
  });
}

describe("encoding for an update group", () => {
  test("routes of one set of attributes and next hop share messages, and every route is in one", () => {
    const perGroup = fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(perGroup, fc.constantFrom(4096, 65_535), (groups, maxMessageBytes) => {
        const rib = table(groups);
        const policy = { ...INTERNAL, maxMessageBytes };
        const updates = read(encodeNews({ reach: [...rib.vpn.all()], gone: [] }, policy, OTHER).messages, policy);
        const routes = updates.flatMap(({ reach }) => reach.flatMap(({ routes }): readonly unknown[] => routes));
        expect(new Set(routes.map((route) => JSON.stringify(route))).size).toBe(groups.length);
        expect(routes).toHaveLength(groups.length);
        const perMessage = maxMessageBytes === 4096 ? 230 : 4_000;
        expect(updates.length).toBeLessThanOrEqual(new Set(groups).size + Math.floor(groups.length / perMessage));
      }),
      { numRuns: 50 },
    );
  });

  test("an internal peer gets attributes as they are; withdrawals come first", () => {
    const rib = table([1]);
    const [gone] = table([], CONTROL2).vpn.all();
    if (gone === undefined) throw new Error("no destination");
    const { messages } = encodeNews({ reach: [...rib.vpn.all()], gone: [gone] }, INTERNAL, OTHER);
    const updates = read(messages, INTERNAL);
    expect(updates[0]?.unreach).toMatchObject([{ routes: [{ rdLow: 9, address: 0x0a090000, length: 16 }] }]);
    expect(updates[1]?.announced?.attributes).toMatchObject({ localPreference: 100, asPath: [], origin: 0 });
    expect(updates[1]?.announced?.attributes.extendedCommunities).toContain(target(1));
  });

  test("an external peer gets our AS in front, no local preference, no MED of another, and the next hop unchanged", () => {
    const rib = table([], CONTROL2);
    const [update] = read(encodeNews({ reach: [...rib.vpn.all()], gone: [] }, EXTERNAL, OTHER).messages, EXTERNAL);
    expect(update?.announced?.attributes.localPreference).toBeUndefined();
    expect(update?.announced?.attributes.med).toBeUndefined();
    expect(update?.announced?.attributes.asPath).toEqual([{ kind: "sequence", autonomousSystems: [64_512, 65_001] }]);
    expect(update?.reach).toMatchObject([{ nextHop: 0xac1f0003 }]);
  });

  test("what an internal peer said is not told to internal peers, and nobody is told what he said himself", () => {
    const [fromInternal] = table([], CONTROL2).vpn.all();
    const [fromExternal] = table([], PROVIDER).vpn.all();
    if (fromInternal === undefined || fromExternal === undefined) throw new Error("no destination");
    expect([isExported(fromInternal, INTERNAL, OTHER), isExported(fromInternal, EXTERNAL, OTHER)]).toEqual([
      false,
      true,
    ]);
    expect([isExported(fromExternal, INTERNAL, OTHER), isExported(fromExternal, EXTERNAL, PROVIDER)]).toEqual([
      true,
      false,
    ]);
  });

  test("peers are of one group only where all of their policy is equal", () => {
    const policies = [INTERNAL, EXTERNAL, { ...INTERNAL, localAs: 1 }, { ...INTERNAL, fourOctetAs: false }];
    expect(new Set([...policies, { ...INTERNAL, maxMessageBytes: 65_535 }].map(policyKey)).size).toBe(5);
    expect(policyKey({ ...INTERNAL })).toBe(policyKey(INTERNAL));
  });
});
