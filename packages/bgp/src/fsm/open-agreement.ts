import { BGP_ROLES, counterpartRole } from "../attributes/only-to-customer.ts";
import type { Capability } from "../message/capability.ts";
import { encodeCapability } from "../message/capability-list.ts";
import { MAX_EXTENDED_MESSAGE_BYTES, MAX_MESSAGE_BYTES } from "../message/header.ts";
import { type Notification, notification } from "../message/notification.ts";
import {
  OPEN_BAD_IDENTIFIER,
  OPEN_BAD_PEER_AS,
  OPEN_ERROR,
  OPEN_ROLE_MISMATCH,
  OPEN_UNACCEPTABLE_HOLD_TIME,
  OPEN_UNSUPPORTED_CAPABILITY,
} from "../message/notification-codes.ts";
import type { OpenMessage } from "../message/open.ts";
import { concatBytes } from "../octets.ts";
import {
  agreedAddPath,
  agreedExtendedNextHop,
  agreedFamilies,
  peerGracefulRestart,
  peerLongLived,
} from "./capability-agreement.ts";
import { multiprotocol } from "./local-open.ts";
import type { PeerSettings } from "./peer-settings.ts";
import type { SessionParameters } from "./session-parameters.ts";

/** What the two OPENs of a session come to. */
export type Agreement =
  | { readonly kind: "agreed"; readonly parameters: SessionParameters }
  | { readonly kind: "error"; readonly notification: Notification };

/** Judges the peer's OPEN (RFC 4271 section 6.2, RFC 6286 section 2.1, RFC 5492 section 3, RFC 9234 section 4.2). */
export function judgeOpen(settings: PeerSettings, open: OpenMessage): Agreement {
  const capability = open.capabilities.find((candidate) => candidate.kind === "four-octet-as");
  const peerAs = capability?.autonomousSystem ?? open.autonomousSystem;
  if (peerAs !== settings.peerAs || peerAs === 0) return error(OPEN_BAD_PEER_AS);
  const external = peerAs !== settings.localAs;
  if (open.identifier === 0 || (!external && open.identifier === settings.localId)) return error(OPEN_BAD_IDENTIFIER);
  if (open.holdTimeSeconds === 1 || open.holdTimeSeconds === 2) return error(OPEN_UNACCEPTABLE_HOLD_TIME);
  const families = agreedFamilies(settings.families, open.capabilities);
  if (families.length === 0) {
    return error(OPEN_UNSUPPORTED_CAPABILITY, concatBytes(multiprotocol(settings.families).map(encodeCapability)));
  }
  if (external && !rolesFit(settings, open.capabilities)) return error(OPEN_ROLE_MISMATCH);
  const has = (kind: Capability["kind"]) => open.capabilities.some((candidate) => candidate.kind === kind);
  const addPath = agreedAddPath(settings, families, open.capabilities);
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
      gracefulRestart: peerGracefulRestart(settings, families, open.capabilities),
      longLived: peerLongLived(settings, families, open.capabilities),
      addPathReceive: addPath.receive,
      addPathSend: addPath.send,
      extendedNextHop: agreedExtendedNextHop(settings, families, open.capabilities),
      role: external ? settings.role : undefined,
    },
  };
}

/** RFC 9234 section 4.2: several equal roles are one; without a role of ours nothing is asked. */
function rolesFit({ role, strictRole }: PeerSettings, capabilities: readonly Capability[]): boolean {
  if (role === undefined) return true;
  const named = capabilities.flatMap((capability) => (capability.kind === "role" ? [capability.code] : []));
  if (named.length === 0) return strictRole !== true;
  return named.every((code) => BGP_ROLES[code] === counterpartRole(role));
}

function error(subcode: number, data?: Uint8Array): Agreement {
  return { kind: "error", notification: notification(OPEN_ERROR, subcode, data) };
}
