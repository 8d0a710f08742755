import type { IpAddress } from "@contrail/bgp";
import { type ConfigGraph, networkSubnets } from "@contrail/graph";
import { contains } from "@contrail/rib";
import { type ConfigObject, filledText, integerIn, type JsonObject, record } from "@contrail/schema";
import { autonomousSystem, localAutonomousSystem, ownRouter } from "./bgp-peers.ts";
import type { DesiredPeer, InnerFamily, InnerPeering } from "./desired-peer.ts";
import { parseIpAddress, parseIpPrefix } from "./ip-text.ts";
import { familiesOf, sessionOptions } from "./session-attributes.ts";

const FAMILIES: readonly InnerFamily[] = ["inet", "inet6"];
/** Of a client that lists none. */
const DEFAULT_FAMILIES: readonly InnerFamily[] = ["inet"];
const NO_GATEWAYS: InnerPeering["gateways"] = { inet: undefined, inet6: undefined };
const BGP_PORT = 179;

/**
 * The routers of tenants that have a session with the system inside a routing instance (BGP as a service): bgp-routers of
 * the type bgpaas-client, with the bgpaas-server of their instance at the other end. Their connections are passed on by
 * hosts, each from a port that no other client has; an address inside an instance names nobody outside. One that control
 * nodes of other zones serve is down at this node: its port is nobody else's here all the same.
 */
export function innerPeers(graph: ConfigGraph, nodeName: string): readonly DesiredPeer[] {
  const clients = [...graph.ofType("bgp-router")].filter((router) => isOfType(router, "bgpaas-client"));
  if (clients.length === 0) return [];
  const hosts = hostAddresses(graph);
  const zones = zonesOf(ownRouter(graph, nodeName));
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
    const listed = chosen ?? familiesOf(parameters.address_families) ?? DEFAULT_FAMILIES;
    const services = graph.linked(client.uuid, "bgp-as-a-service");
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
        adminDown: parameters.admin_down === true || options.adminDown === true || !servesHere(services, zones),
        inner: {
          instance: client.fqName.slice(0, -1).join(":"),
          sourcePort,
          hosts,
          gateways: isSuppressed(services) ? NO_GATEWAYS : gatewaysOf(graph, client, parseIpAddress(address)),
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

/** UUIDs of the zones that an object refers to. */
function zonesOf(object: ConfigObject | undefined): readonly string[] {
  return object?.refs.flatMap(({ toType, toUuid }) => (toType === "control-node-zone" ? toUuid : [])) ?? [];
}

/**
 * True where the services of a client name no zones, or one of this node's. Which of two zones is the primary one tells a
 * host which of its gateway's two addresses leads there; a control node of either serves.
 */
function servesHere(services: readonly ConfigObject[], zones: readonly string[]): boolean {
  const wanted = services.flatMap(zonesOf);
  return wanted.length === 0 || wanted.some((zone) => zones.includes(zone));
}

/** The service says that its clients are told nothing. */
function isSuppressed(services: readonly ConfigObject[]): boolean {
  return services.some(({ properties }) => properties.bgpaas_suppress_route_advertisement === true);
}

/**
 * Where a client sends all packets: the router's gateways, or that of the subnet that its address is in. That of IPv6 may
 * be the IPv4 one as ::ffff:a.b.c.d (bgpaas_ipv4_mapped_ipv6_nexthop).
 */
function gatewaysOf(
  graph: ConfigGraph,
  client: ConfigObject,
  address: IpAddress | undefined,
): InnerPeering["gateways"] {
  const parameters = record(client.properties.bgp_router_parameters);
  const own = subnetGateway(graph, client, address);
  const gateway = (given: string | undefined) => (given === undefined ? own : parseIpAddress(given));
  const inet = gateway(filledText(parameters.gateway_address));
  const inet6 = gateway(filledText(parameters.ipv6_gateway_address));
  return {
    // 0.0.0.0 and :: say that there is none.
    inet: typeof inet === "number" && inet !== 0 ? inet : undefined,
    inet6: typeof inet6 === "bigint" && inet6 !== 0n ? inet6 : undefined,
  };
}

function subnetGateway(
  graph: ConfigGraph,
  client: ConfigObject,
  address: IpAddress | undefined,
): IpAddress | undefined {
  const instance = client.parentUuid === undefined ? undefined : graph.get(client.parentUuid);
  const network = instance?.parentUuid === undefined ? undefined : graph.get(instance.parentUuid);
  if (network === undefined || address === undefined) return undefined;
  const subnet = networkSubnets(graph, network).find((each) => isIn(record(each.subnet), address));
  return parseIpAddress(filledText(subnet?.default_gateway) ?? "");
}

function isIn({ ip_prefix: prefix, ip_prefix_len: length }: JsonObject, address: IpAddress): boolean {
  const bits = integerIn(length, 0, 128);
  const subnet = bits === undefined ? undefined : parseIpPrefix(`${filledText(prefix) ?? ""}/${bits}`);
  return subnet !== undefined && contains(subnet, address);
}
