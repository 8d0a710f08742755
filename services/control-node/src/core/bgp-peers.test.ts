import { type ConfigGraph, createGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { expect, test } from "vitest";
import { desiredPeers } from "./bgp-peers.ts";

function router(name: string, parameters: JsonObject, peers: readonly string[] = []): ConfigObject {
  return {
    uuid: name,
    type: "bgp-router",
    fqName: ["default-domain", "default-project", "ip-fabric", "__default__", name],
    parentType: "routing-instance",
    parentUuid: "fabric",
    revision: 1n,
    refs: peers.map((peer) => ({ toType: "bgp-router", toUuid: peer, toFqName: [peer], attr: null })),
    properties: { bgp_router_parameters: parameters },
    derived: false,
    epoch: 0n,
  };
}

function graphOf(...objects: readonly ConfigObject[]): ConfigGraph {
  const graph = createGraph();
  for (const object of objects) graph.apply({ kind: "upsert", object });
  return graph;
}

const OWN = router("control1", { address: "172.30.11.2", autonomous_system: 64_512 });

function peerWith(parameters: JsonObject) {
  const graph = graphOf(OWN, router("peer", { address: "172.30.12.2", ...parameters }, ["control1"]));
  return desiredPeers(graph, "control1");
}

test("a router that refers to ours, or that ours refers to, is a peer; others are not", () => {
  const graph = graphOf(
    { ...OWN, refs: router("x", {}, ["b"]).refs },
    router("a", { address: "10.0.0.1" }, ["control1"]),
    router("b", { address: "10.0.0.2" }),
    router("c", { address: "10.0.0.3" }),
  );
  expect(
    desiredPeers(graph, "control1")
      .map(({ address }) => address)
      .sort(),
  ).toEqual(["10.0.0.1", "10.0.0.2"]);
});

test("routers of a tenant's instance are neither the node's own nor its peers", () => {
  const ofTenant = (object: ConfigObject): ConfigObject => ({
    ...object,
    uuid: `tenant ${object.uuid}`,
    fqName: ["d", "p", "n", "n", object.uuid],
  });
  const intruder = ofTenant(router("peer", { address: "10.0.0.9" }, ["control1"]));
  const namesake = ofTenant(router("control1", { autonomous_system: 1 }));
  const graph = graphOf(namesake, OWN, intruder, router("a", { address: "10.0.0.1" }, ["control1"]));
  expect(desiredPeers(graph, "control1")).toMatchObject([{ address: "10.0.0.1", localAs: 64_512 }]);
});

test("a key of either router signs the session of both, of two keys that of the first by name at both ends", () => {
  const key = (text: string) => ({ auth_data: { key_type: "md5", key_items: [{ key_id: 0, key: text }] } });
  const routers = (own: JsonObject, other: JsonObject) =>
    graphOf(
      router("control1", { address: "10.0.0.1", ...own }),
      router("control2", { address: "10.0.0.2", ...other }, ["control1"]),
    );
  const keysAt = (graph: ConfigGraph) =>
    ["control1", "control2"].flatMap((name) => desiredPeers(graph, name).map(({ md5Key }) => md5Key));
  expect(keysAt(routers(key("one"), {}))).toEqual(["one", "one"]);
  expect(keysAt(routers({}, key("two")))).toEqual(["two", "two"]);
  expect(keysAt(routers(key("one"), key("two")))).toEqual(["one", "one"]);
  expect(keysAt(routers({}, { auth_data: { key_type: "md5", key_items: [{ key_id: 0 }] } }))).toEqual([
    undefined,
    undefined,
  ]);
});

test("what control nodes send is marked as the system says", () => {
  const qos = {
    ...OWN,
    uuid: "qos",
    type: "global-qos-config" as const,
    fqName: ["default-global-system-config", "default-global-qos-config"],
    properties: { control_traffic_dscp: { control: 48, analytics: 8, dns: 8 } },
  };
  const graph = graphOf(OWN, qos, router("a", { address: "10.0.0.1" }, ["control1"]));
  expect(desiredPeers(graph, "control1")).toMatchObject([{ dscp: 48 }]);
});

test("a node without a router object of its own has no peers", () => {
  expect(desiredPeers(graphOf(router("peer", { address: "10.0.0.1" }, ["control1"])), "control1")).toEqual([]);
});

test.each<[string, JsonValue | undefined, number | undefined]>([
  ["0 is the default", 0, undefined],
  ["absent is the default", undefined, undefined],
  ["1 s is no hold time, 3 s is the least", 1, 3_000],
  ["90 s", 90, 90_000],
  ["a text is the default", "90 s", undefined],
  ["more than the field holds is the default", 100_000, undefined],
])("hold time: %s", (_what, given, expected) => {
  expect(peerWith({ hold_time: given })).toMatchObject([{ holdTimeMs: expected }]);
});

test.each<[string, JsonObject, object]>([
  ["a port out of range", { port: 70_000 }, { port: 179 }],
  ["an AS that is none", { autonomous_system: -1 }, { peerAs: 64_512 }],
  ["an AS of four octets", { autonomous_system: 4_200_000_000 }, { peerAs: 4_200_000_000 }],
  ["no families", {}, { families: ["route-target", "e-vpn", "inet-vpn", "inet6-vpn"] }],
  [
    "a family that we do not have",
    { address_families: { family: ["inet-vpn", "erm-vpn", "e-vpn"] } },
    { families: ["e-vpn", "inet-vpn"] },
  ],
  ["admin_down", { admin_down: true }, { adminDown: true }],
])("%s", (_what, given, expected) => {
  expect(peerWith(given)).toMatchObject([expected]);
});

test.each(["", "gateway.example", "300.1.1.1", "::1", 7])("a router with address %j is no peer", (address) => {
  expect(peerWith({ address })).toEqual([]);
});

test("options of the session come before what the routers say, and families only narrow theirs", () => {
  const session = {
    session: [{ uuid: "s", attributes: [{ hold_time: 30, address_families: { family: ["e-vpn"] } }] }],
  };
  const ref = { toType: "bgp-router", toUuid: "control1", toFqName: ["control1"], attr: session };
  const gateway = { ...router("peer", { address: "172.30.12.2", hold_time: 90 }), refs: [ref] };
  expect(desiredPeers(graphOf(OWN, gateway), "control1")).toMatchObject([{ holdTimeMs: 30_000, families: ["e-vpn"] }]);
});

test("local_autonomous_system is the AS towards peers, of either router", () => {
  const own = router("control1", {
    address: "172.30.11.2",
    autonomous_system: 64_512,
    local_autonomous_system: 65_100,
  });
  const gateway = { address: "172.30.12.2", autonomous_system: 1, local_autonomous_system: 2 };
  const graph = graphOf(own, router("peer", gateway, ["control1"]));
  expect(desiredPeers(graph, "control1")).toMatchObject([{ localAs: 65_100, peerAs: 2 }]);
});

test("a node with a cluster reflects for the routers of its AS that have none", () => {
  const own = router("control1", { address: "172.30.11.2", autonomous_system: 64_512, cluster_id: 7 });
  const graph = graphOf(
    own,
    router("client", { address: "10.0.0.1" }, ["control1"]),
    router("reflector", { address: "10.0.0.2", cluster_id: 8 }, ["control1"]),
    router("external", { address: "10.0.0.3", autonomous_system: 65_001 }, ["control1"]),
  );
  const clients = desiredPeers(graph, "control1").map(({ name, clusterId, client }) => [
    name.split(":").at(-1),
    clusterId,
    client,
  ]);
  expect(clients.sort()).toEqual([
    ["client", 7, true],
    ["external", 7, false],
    ["reflector", 7, false],
  ]);
  expect(peerWith({})).toMatchObject([{ clusterId: undefined, client: false }]);
});

test.each<[string, JsonObject | undefined, number | undefined, number | undefined]>([
  ["without parameters nothing is said", undefined, undefined, undefined],
  ["times in seconds", { enable: true, restart_time: 60, long_lived_restart_time: 600 }, 60_000, 600_000],
  ["times of 0 are none", { restart_time: 0, long_lived_restart_time: 0 }, 0, 0],
  ["not enabled", { enable: false, restart_time: 60 }, 0, 0],
  ["no times", { enable: true }, undefined, undefined],
])("restarts of the system: %s", (_what, given, restartMs, longLivedMs) => {
  const system: ConfigObject = {
    ...router("global", {}),
    type: "global-system-config",
    fqName: ["default-global-system-config"],
    properties: given === undefined ? {} : { graceful_restart_parameters: given },
  };
  const graph = graphOf(OWN, system, router("peer", { address: "172.30.12.2" }, ["control1"]));
  const [peer] = desiredPeers(graph, "control1");
  expect([peer?.gracefulRestartMs, peer?.longLivedStaleMs]).toEqual([restartMs, longLivedMs]);
});
