import { FAMILIES, type FamilyName, familyCode, familyOf } from "../family.ts";
import type { Capability, FamilyNumbers } from "../message/capability.ts";
import { extendedNextHopFamilies } from "./local-open.ts";
import type { PeerSettings } from "./peer-settings.ts";
import type { PeerGracefulRestart, PeerLongLivedRestart } from "./session-parameters.ts";

const AFI_INET6 = 2;

/** Families that both sides named; a peer that names none at all means IPv4 unicast (RFC 4760 section 8). */
export function agreedFamilies(offered: readonly FamilyName[], capabilities: readonly Capability[]): FamilyName[] {
  const named = capabilities.filter((capability) => capability.kind === "multiprotocol");
  const peers = named.length === 0 ? ["inet"] : named.map(({ afi, safi }) => familyOf(afi, safi));
  return FAMILIES.filter((family) => offered.includes(family) && peers.includes(family));
}

/** Families in which the one side sends several paths and the other takes them (RFC 7911 section 5). */
export function agreedAddPath(
  { addPath = [] }: PeerSettings,
  families: readonly FamilyName[],
  capabilities: readonly Capability[],
): { readonly receive: readonly FamilyName[]; readonly send: readonly FamilyName[] } {
  // A speaker has one such capability only: of several, the last one counts, as with graceful restart.
  const peer = capabilities.findLast((capability) => capability.kind === "add-path");
  const both = addPath.filter(({ family }) => families.includes(family));
  return {
    receive: both.filter(({ family, receive }) => receive && entryOf(peer, family)?.send === true).map(nameOf),
    send: both.filter(({ family, send }) => send && entryOf(peer, family)?.receive === true).map(nameOf),
  };
}

/** IPv4 families in which both sides take IPv6 next hops (RFC 8950 section 4). */
export function agreedExtendedNextHop(
  settings: PeerSettings,
  families: readonly FamilyName[],
  capabilities: readonly Capability[],
): readonly FamilyName[] {
  const named = capabilities.flatMap((capability) =>
    capability.kind === "extended-next-hop" ? capability.families : [],
  );
  return extendedNextHopFamilies(settings).filter((family) => {
    const { afi, safi } = familyCode(family);
    const taken = named.some((each) => each.afi === afi && each.safi === safi && each.nextHopAfi === AFI_INET6);
    return taken && families.includes(family);
  });
}

/** What the peer says of its restarts, where we take part in that. */
export function peerGracefulRestart(
  { gracefulRestartMs, longLivedStaleMs = 0 }: PeerSettings,
  families: readonly FamilyName[],
  capabilities: readonly Capability[],
): PeerGracefulRestart | undefined {
  // RFC 4724 section 3: of several, the last one counts.
  const capability = capabilities.findLast((candidate) => candidate.kind === "graceful-restart");
  if (capability === undefined || (gracefulRestartMs === 0 && longLivedStaleMs === 0)) return undefined;
  return {
    restartTimeMs: capability.restartTimeSeconds * 1000,
    restarting: capability.restarting,
    notifications: capability.notifications,
    families: families.flatMap((family) => {
      const entry = entryOf(capability, family);
      return entry === undefined ? [] : [{ family, forwardingPreserved: entry.preserved }];
    }),
  };
}

/** The same for long-lived restarts, which count only beside the other capability (RFC 9494 section 4.5). */
export function peerLongLived(
  { longLivedStaleMs = 0 }: PeerSettings,
  families: readonly FamilyName[],
  capabilities: readonly Capability[],
): readonly PeerLongLivedRestart[] {
  const accompanied = capabilities.some((candidate) => candidate.kind === "graceful-restart");
  const capability = capabilities.findLast((candidate) => candidate.kind === "long-lived-graceful-restart");
  if (longLivedStaleMs === 0 || !accompanied || capability === undefined) return [];
  return families.flatMap((family) => {
    const entry = entryOf(capability, family);
    if (entry === undefined) return [];
    return [{ family, forwardingPreserved: entry.preserved, staleTimeMs: entry.staleTimeSeconds * 1000 }];
  });
}

function entryOf<Entry extends FamilyNumbers>(
  capability: { readonly families: readonly Entry[] } | undefined,
  family: FamilyName,
): Entry | undefined {
  const { afi, safi } = familyCode(family);
  return capability?.families.find((entry) => entry.afi === afi && entry.safi === safi);
}

function nameOf({ family }: { readonly family: FamilyName }): FamilyName {
  return family;
}
