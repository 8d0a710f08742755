import { AS_TRANS } from "../attributes/attribute-type.ts";
import { BGP_ROLES } from "../attributes/only-to-customer.ts";
import { type FamilyName, familyCode, familyCodec } from "../family.ts";
import type { Capability } from "../message/capability.ts";
import type { OpenMessage } from "../message/open.ts";
import type { PeerSettings } from "./peer-settings.ts";

const MAX_RESTART_SECONDS = 4095;
const MAX_STALE_SECONDS = 0xffffff;
const AFI_INET6 = 2;

/** Our OPEN. `restarting` where this process has not had a session with the peer yet (RFC 4724 section 3, R bit). */
export function localOpen(settings: PeerSettings, restarting: boolean): OpenMessage {
  return {
    version: 4,
    autonomousSystem: settings.localAs > 0xffff ? AS_TRANS : settings.localAs,
    holdTimeSeconds: Math.floor(settings.holdTimeMs / 1000),
    identifier: settings.localId,
    capabilities: [
      ...multiprotocol(settings.families),
      { kind: "route-refresh" },
      { kind: "enhanced-route-refresh" },
      ...(settings.extendedMessages === false ? [] : [{ kind: "extended-message" as const }]),
      { kind: "four-octet-as", autonomousSystem: settings.localAs },
      ...restartCapabilities(settings, restarting),
      ...optionalCapabilities(settings),
    ],
  };
}

/** The capabilities of families, one each (RFC 4760 section 8). */
export function multiprotocol(families: readonly FamilyName[]): Capability[] {
  return families.map((family) => ({ kind: "multiprotocol", ...familyCode(family) }));
}

/** Families whose next hop takes an IPv6 address by agreement only, where that is offered. */
export function extendedNextHopFamilies({ families, extendedNextHop }: PeerSettings): readonly FamilyName[] {
  return extendedNextHop === true ? families.filter((family) => familyCodec(family).nextHop.inet6 === "agreed") : [];
}

/** The data plane is the agents': it forwards whatever happens to this process, so that all state is preserved. */
function restartCapabilities(settings: PeerSettings, restarting: boolean): Capability[] {
  const { gracefulRestartMs, longLivedStaleMs = 0 } = settings;
  // RFC 9494 section 4.1: the long-lived capability counts for nothing alone; a restart time of 0 skips the other phase.
  if (gracefulRestartMs === 0 && longLivedStaleMs === 0) return [];
  const families = settings.families.map((family) => ({ ...familyCode(family), preserved: true }));
  const capabilities: Capability[] = [
    {
      kind: "graceful-restart",
      restarting,
      notifications: true,
      restartTimeSeconds: Math.min(MAX_RESTART_SECONDS, Math.ceil(gracefulRestartMs / 1000)),
      families: gracefulRestartMs === 0 ? [] : families,
    },
  ];
  if (longLivedStaleMs > 0) {
    const staleTimeSeconds = Math.min(MAX_STALE_SECONDS, Math.ceil(longLivedStaleMs / 1000));
    const stale = families.map((family) => ({ ...family, staleTimeSeconds }));
    capabilities.push({ kind: "long-lived-graceful-restart", families: stale });
  }
  return capabilities;
}

function optionalCapabilities(settings: PeerSettings): Capability[] {
  const capabilities: Capability[] = [];
  const addPath = (settings.addPath ?? [])
    .filter(({ family, receive, send }) => settings.families.includes(family) && (receive || send))
    .map(({ family, receive, send }) => ({ ...familyCode(family), receive, send }));
  if (addPath.length > 0) capabilities.push({ kind: "add-path", families: addPath });
  const extended = extendedNextHopFamilies(settings);
  if (extended.length > 0) {
    const families = extended.map((family) => ({ ...familyCode(family), nextHopAfi: AFI_INET6 }));
    capabilities.push({ kind: "extended-next-hop", families });
  }
  if (settings.role !== undefined && settings.localAs !== settings.peerAs) {
    capabilities.push({ kind: "role", code: BGP_ROLES.indexOf(settings.role) });
  }
  return capabilities;
}
