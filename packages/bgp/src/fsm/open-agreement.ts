import { AS_TRANS } from "../attributes/attribute-type.ts";
import { FAMILIES, type FamilyName, familyCode, familyOf } from "../family.ts";
import { type Capability, encodeCapability } from "../message/capability.ts";
import { MAX_EXTENDED_MESSAGE_BYTES, MAX_MESSAGE_BYTES } from "../message/header.ts";
import { type Notification, notification, OPEN_ERROR } from "../message/notification.ts";
import type { OpenMessage } from "../message/open.ts";
import { concatBytes } from "../octets.ts";
import type { PeerSettings } from "./peer-settings.ts";
import type { PeerGracefulRestart, SessionParameters } from "./session-parameters.ts";

/** What the two OPENs of a session come to. */
export type Agreement =
  | { readonly kind: "agreed"; readonly parameters: SessionParameters }
  | { readonly kind: "error"; readonly notification: Notification };

/** Our OPEN. `restarting` where this process has not had a session with the peer yet (RFC 4724 section 3, R bit). */
export function localOpen(settings: PeerSettings, restarting: boolean): OpenMessage {
  const capabilities: Capability[] = [
    ...multiprotocol(settings.families),
    { kind: "route-refresh" },
    { kind: "enhanced-route-refresh" },
    { kind: "extended-message" },
    { kind: "four-octet-as", autonomousSystem: settings.localAs },
  ];
  if (settings.gracefulRestartMs > 0) {
    capabilities.push({
      kind: "graceful-restart",
      restarting,
      notifications: true,
      restartTimeSeconds: Math.min(4095, Math.ceil(settings.gracefulRestartMs / 1000)),
      // The data plane is the agents': it forwards whatever happens to this process.
      families: settings.families.map((family) => ({ ...familyCode(family), preserved: true })),
    });
  }
  return {
    version: 4,
    autonomousSystem: settings.localAs > 0xffff ? AS_TRANS : settings.localAs,
    holdTimeSeconds: Math.floor(settings.holdTimeMs / 1000),
    identifier: settings.localId,
    capabilities,
  };
}

/** Judges the peer's OPEN (RFC 4271 section 6.2, RFC 6286 section 2.1, RFC 5492 section 3). */
export function judgeOpen(settings: PeerSettings, open: OpenMessage): Agreement {
  const capability = open.capabilities.find((candidate) => candidate.kind === "four-octet-as");
  const peerAs = capability?.autonomousSystem ?? open.autonomousSystem;
  if (peerAs !== settings.peerAs || peerAs === 0) return error(2);
  const external = peerAs !== settings.localAs;
  if (open.identifier === 0 || (!external && open.identifier === settings.localId)) return error(3);
  if (open.holdTimeSeconds === 1 || open.holdTimeSeconds === 2) return error(6);
  const families = agreedFamilies(settings.families, open.capabilities);
  if (families.length === 0) {
    return error(7, concatBytes(multiprotocol(settings.families).map(encodeCapability)));
  }
  const has = (kind: Capability["kind"]) => open.capabilities.some((candidate) => candidate.kind === kind);
  return {
    kind: "agreed",
    parameters: {
      external,
      peerAs,
      peerId: open.identifier,
      families,
      fourOctetAs: capability !== undefined,
      maxMessageBytes: has("extended-message") ? MAX_EXTENDED_MESSAGE_BYTES : MAX_MESSAGE_BYTES,
      holdTimeMs: Math.min(settings.holdTimeMs, open.holdTimeSeconds * 1000),
      routeRefresh: has("route-refresh"),
      enhancedRouteRefresh: has("enhanced-route-refresh"),
      gracefulRestart: settings.gracefulRestartMs > 0 ? peerGracefulRestart(families, open.capabilities) : undefined,
    },
  };
}

function multiprotocol(families: readonly FamilyName[]): Capability[] {
  return families.map((family) => ({ kind: "multiprotocol", ...familyCode(family) }));
}

/** A peer that names no family at all means IPv4 unicast (RFC 4760 section 8). */
function agreedFamilies(offered: readonly FamilyName[], capabilities: readonly Capability[]): FamilyName[] {
  const named = capabilities.filter((capability) => capability.kind === "multiprotocol");
  const peers = named.length === 0 ? ["inet"] : named.map(({ afi, safi }) => familyOf(afi, safi));
  return FAMILIES.filter((family) => offered.includes(family) && peers.includes(family));
}

function peerGracefulRestart(
  families: readonly FamilyName[],
  capabilities: readonly Capability[],
): PeerGracefulRestart | undefined {
  // RFC 4724 section 3: of several, the last one counts.
  const capability = capabilities.findLast((candidate) => candidate.kind === "graceful-restart");
  if (capability === undefined) return undefined;
  return {
    restartTimeMs: capability.restartTimeSeconds * 1000,
    restarting: capability.restarting,
    notifications: capability.notifications,
    families: families.flatMap((family) => {
      const { afi, safi } = familyCode(family);
      const entry = capability.families.find((candidate) => candidate.afi === afi && candidate.safi === safi);
      return entry === undefined ? [] : [{ family, forwardingPreserved: entry.preserved }];
    }),
  };
}

function error(subcode: number, data?: Uint8Array): Agreement {
  return { kind: "error", notification: notification(OPEN_ERROR, subcode, data) };
}
