import { FAMILIES, type FamilyName } from "@contrail/bgp";
import type { ConfigGraph } from "@contrail/graph";
import { parseInetAddress } from "@contrail/net";
import { type ConfigObject, integerIn, type JsonObject, type JsonValue } from "@contrail/schema";
import type { DesiredPeer } from "./desired-peer.ts";
import { familiesOf, md5KeyOf, sessionOptions } from "./session-attributes.ts";

const DEFAULT_AS = 64512;
const BGP_PORT = 179;
/** What a router that lists none has: the VPN families, and the memberships that constrain them. */
const DEFAULT_FAMILIES: readonly FamilyName[] = ["route-target", "e-vpn", "inet-vpn", "inet6-vpn"];

/** The instance of the underlay. Routers of other instances are tenants' own: they have no part in VPN routes. */
const FABRIC_INSTANCE = ["default-domain", "default-project", "ip-fabric", "__default__"];

/** The bgp-router that stands for this node: a child of the underlay's instance, named like the node. */
export function ownRouter(graph: ConfigGraph, nodeName: string): ConfigObject | undefined {
  return graph.find("bgp-router", [...FABRIC_INSTANCE, nodeName]);
}

/**
 * The peers that the configuration gives this node: every bgp-router of the underlay's instance that refers to its own,
 * or is referred to by it.
 */
export function desiredPeers(graph: ConfigGraph, nodeName: string): readonly DesiredPeer[] {
  const own = ownRouter(graph, nodeName);
  if (own === undefined) return [];
  const clusterId = clusterOf(own);
  const restarts = restartTimes(graph);
  const dscp = controlDscp(graph);
  return graph.linked(own.uuid, "bgp-router").flatMap((router): DesiredPeer[] => {
    if (router.fqName.slice(0, -1).join(":") !== FABRIC_INSTANCE.join(":")) return [];
    const { address, hold_time: holdTime, admin_down: adminDown } = parametersOf(router);
    if (typeof address !== "string" || parseInetAddress(address) === undefined) return [];
    const { localAs = localAutonomousSystem(own), families: chosen, ...options } = sessionOptions(own, router);
    const peerAs = sessionOptions(router, own).localAs ?? localAutonomousSystem(router);
    const down = adminDown === true || parametersOf(own).admin_down === true || options.adminDown === true;
    return [
      {
        name: router.fqName.join(":"),
        address,
        port: integerIn(parametersOf(router).port, 1, 65_535) ?? BGP_PORT,
        peerAs,
        holdTimeMs: holdTimeMs(holdTime),
        ...restarts,
        dscp,
        md5Key: keyOfRouters(own, router),
        ...options,
        localAs,
        families: families(own, router).filter((family) => chosen === undefined || chosen.includes(family)),
        adminDown: down,
        clusterId,
        // A router with a cluster of its own is a reflector beside us, not a client.
        gateway: parametersOf(router).router_type === "router",
        client: clusterId !== undefined && localAs === peerAs && clusterOf(router) === undefined,
      },
    ];
  });
}

/** What the system's graceful_restart_parameters say; nothing where there are none, or no times in them. */
function restartTimes(graph: ConfigGraph): Pick<DesiredPeer, "gracefulRestartMs" | "longLivedStaleMs"> {
  const system = graph.find("global-system-config", ["default-global-system-config"]);
  const given = system?.properties.graceful_restart_parameters as JsonObject | null | undefined; // Of that type.
  if (given === undefined || given === null) return {};
  if (given.enable === false) return { gracefulRestartMs: 0, longLivedStaleMs: 0 };
  const milliseconds = (seconds: number | undefined): number | undefined => seconds && seconds * 1_000;
  return {
    gracefulRestartMs: milliseconds(integerIn(given.restart_time, 0, 4_095)),
    longLivedStaleMs: milliseconds(integerIn(given.long_lived_restart_time, 0, 16_777_215)),
  };
}

/** The mark of the control nodes' traffic, of the system's control_traffic_dscp. */
function controlDscp(graph: ConfigGraph): number | undefined {
  const qos = graph.find("global-qos-config", ["default-global-system-config", "default-global-qos-config"]);
  const given = qos?.properties.control_traffic_dscp as JsonObject | null | undefined; // ControlTrafficDscpType.
  return integerIn(given?.control, 0, 63);
}

/** The key of a session whose attributes name none: that of either router; of two keys that of the first by name. */
function keyOfRouters(own: ConfigObject, peer: ConfigObject): string | undefined {
  const [first, second] = [own, peer].sort((a, b) => (a.fqName.join(":") < b.fqName.join(":") ? -1 : 1));
  const keyOf = (router: ConfigObject | undefined) => router && md5KeyOf(parametersOf(router).auth_data);
  return keyOf(first) ?? keyOf(second);
}

/** The AS under which a router is known to its peers, where their sessions do not say otherwise. */
export function localAutonomousSystem(router: ConfigObject): number {
  return integerIn(parametersOf(router).local_autonomous_system, 1, 4_294_967_295) ?? autonomousSystem(router);
}

/** The cluster that a router reflects for (RFC 4456 section 7); undefined where it reflects nothing. */
function clusterOf(router: ConfigObject): number | undefined {
  return integerIn(parametersOf(router).cluster_id, 1, 4_294_967_295);
}

/** AS of a router; that of the system where it names none. */
export function autonomousSystem(router: ConfigObject): number {
  return integerIn(parametersOf(router).autonomous_system, 1, 4_294_967_295) ?? DEFAULT_AS;
}

/** 0 and absent mean the default; 1 and 2 s are no hold times (RFC 4271 section 4.2). */
function holdTimeMs(value: JsonValue | undefined): number | undefined {
  const seconds = integerIn(value, 1, 65_535);
  return seconds === undefined ? undefined : Math.max(3, seconds) * 1_000;
}

function parametersOf(router: ConfigObject): JsonObject {
  return (router.properties.bgp_router_parameters ?? {}) as JsonObject; // The model says BgpRouterParams.
}

/** Families that both routers list. */
function families(own: ConfigObject, peer: ConfigObject): readonly FamilyName[] {
  const listed = (router: ConfigObject) => familiesOf(parametersOf(router).address_families) ?? DEFAULT_FAMILIES;
  const [ours, theirs] = [listed(own), listed(peer)];
  return FAMILIES.filter((family) => ours.includes(family) && theirs.includes(family));
}
