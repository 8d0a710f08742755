import type { BgpRole } from "../attributes/only-to-customer.ts";
import type { FamilyName } from "../family.ts";

/** What one peering is configured with; the numbers of RFC 4271 section 10. */
export interface PeerSettings {
  readonly localAs: number;
  /** BGP identifier of this node. */
  readonly localId: number;
  readonly peerAs: number;
  /** Offered families. */
  readonly families: readonly FamilyName[];
  /** Offered hold time: 0, or 3000 and more. */
  readonly holdTimeMs: number;
  /** Never connects, only accepts. */
  readonly passive: boolean;
  readonly connectRetryMs: number;
  /** How long to wait for the peer's OPEN before sending ours; 0: send at once (no DelayOpen). */
  readonly delayOpenMs: number;
  /** Wait in Idle after the first failure; it doubles with each further one, up to the maximum. */
  readonly idleHoldMinMs: number;
  readonly idleHoldMaxMs: number;
  /** A session that has lasted so long clears the count of failures. */
  readonly stableAfterMs: number;
  /** How long peers shall keep our routes while we are away; 0: graceful restart is not offered. At most 4095000. */
  readonly gracefulRestartMs: number;
  /** How long they shall keep them after that, as the last choice (RFC 9494); default 0: not offered. */
  readonly longLivedStaleMs?: number | undefined;
  /** Families with several paths a route, and who may send them (RFC 7911); default none. */
  readonly addPath?: readonly AddPathOffer[] | undefined;
  /** IPv4 routes may have IPv6 next hops (RFC 8950); default false. */
  readonly extendedNextHop?: boolean | undefined;
  /** Messages of more than 4,096 octets are taken (RFC 8654); default true. */
  readonly extendedMessages?: boolean | undefined;
  /** What this AS is to the peer's (RFC 9234); for external peers only, default none. */
  readonly role?: BgpRole | undefined;
  /** A peer that does not name its role is refused; default false. */
  readonly strictRole?: boolean | undefined;
}

/** What is offered of add-path for a family. */
export interface AddPathOffer {
  readonly family: FamilyName;
  readonly receive: boolean;
  readonly send: boolean;
}

/** Hold time until the peer's OPEN has come (RFC 4271 section 8.2.2: "a large value", 4 minutes). */
export const OPEN_HOLD_MS = 240_000;

/** Shortest send hold time (RFC 9687 section 4). */
const SEND_HOLD_MIN_MS = 480_000;

/** How long the peer may refuse to take octets before the session ends (RFC 9687 section 4); 0: for ever. */
export function sendHoldMs(holdTimeMs: number): number {
  return holdTimeMs === 0 ? 0 : Math.max(SEND_HOLD_MIN_MS, 2 * holdTimeMs);
}

/** Keepalives go three times in a hold time (RFC 4271 section 4.4). */
export function keepaliveMs(holdTimeMs: number): number {
  return Math.floor(holdTimeMs / 3);
}
