import { createGraph } from "@contrail/graph";
import { parseInet6Address } from "@contrail/net";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import type { DesiredPeer } from "./desired-peer.ts";
import { innerPeers } from "./inner-peers.ts";

function object(type: string, uuid: string, more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, revision: 1n, refs: [], properties: {} };
  return { type, uuid, fqName: ["d", "p", "red", "red", uuid], derived: false, epoch: 0n, ...none, ...more };
}

function refTo(toType: string, toUuid: string, attr: JsonObject = {}): ConfigObject["refs"][number] {
  return { toType, toUuid, toFqName: ["d", "p", "red", "red", toUuid], attr };
}

const CLIENT = { router_type: "bgpaas-client", address: "10.1.0.9", autonomous_system: 65_001, source_port: 50_001 };

function client(parameters: JsonObject = {}, session: JsonObject = {}): ConfigObject {
  return object("bgp-router", "router", {
    parentUuid: "ri",
    refs: [refTo("bgp-router", "server", { session: [{ attributes: [session] }] })],
    properties: { bgp_router_parameters: { ...CLIENT, ...parameters } },
  });
}

const SERVER = object("bgp-router", "server", {
  parentUuid: "ri",
  properties: { bgp_router_parameters: { router_type: "bgpaas-server", autonomous_system: 64_512 } },
});
const INSTANCE = object("routing-instance", "ri", { parentUuid: "vn" });
const HOST = object("virtual-router", "host1", { properties: { virtual_router_ip_address: "172.30.1.2" } });
const subnet = (prefix: string, gateway: string): JsonObject => {
  return { subnet: { ip_prefix: prefix, ip_prefix_len: 24 }, default_gateway: gateway };
};
const SUBNETS = [subnet("10.2.0.0", "10.2.0.1"), subnet("10.1.0.0", "10.1.0.1"), subnet("fd01::", "fd01::1")];
const NETWORK = object("virtual-network", "vn", {
  refs: [refTo("network-ipam", "ipam", { ipam_subnets: SUBNETS })],
});
const inet6 = (text: string): bigint => parseInet6Address(text) ?? 0n;

function peers(...objects: readonly ConfigObject[]): readonly DesiredPeer[] {
  const graph = createGraph();
  for (const each of [SERVER, INSTANCE, HOST, NETWORK, ...objects]) graph.apply({ kind: "upsert", object: each });
  return innerPeers(graph, "control1");
}

function peer(...objects: readonly ConfigObject[]): DesiredPeer {
  const [first] = peers(...objects);
  if (first?.inner === undefined) throw new Error("no such peer");
  return first;
}

describe("a router of a tenant", () => {
  test("is known by port, hosts and instance, and told by way of its subnet's gateway", () => {
    const { inner, ...rest } = peer(client());
    expect(inner).toEqual({
      instance: "d:p:red:red",
      sourcePort: 50_001,
      hosts: ["172.30.1.2"],
      gateways: { inet: 0x0a010001, inet6: undefined },
    });
    expect(rest).toMatchObject({
      name: "d:p:red:red:router",
      peerAs: 65_001,
      localAs: 64_512,
      passive: true,
      families: ["inet"],
      gracefulRestartMs: 0,
      adminDown: false,
    });
  });

  test("has the options of its session", () => {
    const session = { local_autonomous_system: 64_900, as_override: true, hold_time: 30, admin_down: true };
    expect(peer(client({}, session))).toMatchObject({
      localAs: 64_900,
      asOverride: true,
      holdTimeMs: 30_000,
      adminDown: true,
    });
    expect(peer(client({ hold_time: 60, admin_down: true }))).toMatchObject({ holdTimeMs: 60_000, adminDown: true });
    const auth_data = { key_type: "md5", key_items: [{ key_id: 0, key: "secret" }] };
    const segments = peer(client({}, { auth_data, ttl_security_hops: 1 }));
    expect([segments.md5Key, segments.ttlSecurityHops]).toEqual([undefined, undefined]);
    expect(peer(client({}, { passive: false })).passive).toBe(true);
  });

  test("has the gateway that is given, that of a shared subnet, or none", () => {
    expect(peer(client({ gateway_address: "10.1.0.254" })).inner?.gateways.inet).toBe(0x0a0100fe);
    expect(peer(client({ address: "10.9.0.9" })).inner?.gateways.inet).toBeUndefined();
    const shared = object("network-ipam", "ipam", {
      properties: { ipam_subnets: { subnets: [subnet("10.9.0.0", "10.9.0.1")] } },
    });
    expect(peer(client({ address: "10.9.0.9" }), shared).inner?.gateways.inet).toBe(0x0a090001);
  });

  test("of IPv6 is told by way of its subnet's gateway, or of that which is given, which may be an IPv4 address", () => {
    const gateways = (parameters: JsonObject) => peer(client(parameters)).inner?.gateways;
    expect(gateways({ address: "fd01::9" })).toEqual({ inet: undefined, inet6: inet6("fd01::1") });
    const given = { gateway_address: "10.1.0.254", ipv6_gateway_address: "fd01::fe" };
    expect(gateways(given)).toEqual({ inet: 0x0a0100fe, inet6: inet6("fd01::fe") });
    const mapped = { ipv6_gateway_address: "::ffff:10.1.0.1" };
    expect(gateways(mapped)).toEqual({ inet: 0x0a010001, inet6: inet6("::ffff:10.1.0.1") });
    const none = { gateway_address: "0.0.0.0", ipv6_gateway_address: "::" };
    expect(gateways(none)).toEqual({ inet: undefined, inet6: undefined });
    const wrong = { gateway_address: "fd01::fe", ipv6_gateway_address: "10.1.0.1" };
    expect(gateways(wrong)).toEqual({ inet: undefined, inet6: undefined });
  });

  test("speaks IPv4, or the families that its session or it itself lists, of those that routers of tenants have", () => {
    const listed = (...family: readonly string[]): JsonObject => ({ address_families: { family } });
    const families = (parameters: JsonObject, session: JsonObject = {}) => peer(client(parameters, session)).families;
    expect(families({})).toEqual(["inet"]);
    expect(families(listed("inet6", "inet", "inet-vpn"))).toEqual(["inet", "inet6"]);
    expect(families(listed("inet", "inet6"), listed("inet6"))).toEqual(["inet6"]);
  });

  test("is told nothing where its service says so", () => {
    const service = object("bgp-as-a-service", "s", {
      refs: [refTo("bgp-router", "router")],
      properties: { bgpaas_suppress_route_advertisement: true },
    });
    expect(peer(client(), service).inner?.gateways.inet).toBeUndefined();
  });

  test("is down at control nodes that are in none of its service's zones, and up at all where it names none", () => {
    const isDown = (own: readonly string[], wanted: readonly string[]) => {
      const zones = (uuids: readonly string[]) => uuids.map((uuid) => refTo("control-node-zone", uuid));
      const fqName = ["default-domain", "default-project", "ip-fabric", "__default__", "control1"];
      const node = object("bgp-router", "node", { fqName, refs: zones(own) });
      const service = object("bgp-as-a-service", "s", { refs: [refTo("bgp-router", "router"), ...zones(wanted)] });
      return peer(client(), service, node).adminDown;
    };
    expect([isDown([], []), isDown(["a"], []), isDown(["a"], ["b", "a"])]).toEqual([false, false, false]);
    expect([isDown([], ["a"]), isDown(["a"], ["b"])]).toEqual([true, true]);
  });

  test("is none without a port, an address, or the system's end", () => {
    expect(peers(client({ source_port: 0 }))).toEqual([]);
    expect(peers(client({ address: null }))).toEqual([]);
    expect(peers({ ...client(), refs: [] })).toEqual([]);
    expect(peers()).toEqual([]);
  });
});
