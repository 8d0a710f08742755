import type { FamilyName } from "../family.ts";
import { isHardReset, type Notification } from "../message/notification.ts";
import type { SessionParameters } from "./session-parameters.ts";

/** Routes of a lost session that may be kept as stale, and how long the peer may take to come back. */
export interface Retention {
  /** Kept for the restart time; they count as they did (RFC 4724 section 4.2). */
  readonly families: readonly FamilyName[];
  readonly restartTimeMs: number;
  /**
   * Kept for so long after that, or at once where `families` has not the family, as the last choice and marked
   * LLGR_STALE; what is marked NO_LLGR goes instead (RFC 9494 section 4.2).
   */
  readonly longLived: readonly { readonly family: FamilyName; readonly staleTimeMs: number }[];
}

/**
 * What may be kept of a session that ended with a notification (sent or received), or without one: everything that the
 * peer's graceful restart capabilities name; with a notification only where the peer set the N bit, as we always do, and
 * it was no hard reset (RFC 8538 section 4). Undefined: nothing.
 */
export function retentionAfter(
  { gracefulRestart, longLived }: SessionParameters,
  ending: Notification | undefined,
): Retention | undefined {
  if (gracefulRestart === undefined) return undefined;
  const { restartTimeMs, notifications } = gracefulRestart;
  const families = restartTimeMs === 0 ? [] : gracefulRestart.families.map(({ family }) => family);
  const later = longLived
    .filter(({ staleTimeMs }) => staleTimeMs > 0)
    .map(({ family, staleTimeMs }) => ({ family, staleTimeMs }));
  if (families.length === 0 && later.length === 0) return undefined;
  if (ending !== undefined && (!notifications || isHardReset(ending))) return undefined;
  return { families, restartTimeMs, longLived: later };
}
