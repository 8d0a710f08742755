import type { SessionParameters } from "@contrail/bgp";
import type { ExportPolicy, ImportPolicy } from "@contrail/rib";
import type { DesiredPeer } from "./desired-peer.ts";

/** How a peer's routes are looked at when they come in. */
export function importPolicy(peer: DesiredPeer, autonomousSystem: number): ImportPolicy {
  return {
    ownAses: [...new Set([autonomousSystem, peer.localAs])],
    loopCount: peer.loopCount ?? 0,
    familyLoopCounts: peer.familyLoopCounts ?? {},
    peerAs: peer.peerAs,
    role: peer.localAs === peer.peerAs ? undefined : peer.role,
    origin: peer.routeOrigin === "as-said" ? undefined : peer.routeOrigin,
  };
}

/** What a peer is sent: as it is configured, and as the two sides agreed. */
export function exportPolicy(peer: DesiredPeer, parameters: SessionParameters, localAddress: number): ExportPolicy {
  const { external, fourOctetAs, maxMessageBytes, longLived, role, peerAs, addPathSend, extendedNextHop } = parameters;
  return {
    external,
    localAs: peer.localAs,
    peerAs,
    localAddress,
    fourOctetAs,
    maxMessageBytes,
    longLived: longLived.map(({ family }) => family),
    asOverride: peer.asOverride === true,
    privateAs: peer.privateAs,
    role,
    clusterId: peer.clusterId,
    client: peer.client === true,
    addPath: addPathSend,
    extendedNextHop,
  };
}
