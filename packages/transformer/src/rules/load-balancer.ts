import { type ConfigObject, type JsonObject, record } from "@contrail/schema";
import type { DerivedObject, DerivedReference } from "../derived.ts";
import type { Reader, Rule } from "../flow.ts";
import { addressesOf, childrenOf, objectOf, objectsOf, referrersOf, targetsOf } from "../intent-tables.ts";
import { text } from "../json-read.ts";

/** Where a load balancer takes its traffic. */
interface VirtualAddress {
  /** The instance-ip of the balancer's interface. */
  readonly ip: ConfigObject;
  readonly address: string;
  readonly network: string;
}

/**
 * A load balancer in the data plane: for each listener and each port of its pool's members a floating-ip below the
 * instance-ip of the virtual address, with a port mapping, on the interfaces of the members: several ways to one address
 * (ECMP). Listeners, pools and members that are switched off, and members whose address no interface has, are left out.
 * What a pool's health monitor and persistence say, agents read there.
 */
export const loadBalancerRule: Rule = {
  name: "load balancer",
  on: objectsOf("loadbalancer"),
  run(name, read) {
    const balancer = objectOf(read, "loadbalancer", name);
    const virtual = balancer === undefined ? undefined : virtualAddress(read, balancer);
    if (balancer === undefined || virtual === undefined || isOff(balancer, "loadbalancer_properties")) return {};
    const objects = referrersOf(read, "loadbalancer-listener>loadbalancer", name).flatMap(([key]) => {
      const listener = objectOf(read, "loadbalancer-listener", key);
      if (listener === undefined || isOff(listener, "loadbalancer_listener_properties")) return [];
      return listenerObjects(read, balancer, virtual, listener);
    });
    return { objects };
  },
};

function virtualAddress(read: Reader, balancer: ConfigObject): VirtualAddress | undefined {
  const [vmi = ""] = targetsOf(balancer, "virtual-machine-interface");
  const [network] = targetsOf(objectOf(read, "virtual-machine-interface", vmi), "virtual-network");
  const ips = referrersOf(read, "instance-ip>virtual-machine-interface", vmi);
  for (const ip of ips.flatMap(([key]) => objectOf(read, "instance-ip", key) ?? [])) {
    const address = text(ip.properties.instance_ip_address);
    if (address !== undefined && network !== undefined && !ip.derived) return { ip, address, network };
  }
  return undefined;
}

/** The floating-ips of a listener: one for each port that members listen on. */
function listenerObjects(
  read: Reader,
  balancer: ConfigObject,
  virtual: VirtualAddress,
  listener: ConfigObject,
): DerivedObject[] {
  const { protocol, protocol_port: src_port } = record(listener.properties.loadbalancer_listener_properties);
  if (typeof src_port !== "number") return [];
  const ports = [...membersByPort(read, virtual, listener)].sort(([a], [b]) => a - b);
  return ports.map(([dst_port, interfaces]): DerivedObject => {
    const mapping = { protocol: protocol === "UDP" ? "UDP" : "TCP", src_port, dst_port };
    return {
      type: "floating-ip",
      fqName: [...virtual.ip.fqName, `${listener.fqName.at(-1)}__${dst_port}`],
      parentType: "instance-ip",
      refs: [
        { toType: "project", toFqName: balancer.fqName.slice(0, -1), attr: {} },
        ...[...interfaces.values()].map(reference),
      ],
      properties: properties(virtual.address, mapping),
    };
  });
}

function membersByPort(
  read: Reader,
  virtual: VirtualAddress,
  listener: ConfigObject,
): Map<number, Map<string, ConfigObject>> {
  const found = new Map<number, Map<string, ConfigObject>>();
  for (const [pool] of referrersOf(read, "loadbalancer-pool>loadbalancer-listener", listener.fqName.join(":"))) {
    const isPoolOff = isOff(objectOf(read, "loadbalancer-pool", pool), "loadbalancer_pool_properties");
    for (const key of isPoolOff ? [] : childrenOf(read, "loadbalancer-member", pool)) {
      const member = objectOf(read, "loadbalancer-member", key);
      const { address, protocol_port } = record(member?.properties.loadbalancer_member_properties);
      if (typeof protocol_port !== "number" || isOff(member, "loadbalancer_member_properties")) continue;
      const interfaces = found.get(protocol_port) ?? new Map<string, ConfigObject>();
      for (const vmi of interfacesWith(read, virtual.network, text(address) ?? "")) {
        found.set(protocol_port, interfaces.set(vmi.fqName.join(":"), vmi));
      }
    }
  }
  return found;
}

/** Interfaces that have an address in a network. */
function interfacesWith(read: Reader, network: string, address: string): ConfigObject[] {
  return addressesOf(read, network, address).flatMap((name) => {
    const names = targetsOf(objectOf(read, "instance-ip", name), "virtual-machine-interface");
    return names.flatMap((vmi) => objectOf(read, "virtual-machine-interface", vmi) ?? []);
  });
}

function properties(floating_ip_address: string, mapping: JsonObject): JsonObject {
  return {
    floating_ip_address,
    floating_ip_address_family: floating_ip_address.includes(":") ? "v6" : "v4",
    floating_ip_is_virtual_ip: true,
    floating_ip_port_mappings_enable: true,
    floating_ip_port_mappings: { port_mappings: [mapping] },
    floating_ip_traffic_direction: "ingress",
  };
}

function isOff(object: ConfigObject | undefined, property: string): boolean {
  return record(object?.properties[property]).admin_state === false;
}

function reference({ type, fqName }: ConfigObject): DerivedReference {
  return { toType: type, toFqName: fqName, attr: {} };
}
