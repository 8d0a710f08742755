import { concatBytes } from "../octets.ts";
import { hardResetReason, type Notification, notification } from "./notification.ts";
import { CEASE, CEASE_ADMINISTRATIVE_RESET, CEASE_ADMINISTRATIVE_SHUTDOWN } from "./notification-codes.ts";

/*
 * Shutdown communication, the data of Cease with subcode 2 or 4 (RFC 9003 section 2):
 *
 *   | length (8) | UTF-8 text of so many octets |
 */
const MAX_BYTES = 255;

/** Cease with a text for people, cut to 255 octets of whole UTF-8 characters (RFC 9003); subcode 2 or 4. */
export function ceaseWithText(subcode: number, text: string): Notification {
  const bytes = new Uint8Array(MAX_BYTES);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return notification(CEASE, subcode, concatBytes([new Uint8Array([written]), bytes.subarray(0, written)]));
}

/**
 * The text that came with a shutdown or reset, be it inside a hard reset; undefined where there is none, or it is not as
 * RFC 9003 says. Peers write into it what they like: control characters come as they are.
 */
export function shutdownText(received: Notification): string | undefined {
  const { code, subcode, data } = hardResetReason(received) ?? received;
  if (code !== CEASE || (subcode !== CEASE_ADMINISTRATIVE_SHUTDOWN && subcode !== CEASE_ADMINISTRATIVE_RESET)) {
    return undefined;
  }
  const lengthBytes = data[0] ?? 0;
  if (lengthBytes === 0 || lengthBytes > data.length - 1) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data.subarray(1, 1 + lengthBytes));
  } catch {
    return undefined;
  }
}
