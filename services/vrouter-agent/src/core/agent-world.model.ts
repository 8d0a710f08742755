import type { HostSettings } from "@contrail/forwarding";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { AclCache } from "./acl-cache.ts";
import { type ActivePort, activePort } from "./active-port.ts";
import { ConfigView } from "./config-view.ts";
import { type AgentInputs, type DesiredState, desiredState } from "./desired-state.ts";
import { LocalNumbers } from "./local-numbers.ts";
import { type Port, readPort } from "./port.ts";
import { RouteTables } from "./route-tables.ts";

/* Configuration as an agent gets it, for tests: networks "vn0"…, groups "sg0"…, machines "vm0"… */

export const HOST = 0xac1e0102;
export const SETTINGS: HostSettings = {
  localAddress: HOST,
  underlayDevice: "eth0",
  underlayMtuBytes: 1_500,
  puntDevice: "pkt0",
  puntsPerSecond: 50,
  flowsPerInterface: 100_000,
};

export function object(type: string, uuid: string, more: Partial<ConfigObject> = {}): ConfigObject {
  return {
    type,
    uuid,
    fqName: ["default-domain", "tenant", uuid],
    parentType: undefined,
    parentUuid: undefined,
    revision: 1n,
    refs: [],
    properties: {},
    derived: false,
    epoch: 0n,
    ...more,
  };
}

export function ref(toType: string, toUuid: string, attr: JsonValue = null) {
  return { toType, toUuid, toFqName: ["default-domain", "tenant", toUuid], attr };
}

/** A network 10.<index>.0.0/24 with its instance; policy: it refers to one, whose ACL comes apart. */
export function network(index: number, options: { readonly policy?: boolean } = {}): readonly ConfigObject[] {
  const uuid = `vn${index}`;
  const subnet = {
    subnet: { ip_prefix: `10.${index}.0.0`, ip_prefix_len: 24 },
    default_gateway: `10.${index}.0.1`,
    dns_server_address: `10.${index}.0.2`,
    enable_dhcp: true,
  };
  const refs = [ref("network-ipam", "ipam", { ipam_subnets: [subnet] })];
  return [
    object("virtual-network", uuid, {
      refs: options.policy === true ? [...refs, ref("network-policy", "policy")] : refs,
      properties: { virtual_network_network_id: index + 1 },
    }),
    object("routing-instance", `ri${index}`, {
      fqName: ["default-domain", "tenant", uuid, uuid],
      parentType: "virtual-network",
      parentUuid: uuid,
      properties: { routing_instance_is_default: true },
    }),
  ];
}

export function acl(uuid: string, parentType: string, parentUuid: string, name: string, rules: readonly JsonObject[]) {
  return object("access-control-list", uuid, {
    fqName: ["default-domain", "tenant", parentUuid, name],
    parentType,
    parentUuid,
    properties: { access_control_list_entries: { acl_rule: rules } },
  });
}

export function rule(more: JsonObject = {}, action = "pass"): JsonObject {
  const ports = { start_port: -1, end_port: -1 };
  const any = { virtual_network: "any" };
  const match = { protocol: "any", src_address: any, dst_address: any, src_port: ports, dst_port: ports, ...more };
  return { match_condition: match, action_list: { simple_action: action } };
}

export function securityGroup(index: number, rules: readonly JsonObject[] = [rule()]): readonly ConfigObject[] {
  const uuid = `sg${index}`;
  return [
    object("security-group", uuid, { properties: { security_group_id: 8_000_000 + index } }),
    ...(["ingress", "egress"] as const).map((direction) =>
      acl(`${uuid}-${direction}`, "security-group", uuid, `${direction}-access-control-list`, rules),
    ),
  ];
}

/** UUID of the interface of machine `index`; the port API wants real ones. */
export function interfaceUuid(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
}

export function machineUuid(index: number): string {
  return `00000000-0000-4000-9000-${String(index).padStart(12, "0")}`;
}

/** A machine with one interface in a network: address 10.<network>.0.<host>. */
export function machine(index: number, network: number, groups: readonly number[] = []): readonly ConfigObject[] {
  const uuid = interfaceUuid(index);
  const hex = index.toString(16).padStart(4, "0");
  return [
    object("virtual-machine", machineUuid(index)),
    object("instance-ip", `ip${index}`, {
      refs: [ref("virtual-network", `vn${network}`), ref("virtual-machine-interface", uuid)],
      properties: { instance_ip_address: `10.${network}.${index >> 8}.${(index & 255) + 3}` },
    }),
    object("virtual-machine-interface", uuid, {
      refs: [
        ref("virtual-machine", machineUuid(index)),
        ref("virtual-network", `vn${network}`),
        ...groups.map((group) => ref("security-group", `sg${group}`)),
      ],
      properties: {
        virtual_machine_interface_mac_addresses: { mac_address: [`02:00:00:00:${hex.slice(0, 2)}:${hex.slice(2)}`] },
      },
    }),
  ];
}

export function port(index: number, more: JsonObject = {}): Port {
  return readPort({
    id: interfaceUuid(index),
    "instance-id": machineUuid(index),
    "system-name": `tap${index}`,
    "display-name": `machine${index}`,
    ...more,
  });
}

/** Inputs of a calculation with these objects and ports. */
export function inputs(
  objects: Iterable<ConfigObject>,
  ports: readonly Port[],
  more: Partial<AgentInputs> = {},
): AgentInputs {
  const view = new ConfigView();
  for (const each of objects) view.put(each);
  const fresh = { routes: new RouteTables(), numbers: new LocalNumbers(), acls: new AclCache() };
  return { settings: SETTINGS, view, ports, ...fresh, ...more };
}

export function stateOf(objects: Iterable<ConfigObject>, ports: readonly Port[]): DesiredState {
  return desiredState(inputs(objects, ports));
}

/** The port of a machine in network 0, with all that belongs to it. */
export function activeMachine(more: readonly ConfigObject[] = []): ActivePort {
  const { view } = inputs([...network(0), ...machine(0, 0), ...more], []);
  const active = activePort(view, port(0));
  if ("waitsFor" in active) throw new Error(active.waitsFor);
  return active;
}
