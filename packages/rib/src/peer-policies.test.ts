import {
  decodeUpdate,
  encodeAttributes,
  HEADER_BYTES,
  LLGR_STALE,
  NO_ADVERTISE,
  NO_EXPORT,
  type PathAttributes,
  type Update,
} from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import { type ExportPolicy, isExported } from "./export-policy.ts";
import type { Destination, PathSource } from "./path.ts";
import { AUTONOMOUS_SYSTEM, IMPORT, newRib, target } from "./rib.model.ts";
import type { Rib } from "./rib.ts";
import { encodeNews } from "./rib-out.ts";

const CLIENT: PathSource = { kind: "internal-peer", name: "client", routerId: 5, client: true };
const OTHER_CLIENT: PathSource = { kind: "internal-peer", name: "other", routerId: 6, client: true };
const PLAIN_PEER: PathSource = { kind: "internal-peer", name: "control2", routerId: 7 };
const PROVIDER: PathSource = { kind: "external-peer", name: "provider", routerId: 8 };
const CLUSTER = 42;
const NEXT_HOP = 0xac1f0003;

const TO_PEER: ExportPolicy = {
  external: false,
  localAs: AUTONOMOUS_SYSTEM,
  localAddress: 0xac1e0b02,
  fourOctetAs: true,
  maxMessageBytes: 4096,
  longLived: [],
  peerAs: AUTONOMOUS_SYSTEM,
  asOverride: false,
  privateAs: undefined,
  role: undefined,
  clusterId: CLUSTER,
  client: false,
  addPath: [],
  extendedNextHop: [],
};
const TO_CLIENT: ExportPolicy = { ...TO_PEER, client: true };
const TO_PROVIDER: ExportPolicy = { ...TO_PEER, external: true, peerAs: 65_001 };

function attributesOf(more: Partial<PathAttributes>): PathAttributes {
  return {
    origin: 0,
    asPath: [],
    communities: [],
    clusterList: [],
    extendedCommunities: [target(1)],
    largeCommunities: [],
    unknown: [],
    ...more,
  };
}

function say(rib: Rib, peer: PathSource, more: Partial<PathAttributes> = {}, family: "inet-vpn" | "inet" = "inet-vpn") {
  const attributes = attributesOf(more);
  const announced = { attributes, bytes: encodeAttributes(attributes, { fourOctetAs: true }) };
  const prefix = { address: 0x0a000000, length: 8 };
  const reach =
    family === "inet"
      ? { family, routes: [prefix], nextHop: NEXT_HOP }
      : { family, routes: [{ ...prefix, rdHigh: 64_512, rdLow: 1, label: 16 }], nextHop: NEXT_HOP };
  rib.update(peer, { unreach: [], reach: [reach], announced }, true);
}

function only(rib: Rib, family: "inet-vpn" | "inet" | "route-target" = "inet-vpn"): Destination {
  rib.step(Number.POSITIVE_INFINITY);
  const [destination, ...more] = rib.table(family).all();
  if (destination === undefined || more.length > 0) throw new Error("not one destination");
  return destination;
}

function sent(destination: Destination, policy: ExportPolicy): Update {
  const [message] = encodeNews({ reach: [destination], gone: [] }, policy, OTHER_CLIENT).messages;
  if (message === undefined) throw new Error("nothing sent");
  const families = ["inet-vpn", "inet", "route-target"] as const;
  const verdict = decodeUpdate(message.subarray(HEADER_BYTES), {
    families,
    fourOctetAs: true,
    external: policy.external,
  });
  if (verdict.kind !== "update") throw new Error(verdict.kind);
  return verdict.update;
}

describe("reflection (RFC 4456)", () => {
  test.each<[string, PathSource, ExportPolicy, boolean]>([
    ["a client's route goes to other clients", CLIENT, TO_CLIENT, true],
    ["a client's route goes to peers that are no clients", CLIENT, TO_PEER, true],
    ["a peer's route goes to clients", PLAIN_PEER, TO_CLIENT, true],
    ["a peer's route goes to no other peer", PLAIN_PEER, TO_PEER, false],
    ["without a cluster nothing is reflected", CLIENT, { ...TO_CLIENT, clusterId: undefined }, false],
  ])("%s", (_what, source, policy, expected) => {
    const rib = newRib();
    say(rib, source);
    expect(isExported(only(rib), policy, OTHER_CLIENT)).toBe(expected);
  });

  test("a reflected route names who originated it, and has our cluster in front", () => {
    const rib = newRib();
    say(rib, CLIENT, { clusterList: [7] });
    expect(sent(only(rib), TO_CLIENT).announced?.attributes).toMatchObject({
      originatorId: CLIENT.routerId,
      clusterList: [CLUSTER, 7],
    });
    say(rib, CLIENT, { originatorId: 99 });
    expect(sent(only(rib), TO_CLIENT).announced?.attributes.originatorId).toBe(99);
  });

  test("nothing of it is told to external peers, and our own routes are not reflected ones", () => {
    const rib = newRib();
    say(rib, CLIENT, { clusterList: [7], originatorId: 99 });
    const out = sent(only(rib), TO_PROVIDER).announced?.attributes;
    expect([out?.clusterList, out?.originatorId]).toEqual([[], undefined]);
    const external = newRib();
    say(external, PROVIDER);
    expect(sent(only(external), TO_CLIENT).announced?.attributes.clusterList).toEqual([]);
  });

  test("a route that has come through our cluster is not used, once it is ours and as long as it is", () => {
    const rib = newRib();
    rib.setImportPolicy(PLAIN_PEER, IMPORT);
    say(rib, PLAIN_PEER, { clusterList: [CLUSTER] });
    expect(only(rib).best).toBeDefined();
    rib.setCluster(CLUSTER);
    rib.step(10);
    expect(only(rib).best).toBeUndefined();
    rib.setCluster(undefined);
    rib.step(10);
    expect(only(rib).best).toBeDefined();
  });

  test("a peer hears of a membership that others have, whoever of them said it first, and not of its own alone", () => {
    const rib = newRib();
    const whole = { originAs: AUTONOMOUS_SYSTEM, routeTarget: target(1), length: 96 };
    const ask = (peer: PathSource): void => {
      const attributes = attributesOf({ extendedCommunities: [] });
      const announced = { attributes, bytes: encodeAttributes(attributes, { fourOctetAs: true }) };
      const reach = [{ family: "route-target" as const, routes: [whole], nextHop: NEXT_HOP }];
      rib.update(peer, { unreach: [], reach, announced }, true);
    };
    const hears = (policy: ExportPolicy, peer: PathSource) => isExported(only(rib, "route-target"), policy, peer);
    ask(CLIENT);
    expect([hears(TO_CLIENT, CLIENT), hears(TO_CLIENT, OTHER_CLIENT), hears(TO_PEER, PLAIN_PEER)]).toEqual([
      false,
      true,
      true,
    ]);
    rib.takeChanged();
    ask(OTHER_CLIENT);
    // The best path is still the first client's, and yet that client has to hear now.
    expect(only(rib, "route-target").best?.source).toBe(CLIENT);
    expect([...rib.takeChanged()]).toHaveLength(1);
    expect([hears(TO_CLIENT, CLIENT), hears(TO_CLIENT, OTHER_CLIENT)]).toEqual([true, true]);
    const [message] = encodeNews({ reach: [only(rib, "route-target")], gone: [] }, TO_CLIENT, CLIENT).messages;
    const context = { families: ["route-target"] as const, fourOctetAs: true, external: false };
    const verdict = decodeUpdate(message?.subarray(HEADER_BYTES) ?? new Uint8Array(), context);
    expect(verdict).toMatchObject({
      kind: "update",
      update: { announced: { attributes: { originatorId: OTHER_CLIENT.routerId } } },
    });
  });
});

describe("the way in", () => {
  const LOOP = { asPath: [{ kind: "sequence" as const, autonomousSystems: [65_001, AUTONOMOUS_SYSTEM] }] };

  test("our AS may stand in a path as often as is configured, and a change of that is looked at at once", () => {
    const rib = newRib();
    say(rib, PROVIDER, LOOP);
    expect(only(rib).best).toBeUndefined();
    rib.setImportPolicy(PROVIDER, { ...IMPORT, loopCount: 1 });
    expect(only(rib).best).toBeDefined();
    rib.setImportPolicy(PROVIDER, { ...IMPORT, loopCount: 1, familyLoopCounts: { "inet-vpn": 0 } });
    expect(only(rib).best).toBeUndefined();
  });

  test("the AS that a peer knows us by is a loop too", () => {
    const rib = newRib();
    rib.setImportPolicy(PROVIDER, { ...IMPORT, ownAses: [AUTONOMOUS_SYSTEM, 65_100] });
    say(rib, PROVIDER, { asPath: [{ kind: "sequence", autonomousSystems: [65_001, 65_100] }] });
    expect(only(rib).best).toBeUndefined();
  });
});

describe("roles (RFC 9234)", () => {
  test("a route of a provider is marked on receipt, and goes down and not up or across", () => {
    const rib = newRib();
    rib.setImportPolicy(PROVIDER, { ...IMPORT, role: "customer" });
    say(rib, PROVIDER, {}, "inet");
    const destination = only(rib, "inet");
    expect(destination.best?.attributes.onlyToCustomer).toBe(65_001);
    const goes = (role: ExportPolicy["role"]) => isExported(destination, { ...TO_PROVIDER, role }, CLIENT);
    expect([goes("customer"), goes("peer"), goes("provider"), goes(undefined)]).toEqual([false, false, true, true]);
    const down = sent(destination, { ...TO_PROVIDER, role: "provider" });
    expect(down.announced?.attributes.onlyToCustomer).toBe(65_001);
  });

  test("a customer's route that is marked is a leak: kept, and not used", () => {
    const rib = newRib();
    rib.setImportPolicy(PROVIDER, { ...IMPORT, role: "provider" });
    say(rib, PROVIDER, { onlyToCustomer: 7 }, "inet");
    expect(only(rib, "inet").best).toBeUndefined();
  });

  test("VPN routes have no part in it", () => {
    const rib = newRib();
    rib.setImportPolicy(PROVIDER, { ...IMPORT, role: "customer" });
    say(rib, PROVIDER);
    expect(only(rib).best?.attributes.onlyToCustomer).toBeUndefined();
    expect(isExported(only(rib), { ...TO_PROVIDER, role: "peer" }, CLIENT)).toBe(true);
  });
});

test("communities say how far a route goes (RFC 1997)", () => {
  const goes = (community: number) => {
    const rib = newRib();
    say(rib, PROVIDER, { communities: [community] });
    return [TO_PEER, TO_PROVIDER].map((policy) => isExported(only(rib), policy, CLIENT));
  };
  expect([goes(NO_EXPORT), goes(NO_ADVERTISE), goes(7)]).toEqual([
    [true, false],
    [false, false],
    [true, true],
  ]);
});

test("a route that is kept for long is told to those who know what that is (RFC 9494)", () => {
  const rib = newRib();
  say(rib, PROVIDER, { communities: [LLGR_STALE] });
  const knowing = { ...TO_PEER, longLived: ["inet-vpn" as const] };
  expect([TO_PEER, knowing].map((policy) => isExported(only(rib), policy, CLIENT))).toEqual([false, true]);
});

test("an external peer's unicast route leads to us for other external peers, and where it led for internal ones", () => {
  const rib = newRib();
  say(rib, PROVIDER, {}, "inet");
  expect(sent(only(rib, "inet"), TO_PROVIDER).reach).toMatchObject([{ nextHop: TO_PEER.localAddress }]);
  expect(sent(only(rib, "inet"), TO_PEER).reach).toMatchObject([{ nextHop: NEXT_HOP }]);
});
