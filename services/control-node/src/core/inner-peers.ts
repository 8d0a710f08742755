import { type ConfigGraph, networkSubnets } from "@contrail/graph";
import { inetPrefix, inetPrefixContains, parseInetAddress } from "@contrail/net";
import { type ConfigObject, filledText, integerIn, type JsonObject, record } from "@contrail/schema";
import { autonomousSystem, localAutonomousSystem } from "./bgp-peers.ts";
import type { DesiredPeer } from "./desired-peer.ts";
import { familiesOf, sessionOptions } from "./session-attributes.ts";

/** Routers of tenants speak IPv4 here; see docs/decisions/0045-bgp-inside-an-instance.md. */
const FAMILIES = ["inet"] as const;
const BGP_PORT = 179;

/**
 * The routers of tenants that have a session with the system inside a routing instance (BGP as a service): bgp-routers of
 * the type bgpaas-client, with the bgpaas-server of their instance at the other end. Their connections are passed on by
 * hosts, each from a port that no other client has; an address inside an instance names nobody outside.
 */
export function innerPeers(graph: ConfigGraph): readonly DesiredPeer[] {
  const clients = [...graph.ofType("bgp-router")].filter((router) => isOfType(router, "bgpaas-client"));
  if (clients.length === 0) return [];
  const hosts = hostAddresses(graph);
  return clients.flatMap((client): DesiredPeer[] => {
    const server = graph.linked(client.uuid, "bgp-router").find((router) => isOfType(router, "bgpaas-server"));
    const parameters = record(client.properties.bgp_router_parameters);
    const address = filledText(parameters.address);
    const sourcePort = integerIn(parameters.source_port, 1, 65_535);
    if (server === undefined || address === undefined || sourcePort === undefined) return [];
    // The connection is the host's: what protects its segments is not for a tenant to say.
    const {
      md5Key: _key,
      ttlSecurityHops: _hops,
      families: chosen,
      localAs,
      ...options
    } = sessionOptions(server, client);
    const listed = chosen ?? familiesOf(parameters.address_families) ?? FAMILIES;
    const holdSeconds = integerIn(parameters.hold_time, 1, 65_535);
    return [
      {
        name: client.fqName.join(":"),
        address,
        port: BGP_PORT,
        peerAs: autonomousSystem(client),
        holdTimeMs: holdSeconds === undefined ? undefined : Math.max(3, holdSeconds) * 1_000,
        gracefulRestartMs: 0,
        longLivedStaleMs: 0,
        ...options,
        passive: true,
        localAs: localAs ?? localAutonomousSystem(server),
        families: FAMILIES.filter((family) => listed.includes(family)),
        adminDown: parameters.admin_down === true || options.adminDown === true,
        inner: {
          instance: client.fqName.slice(0, -1).join(":"),
          sourcePort,
          hosts,
          gateway: isSuppressed(graph, client) ? undefined : gatewayOf(graph, client, parseInetAddress(address)),
        },
      },
    ];
  });
}

function isOfType(router: ConfigObject, type: string): boolean {
  return record(router.properties.bgp_router_parameters).router_type === type;
}

function hostAddresses(graph: ConfigGraph): readonly string[] {
  return [...graph.ofType("virtual-router")].flatMap(({ properties }) => {
    return filledText(properties.virtual_router_ip_address) ?? [];
  });
}

/** The service says that its clients are told nothing. */
function isSuppressed(graph: ConfigGraph, client: ConfigObject): boolean {
  const services = graph.linked(client.uuid, "bgp-as-a-service");
  return services.some(({ properties }) => properties.bgpaas_suppress_route_advertisement === true);
}

/** Where a client sends all packets: the router's gateway, or that of the subnet that the client is in. */
function gatewayOf(graph: ConfigGraph, client: ConfigObject, address: number | undefined): number | undefined {
  const given = filledText(record(client.properties.bgp_router_parameters).gateway_address);
  if (given !== undefined) return parseInetAddress(given);
  const instance = client.parentUuid === undefined ? undefined : graph.get(client.parentUuid);
  const network = instance?.parentUuid === undefined ? undefined : graph.get(instance.parentUuid);
  if (network === undefined || address === undefined) return undefined;
  const subnet = networkSubnets(graph, network).find((each) => isIn(record(each.subnet), address));
  return parseInetAddress(filledText(subnet?.default_gateway) ?? "");
}

function isIn({ ip_prefix: prefix, ip_prefix_len: length }: JsonObject, address: number): boolean {
  const [given, bits] = [parseInetAddress(filledText(prefix) ?? ""), integerIn(length, 0, 32)];
  return given !== undefined && bits !== undefined && inetPrefixContains(inetPrefix(given, bits), address);
}
