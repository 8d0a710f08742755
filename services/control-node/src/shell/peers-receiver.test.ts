import { createGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import type { DesiredPeer } from "../core/desired-peer.ts";
import { PeersReceiver } from "./peers-receiver.ts";

function object(type: string, uuid: string, more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, revision: 1n, refs: [], properties: {} };
  return { type, uuid, fqName: ["d", "p", "red", "red", uuid], derived: false, epoch: 0n, ...none, ...more };
}

function refTo(toType: string, toUuid: string, attr: JsonObject = {}): ConfigObject["refs"][number] {
  return { toType, toUuid, toFqName: ["d", "p", "red", "red", toUuid], attr };
}

const router = (type: string, more: JsonObject = {}) => ({
  bgp_router_parameters: { router_type: type, autonomous_system: 64_512, address: "10.1.0.9", ...more },
});
const SUBNET = { subnet: { ip_prefix: "10.1.0.0", ip_prefix_len: 24 }, default_gateway: "10.1.0.1" };
const OWN_NAME = ["default-domain", "default-project", "ip-fabric", "__default__", "control1"];
/** A router of a tenant, and all that says how it is spoken to. */
const OBJECTS = [
  object("bgp-router", "own", { fqName: OWN_NAME, refs: [refTo("control-node-zone", "zone")] }),
  object("bgp-router", "client", {
    parentUuid: "ri",
    refs: [refTo("bgp-router", "server")],
    properties: router("bgpaas-client", { source_port: 50_001 }),
  }),
  object("bgp-router", "server", { parentUuid: "ri", properties: router("bgpaas-server") }),
  object("bgp-as-a-service", "s", { refs: [refTo("bgp-router", "client"), refTo("control-node-zone", "zone")] }),
  object("virtual-router", "host1", { properties: { virtual_router_ip_address: "172.30.1.2" } }),
  object("routing-instance", "ri", { parentUuid: "vn" }),
  object("virtual-network", "vn", { refs: [refTo("network-ipam", "ipam")] }),
  object("network-ipam", "ipam", { properties: { ipam_subnets: { subnets: [SUBNET] } } }),
];

test.each(OBJECTS)("the last word of all that a tenant's router depends on may be $type $uuid", (last) => {
  const graph = createGraph();
  let told: readonly DesiredPeer[] = [];
  const speaker = {
    setPeers: (peers: readonly DesiredPeer[]) => {
      told = peers;
    },
  };
  const others = { setPeers: () => {} };
  const receiver = new PeersReceiver({ name: "control1", graph, speaker, exchange: others, inner: others });
  for (const each of [...OBJECTS.filter((other) => other !== last), last]) {
    const change = graph.apply({ kind: "upsert", object: each });
    if (change === undefined) throw new Error("no change");
    receiver.changed(change);
    receiver.flush();
  }
  expect(told).toMatchObject([
    { adminDown: false, inner: { hosts: ["172.30.1.2"], gateways: { inet: 0x0a010001, inet6: undefined } } },
  ]);
});
