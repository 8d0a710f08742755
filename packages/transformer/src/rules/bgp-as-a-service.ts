import { type ConfigObject, type JsonObject, record } from "@contrail/schema";
import { type Fact, type FactTable, fact, factTable } from "../fact-table.ts";
import type { Reader, Rule } from "../flow.ts";
import { objectOf, objectsOf, referrersOf, targetsOf } from "../intent-tables.ts";
import { text } from "../json-read.ts";
import { defaultInstance } from "../network-objects.ts";
import type { RangedPools } from "../numbers.ts";
import { attachedCopy } from "./attached-copy.ts";
import { type InterfaceGateways, interfaceGateways } from "./interface-gateways.ts";
import { link } from "./links.ts";
import { autonomousSystem, bgpPortRange } from "./system.ts";

type Named = Pick<ConfigObject, "type" | "fqName">;

/** A machine that speaks BGP with the network, as a bgp-router of the network's instance. */
interface Client {
  readonly instance: readonly string[];
  readonly name: string;
  readonly service: Named;
  readonly interfaces: readonly Named[];
  /** BgpRouterParams without the source port. */
  readonly parameters: JsonObject;
  /** BgpSessionAttributes. */
  readonly session: JsonObject;
}

/** Clients by the name of their bgp-router; the first service that wants one has it. */
const CLIENTS: FactTable<Client> = factTable("BGP clients");
/** Routing instances that have clients, by their name. */
const SERVERS: FactTable<readonly string[]> = factTable("BGP servers");
const SERVER_NAME = "bgpaas-server";

/** Finds the clients of BGP as a service: its interfaces, or, where it is shared, itself, in each network's instance. */
export const bgpAsAServiceRule: Rule = {
  name: "BGP as a service",
  on: objectsOf("bgp-as-a-service"),
  run(name, read) {
    const service = objectOf(read, "bgp-as-a-service", name);
    if (service === undefined) return {};
    const clients = clientsOf(read, service);
    const interfaces = clients.flatMap((client) => client.interfaces);
    const checks = targetsOf(service, "service-health-check").flatMap((check) => {
      const given = objectOf(read, "service-health-check", check);
      return attachedCopy("service-health-check", given, service.fqName.at(-1) ?? "") ?? [];
    });
    const facts: Fact[] = clients.flatMap((client) => [
      fact(CLIENTS, [...client.instance, client.name].join(":"), name, client),
      fact(SERVERS, client.instance.join(":"), `${name} ${client.name}`, client.instance),
    ]);
    const links = checks.flatMap(({ type, fqName }) =>
      interfaces.map((item) => link(item, { toType: type, toFqName: fqName, attr: {} })),
    );
    return { facts: [...facts, ...links], objects: checks };
  },
};

/** The bgp-router of a client, which peers with the server of its instance from a port of its own. */
export function bgpClientRule(ports: RangedPools): Rule {
  return {
    name: "BGP client",
    on: CLIENTS,
    run(key, read) {
      const client = read.value(CLIENTS, key);
      const source_port = read.number(ports.within(bgpPortRange(read)), key);
      if (client === undefined || source_port === undefined) return {};
      const fqName = [...client.instance, client.name];
      const peering = { session: [{ attributes: [client.session] }] };
      const reference = { toType: "bgp-router", toFqName: fqName, attr: {} };
      return {
        objects: [
          {
            type: "bgp-router",
            fqName,
            parentType: "routing-instance",
            refs: [{ toType: "bgp-router", toFqName: [...client.instance, SERVER_NAME], attr: peering }],
            properties: { bgp_router_parameters: { ...client.parameters, source_port } },
          },
        ],
        facts: [client.service, ...client.interfaces].map((item) => link(item, reference)),
      };
    },
  };
}

/** The system's end of the sessions of an instance. */
export const bgpServerRule: Rule = {
  name: "BGP server",
  on: SERVERS,
  run(key, read) {
    const instance = read.value(SERVERS, key);
    if (instance === undefined) return {};
    const bgp_router_parameters = { autonomous_system: autonomousSystem(read), router_type: "bgpaas-server" };
    const fqName = [...instance, SERVER_NAME];
    return {
      objects: [
        { type: "bgp-router", fqName, parentType: "routing-instance", refs: [], properties: { bgp_router_parameters } },
      ],
    };
  },
};

function clientsOf(read: Reader, service: ConfigObject): Client[] {
  const isShared = service.properties.bgpaas_shared === true;
  const found = new Map<string, Client>();
  for (const vmiName of targetsOf(service, "virtual-machine-interface")) {
    const vmi = objectOf(read, "virtual-machine-interface", vmiName);
    const network = objectOf(read, "virtual-network", targetsOf(vmi, "virtual-network")[0] ?? "");
    const addresses = interfaceAddresses(read, vmiName);
    const address = text(service.properties.bgpaas_ip_address) ?? (isShared ? undefined : addresses[0]);
    if (vmi === undefined || network === undefined || !address) continue;
    const instance = defaultInstance(network.fqName);
    const name = (isShared ? service : vmi).fqName.at(-1) ?? "";
    const key = [...instance, name].join(":");
    const earlier = found.get(key);
    const interfaces = [...(earlier?.interfaces ?? []), named(vmi)];
    const gateways = gatewayParameters(service, interfaceGateways(read, network, addresses));
    const parameters = earlier?.parameters ?? { ...parametersOf(read, service, address), ...gateways };
    const session = record(service.properties.bgpaas_session_attributes);
    found.set(key, { instance, name, service: named(service), interfaces, parameters, session });
  }
  return [...found.values()];
}

/** What a session's attributes say of the client itself stands in its bgp-router too. */
function parametersOf(read: Reader, service: ConfigObject, address: string): JsonObject {
  const session = record(service.properties.bgpaas_session_attributes);
  const given = (["address_families", "hold_time", "admin_down", "auth_data"] as const).flatMap((key) =>
    session[key] === undefined || session[key] === null ? [] : [[key, session[key]] as const],
  );
  return {
    autonomous_system: Number(service.properties.autonomous_system ?? autonomousSystem(read)),
    address,
    identifier: address,
    router_type: "bgpaas-client",
    ...Object.fromEntries(given),
  };
}

/**
 * The next hops of what the client is told: none where it is told nothing. Of IPv6 routes the IPv4 gateway, in its form as
 * an IPv6 address, where the client's packets have to go there.
 */
function gatewayParameters(service: ConfigObject, { v4, v6 }: InterfaceGateways): JsonObject {
  const { properties } = service;
  if (properties.bgpaas_suppress_route_advertisement === true) return {};
  const mapped = v4 === undefined ? undefined : `::ffff:${v4}`;
  const inet6 = properties.bgpaas_ipv4_mapped_ipv6_nexthop === true ? mapped : v6;
  return {
    ...(v4 === undefined ? {} : { gateway_address: v4 }),
    ...(inet6 === undefined ? {} : { ipv6_gateway_address: inet6 }),
  };
}

/** The addresses that a client gave an interface as its own, those of IPv4 first. */
function interfaceAddresses(read: Reader, vmi: string): readonly string[] {
  const ips = referrersOf(read, "instance-ip>virtual-machine-interface", vmi).flatMap(([name]) => {
    const ip = objectOf(read, "instance-ip", name);
    if (ip === undefined || ip.derived || ip.properties.instance_ip_secondary === true) return [];
    return text(ip.properties.instance_ip_address) ?? [];
  });
  return [...ips.filter((address) => !address.includes(":")), ...ips.filter((address) => address.includes(":"))];
}

function named({ type, fqName }: ConfigObject): Named {
  return { type, fqName };
}
