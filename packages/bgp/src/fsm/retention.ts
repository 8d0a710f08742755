import type { FamilyName } from "../family.ts";
import { CEASE, CEASE_HARD_RESET, type Notification, notification } from "../message/notification.ts";
import { concatBytes } from "../octets.ts";
import type { SessionParameters } from "./session-parameters.ts";

/** Routes of a lost session that may be kept as stale, and how long the peer may take to come back. */
export interface Retention {
  readonly families: readonly FamilyName[];
  readonly restartTimeMs: number;
}

/**
 * What may be kept of a session that ended with a notification (sent or received), or without one: everything that the
 * peer's graceful restart capability names (RFC 4724 section 4.2); with a notification only where the peer set the N bit,
 * as we always do, and it was no hard reset (RFC 8538 section 4). Undefined: nothing.
 */
export function retentionAfter(
  { gracefulRestart }: SessionParameters,
  ending: Notification | undefined,
): Retention | undefined {
  if (gracefulRestart === undefined || gracefulRestart.restartTimeMs === 0) return undefined;
  if (gracefulRestart.families.length === 0) return undefined;
  if (ending !== undefined && (!gracefulRestart.notifications || isHardReset(ending))) return undefined;
  const families = gracefulRestart.families.map(({ family }) => family);
  return { families, restartTimeMs: gracefulRestart.restartTimeMs };
}

/** True for Cease with subcode Hard Reset (RFC 8538 section 3.1). */
export function isHardReset({ code, subcode }: Notification): boolean {
  return code === CEASE && subcode === CEASE_HARD_RESET;
}

/** The same notification as a hard reset: its code, subcode and data stand in the data (RFC 8538 section 3.1). */
export function hardReset({ code, subcode, data }: Notification): Notification {
  return notification(CEASE, CEASE_HARD_RESET, concatBytes([new Uint8Array([code, subcode]), data]));
}
