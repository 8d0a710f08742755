import type { FamilyName } from "@contrail/bgp";
import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import type { DesiredPeer } from "./desired-peer.ts";

const DEFAULT_AS = 64512;
const BGP_PORT = 179;
/** Families that have tables here. */
const SUPPORTED: readonly FamilyName[] = ["inet-vpn"];

/** The bgp-router that stands for this node: a child of a routing instance, named like the node. */
export function ownRouter(graph: ConfigGraph, nodeName: string): ConfigObject | undefined {
  for (const router of graph.ofType("bgp-router")) if (router.fqName.at(-1) === nodeName) return router;
  return undefined;
}

/** The peers that the configuration gives this node: every bgp-router that refers to its own, or is referred to by it. */
export function desiredPeers(graph: ConfigGraph, nodeName: string): readonly DesiredPeer[] {
  const own = ownRouter(graph, nodeName);
  if (own === undefined) return [];
  const localAs = autonomousSystem(own);
  return graph.linked(own.uuid, "bgp-router").flatMap((router): DesiredPeer[] => {
    const parameters = parametersOf(router);
    const address = parameters.address;
    if (typeof address !== "string" || address === "") return [];
    const holdTime = Number(parameters.hold_time ?? 0);
    return [
      {
        name: router.fqName.join(":"),
        address,
        port: Number(parameters.port ?? BGP_PORT),
        localAs,
        peerAs: autonomousSystem(router),
        families: families(own, router),
        holdTimeMs: holdTime > 0 ? holdTime * 1_000 : undefined,
        adminDown: parameters.admin_down === true || parametersOf(own).admin_down === true,
      },
    ];
  });
}

/** AS of a router; that of the system where it names none. */
export function autonomousSystem(router: ConfigObject): number {
  return Number(parametersOf(router).autonomous_system ?? DEFAULT_AS);
}

function parametersOf(router: ConfigObject): JsonObject {
  return (router.properties.bgp_router_parameters ?? {}) as JsonObject; // The model says BgpRouterParams.
}

/** Families that both routers list; a router that lists none has them all. */
function families(own: ConfigObject, peer: ConfigObject): readonly FamilyName[] {
  const listed = (router: ConfigObject): readonly JsonValue[] => {
    const family = (parametersOf(router).address_families as JsonObject | undefined)?.family; // AddressFamilies.
    return Array.isArray(family) && family.length > 0 ? (family as readonly JsonValue[]) : SUPPORTED;
  };
  const [ours, theirs] = [listed(own), listed(peer)];
  return SUPPORTED.filter((family) => ours.includes(family) && theirs.includes(family));
}
