import { type ConfigGraph, createGraph } from "@contrail/graph";
import type { ConfigObject, ConfigReference, JsonObject, JsonValue } from "@contrail/schema";

/* Configuration as the API and the transformer leave it, for tests of gateways. */

const FABRIC = ["default-domain", "default-project", "ip-fabric", "__default__"];
const SYSTEM = "default-global-system-config";

/** An object whose uuid is its type and name. */
export function object(type: string, fqName: readonly string[], more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, revision: 1n, refs: [], properties: {} };
  return { type, uuid: uuidOf(type, fqName), fqName, derived: false, epoch: 0n, ...none, ...more };
}

/** A reference to an object of these tests. */
export function ref(toType: string, toFqName: readonly string[], attr: JsonValue = null): ConfigReference {
  return { toType, toFqName, toUuid: uuidOf(toType, toFqName), attr };
}

function uuidOf(type: string, fqName: readonly string[]): string {
  return `${type} ${JSON.stringify(fqName)}`;
}

/** A bgp-router of the underlay's instance; peers: control nodes that it refers to, with what the session says. */
export function bgpRouter(
  name: string,
  parameters: JsonObject,
  peers: Readonly<Record<string, JsonValue>> = {},
): ConfigObject {
  return object("bgp-router", [...FABRIC, name], {
    refs: Object.entries(peers).map(([peer, attr]) => ref("bgp-router", [...FABRIC, peer], attr)),
    properties: { bgp_router_parameters: parameters },
  });
}

/** A control node of AS 64512. */
export function controlNode(name: string, address: string, more: JsonObject = {}): ConfigObject {
  const plain = { address, identifier: address, port: 179, autonomous_system: 64_512, router_type: "control-node" };
  return bgpRouter(name, { ...plain, ...more });
}

/** The device behind a bgp-router. */
export function physicalRouter(
  name: string,
  vendor: string,
  ...networks: readonly (readonly string[])[]
): ConfigObject {
  return object("physical-router", [SYSTEM, name], {
    refs: [ref("bgp-router", [...FABRIC, name]), ...networks.map((network) => ref("virtual-network", network))],
    properties: { physical_router_vendor_name: vendor },
  });
}

/** A network with its default instance, which exports and imports one target; more: properties of the network. */
export function network(
  fqName: readonly string[],
  number: number,
  prefixes: readonly string[],
  more: { readonly properties?: JsonObject; readonly instanceRefs?: readonly ConfigReference[] } = {},
): readonly ConfigObject[] {
  const subnets = prefixes.map((prefix) => {
    const [address = "", length] = prefix.split("/");
    return { subnet: { ip_prefix: address, ip_prefix_len: Number(length) } };
  });
  const target = ref("route-target", [`target:64512:${8_000_000 + number}`]);
  return [
    object("virtual-network", fqName, {
      refs: [ref("network-ipam", ["ipam"], { ipam_subnets: subnets })],
      properties: { virtual_network_network_id: number, ...more.properties },
    }),
    object("routing-instance", instanceOf(fqName), {
      refs: [target, ...(more.instanceRefs ?? [])],
      properties: { routing_instance_is_default: true },
    }),
  ];
}

/** The name of a network's default instance. */
export function instanceOf(fqName: readonly string[]): readonly string[] {
  return [...fqName, fqName.at(-1) ?? ""];
}

/** Hosts. */
export function virtualRouter(name: string, address: string): ConfigObject {
  return object("virtual-router", [SYSTEM, name], { properties: { virtual_router_ip_address: address } });
}

/** Settings of all vRouters. */
export function vrouters(properties: JsonObject): ConfigObject {
  return object("global-vrouter-config", [SYSTEM, "default-global-vrouter-config"], { properties });
}

/** A graph of these objects. */
export function graphOf(objects: readonly ConfigObject[]): ConfigGraph {
  const graph = createGraph();
  for (const each of objects) graph.apply({ kind: "upsert", object: each });
  return graph;
}

/** Session attributes as they stand on a reference. */
export function session(attributes: JsonObject): JsonObject {
  return { session: [{ attributes: [attributes] }] };
}

export const PUBLIC = ["default-domain", "admin", "public"];
export const WEB = ["default-domain", "shop", "web"];
export const DATA = ["default-domain", "shop", "data"];

/**
 * Two control nodes, two hosts, and a gateway gw1 to which three networks are extended: public by nothing but being so,
 * web by the physical router, data by a logical router; web is connected with data by a policy.
 */
export function plainWorld(
  vendor: string,
  parameters: JsonObject = {},
  more: JsonObject = {},
): readonly ConfigObject[] {
  const gateway = {
    address: "172.30.30.2",
    identifier: "172.30.30.2",
    autonomous_system: 64_512,
    router_type: "router",
  };
  const peers = { control1: session(more), control2: session(more) };
  const external = { properties: { router_external: true } };
  return [
    controlNode("control1", "172.30.11.2"),
    controlNode("control2", "172.30.12.2"),
    bgpRouter("gw1", { ...gateway, ...parameters }, peers),
    physicalRouter("gw1", vendor, WEB),
    virtualRouter("host1", "172.30.1.2"),
    virtualRouter("host2", "172.30.2.2"),
    ...network(PUBLIC, 7, ["203.0.113.0/24", "2001:db8:100::/56"], external),
    ...network(WEB, 12, ["10.1.0.0/16"], { instanceRefs: [ref("routing-instance", instanceOf(DATA))] }),
    ...network(DATA, 13, ["10.2.0.0/16", "10.3.0.0/24"]),
    object("logical-router", ["default-domain", "shop", "router"], {
      refs: [
        ref("physical-router", [SYSTEM, "gw1"]),
        ref("virtual-network", DATA, { logical_router_virtual_network_type: "InternalVirtualNetwork" }),
      ],
    }),
  ];
}
