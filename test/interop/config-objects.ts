import { machineOf } from "@contrail/control-node/testing";
import { formatInetAddress } from "@contrail/net";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import { readPort } from "@contrail/vrouter-agent/testing";

/* Configuration as the transformer leaves it, for tests. */

function object(type: string, uuid: string, more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, revision: 0n, refs: [], properties: {} };
  return { type, uuid, fqName: ["d", "p", uuid], derived: false, epoch: 0n, ...none, ...more };
}

function ref(toType: string, toUuid: string, toFqName: readonly string[] = ["d", "p", toUuid], attr = {}) {
  return { toType, toUuid, toFqName, attr };
}

/** The instance of the underlay, in which the routers are. */
export const FABRIC = "default-domain:default-project:ip-fabric:__default__";

/** BGP routers by name, some with more parameters; the first is a peer of all others. */
export function bgpRouters(
  addresses: Readonly<Record<string, string>>,
  port: number,
  more: Readonly<Record<string, JsonObject>> = {},
): readonly ConfigObject[] {
  return Object.entries(addresses).map(([name, address], index, all) =>
    object("bgp-router", name, {
      fqName: [...FABRIC.split(":"), name],
      refs: index === 0 ? all.slice(1).map(([other]) => ref("bgp-router", other)) : [],
      properties: {
        bgp_router_parameters: { address, port, autonomous_system: 64_512, ...more[name] },
      },
    }),
  );
}

/** Hosts. */
export function virtualRouters(...names: readonly string[]): readonly ConfigObject[] {
  return names.map((name) => object("virtual-router", name));
}

/** A host that has these machines, by the configuration. */
export function virtualRouterWith(name: string, ...machines: readonly string[]): ConfigObject {
  return object("virtual-router", name, { refs: machines.map((machine) => ref("virtual-machine", machine)) });
}

/** A host from whose address the connections of its machines come. */
export function virtualRouter(name: string, address: string): ConfigObject {
  return object("virtual-router", name, { properties: { virtual_router_ip_address: address } });
}

/** The device behind a BGP router, with the networks that are extended to it. */
export function physicalRouter(router: string, ...networks: readonly string[]): ConfigObject {
  const refs = [ref("bgp-router", router), ...networks.map((network) => ref("virtual-network", network))];
  return object("physical-router", `${router}-device`, { refs });
}

/** A network, 10.<id>.0.0/24, with its default instance, which exports and imports one target of AS 64512, and a machine. */
export function network(name: string, id: number, properties: JsonObject = {}): readonly ConfigObject[] {
  const subnet = { subnet: { ip_prefix: `10.${id}.0.0`, ip_prefix_len: 24 }, default_gateway: `10.${id}.0.1` };
  return [
    object("virtual-network", name, {
      refs: [ref("network-ipam", "ipam", ["ipam"], { ipam_subnets: [subnet] })],
      properties: { virtual_network_network_id: id },
    }),
    instance(name, name, id, { routing_instance_is_default: true, ...properties }),
    ...hostedMachine(name),
  ];
}

/** The machine of a network that agents of tests' own making say that they have: their way to routes of its instances. */
function hostedMachine(networkUuid: string): readonly ConfigObject[] {
  const machine = machineOf(`d:p:${networkUuid}:`);
  const refs = [ref("virtual-machine", machine), ref("virtual-network", networkUuid)];
  return [object("virtual-machine", machine), object("virtual-machine-interface", `${machine}, interface`, { refs })];
}

/** An instance of a network with a target of AS 64512, connected with other instances. */
export function instance(
  parent: string,
  name: string,
  target: number,
  properties: JsonObject = {},
  connected: readonly string[] = [],
): ConfigObject {
  const others = connected.map((other) => ref("routing-instance", `${other}-ri`, ["d", "p", other, other]));
  return object("routing-instance", `${name}-ri`, {
    fqName: ["d", "p", parent, name],
    parentType: "virtual-network",
    parentUuid: parent,
    refs: [ref("route-target", `rt${target}`, [`target:64512:${target}`]), ...others],
    properties,
  });
}

/** BGP as a service in a network's default instance: the system's end, and a client, as the transformer makes them. */
export function bgpService(
  network: string,
  client: string,
  parameters: JsonObject,
  session: JsonObject = {},
): readonly ConfigObject[] {
  const parent = { parentType: "routing-instance", parentUuid: `${network}-ri` };
  const fqName = (name: string) => ["d", "p", network, network, name];
  const server = `${network}-bgpaas-server`;
  const peering = { session: [{ attributes: [session] }] };
  return [
    object("bgp-router", server, {
      ...parent,
      fqName: fqName("bgpaas-server"),
      properties: { bgp_router_parameters: { autonomous_system: 64_512, router_type: "bgpaas-server" } },
    }),
    object("bgp-router", client, {
      ...parent,
      fqName: fqName(client),
      refs: [ref("bgp-router", server, fqName("bgpaas-server"), peering)],
      properties: { bgp_router_parameters: { router_type: "bgpaas-client", ...parameters } },
    }),
  ];
}

/** The service of a client, for control nodes in these zones; without any, for all. */
export function serviceOf(client: string, zones: readonly string[]): ConfigObject {
  const refs = [ref("bgp-router", client), ...zones.map((zone) => ref("control-node-zone", zone))];
  return object("bgp-as-a-service", `${client}-service`, { refs });
}

/** A bgp-router that is in a zone. */
export function inZone(router: ConfigObject, zone: string): ConfigObject {
  return { ...router, refs: [...router.refs, ref("control-node-zone", zone)] };
}

/** An object that refers to instances, as a routing-policy or a route-aggregate does. */
export function ofInstances(
  type: string,
  name: string,
  instances: readonly string[],
  properties: JsonObject,
): ConfigObject {
  const refs = instances.map((each) =>
    ref("routing-instance", `${each}-ri`, ["d", "p", each, each], { sequence: "1" }),
  );
  return object(type, name, { refs, properties });
}

export const INSTANCE = "d:p:red:red";

/** Network red, 10.0.0.0/24, that exports and imports one target, with a machine that agents of tests' own may have. */
export function redNetwork(routeTarget = "target:64512:8000001"): readonly ConfigObject[] {
  const target = [routeTarget];
  const subnet = { subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 24 }, default_gateway: "10.0.0.1" };
  return [
    object("virtual-network", "red", {
      refs: [ref("network-ipam", "ipam", ["ipam"], { ipam_subnets: [subnet] })],
      properties: { virtual_network_network_id: 5 },
    }),
    object("routing-instance", "red-ri", {
      fqName: ["d", "p", "red", "red"],
      parentType: "virtual-network",
      parentUuid: "red",
      refs: [ref("route-target", "rt", target)],
      properties: { routing_instance_is_default: true },
    }),
    ...hostedMachine("red"),
  ];
}

function uuid(kind: "8" | "9", index: number): string {
  return `00000000-0000-4000-${kind}000-${String(index).padStart(12, "0")}`;
}

/** Machine `index` in network red, address 10.0.0.<index>. */
export function redMachine(index: number): readonly ConfigObject[] {
  const vmi = uuid("8", index);
  const mac = `02:00:00:00:00:${index.toString(16).padStart(2, "0")}`;
  return [
    object("virtual-machine", uuid("9", index)),
    object("instance-ip", `ip${index}`, {
      refs: [ref("virtual-machine-interface", vmi)],
      properties: { instance_ip_address: formatInetAddress(0x0a000000 + index) },
    }),
    object("virtual-machine-interface", vmi, {
      refs: [ref("virtual-machine", uuid("9", index)), ref("virtual-network", "red")],
      properties: { virtual_machine_interface_mac_addresses: { mac_address: [mac] } },
    }),
  ];
}

/** Its port. */
export function redPort(index: number) {
  return readPort({ id: uuid("8", index), "instance-id": uuid("9", index), "system-name": `tap${index}` });
}
