import { concatBytes } from "../octets.ts";
import { frameMessage, HEADER_BYTES, MAX_MESSAGE_BYTES, NOTIFICATION } from "./header.ts";
import { CEASE, CEASE_HARD_RESET, NOTIFICATION_NAMES } from "./notification-codes.ts";

/** What ends a session (RFC 4271 section 4.5): code, subcode, and data that depends on both. */
export interface Notification {
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
}

/** Longest data: a peer that has not announced extended messages takes no longer notification (RFC 8654 section 5). */
const MAX_DATA_BYTES = MAX_MESSAGE_BYTES - HEADER_BYTES - 2;

/** A notification; data is empty unless given. */
export function notification(code: number, subcode: number, data: Uint8Array = new Uint8Array(0)): Notification {
  return { code, subcode, data };
}

/** True for Cease with subcode Hard Reset (RFC 8538 section 3.1). */
export function isHardReset({ code, subcode }: Notification): boolean {
  return code === CEASE && subcode === CEASE_HARD_RESET;
}

/** The same notification as a hard reset: its code, subcode and data stand in the data (RFC 8538 section 3.1). */
export function hardReset({ code, subcode, data }: Notification): Notification {
  return notification(CEASE, CEASE_HARD_RESET, concatBytes([new Uint8Array([code, subcode]), data]));
}

/** What a hard reset was made of; undefined for any other notification, and for one that does not say. */
export function hardResetReason(received: Notification): Notification | undefined {
  if (!isHardReset(received) || received.data.length < 2) return undefined;
  const { data } = received;
  return notification(data[0] ?? 0, data[1] ?? 0, data.subarray(2));
}

/** "cease: administrative reset", for logs and introspect; unknown numbers stand as numbers. */
export function describeNotification(given: Notification): string {
  const { code, subcode } = given;
  const known = NOTIFICATION_NAMES[code];
  if (known === undefined) return `code ${code} subcode ${subcode}`;
  const detail = known.subcodes[subcode] ?? (subcode === 0 ? "" : `subcode ${subcode}`);
  const text = detail === "" ? known.name : `${known.name}: ${detail}`;
  const reason = hardResetReason(given);
  // Once only: a hard reset inside a hard reset says nothing more.
  return reason === undefined || isHardReset(reason) ? text : `${text} (${describeNotification(reason)})`;
}

/** Reads the body of a NOTIFICATION, which the framer has found to hold at least two octets. */
export function decodeNotification(body: Uint8Array): Notification {
  return { code: body[0] ?? 0, subcode: body[1] ?? 0, data: body.slice(2) };
}

/** The whole message, at most 4096 octets long: what does not fit of the data is left out. */
export function encodeNotification({ code, subcode, data }: Notification): Uint8Array {
  return frameMessage(NOTIFICATION, concatBytes([new Uint8Array([code, subcode]), data.subarray(0, MAX_DATA_BYTES)]));
}
