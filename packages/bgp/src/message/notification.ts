import { concatBytes } from "../octets.ts";
import { frameMessage, NOTIFICATION } from "./header.ts";

/** What ends a session (RFC 4271 section 4.5): code, subcode, and data that depends on both. */
export interface Notification {
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
}

/** Error codes (RFC 4271 section 4.5, RFC 7313 section 5). */
export const HEADER_ERROR = 1;
export const OPEN_ERROR = 2;
export const UPDATE_ERROR = 3;
export const HOLD_TIMER_EXPIRED = 4;
export const FSM_ERROR = 5;
export const CEASE = 6;
export const ROUTE_REFRESH_ERROR = 7;
/** Section 3 of RFC 9687. */
export const SEND_HOLD_TIMER_EXPIRED = 8;

/** Subcodes of Cease (RFC 4486, RFC 8538). */
export const CEASE_MAXIMUM_PREFIXES = 1;
export const CEASE_ADMINISTRATIVE_SHUTDOWN = 2;
export const CEASE_PEER_DECONFIGURED = 3;
export const CEASE_ADMINISTRATIVE_RESET = 4;
export const CEASE_CONNECTION_REJECTED = 5;
export const CEASE_OTHER_CONFIGURATION_CHANGE = 6;
export const CEASE_COLLISION_RESOLUTION = 7;
export const CEASE_OUT_OF_RESOURCES = 8;
export const CEASE_HARD_RESET = 9;

/** Longest shutdown communication (RFC 9003 section 2). */
const MAX_SHUTDOWN_BYTES = 255;

const NAMES: Readonly<Record<number, { readonly name: string; readonly subcodes: readonly string[] }>> = {
  [HEADER_ERROR]: {
    name: "message header error",
    subcodes: ["", "connection not synchronized", "bad message length", "bad message type"],
  },
  [OPEN_ERROR]: {
    name: "OPEN error",
    subcodes: [
      "unspecific",
      "unsupported version number",
      "bad peer AS",
      "bad BGP identifier",
      "unsupported optional parameter",
      "",
      "unacceptable hold time",
      "unsupported capability",
    ],
  },
  [UPDATE_ERROR]: {
    name: "UPDATE error",
    subcodes: [
      "",
      "malformed attribute list",
      "unrecognized well-known attribute",
      "missing well-known attribute",
      "attribute flags error",
      "attribute length error",
      "invalid ORIGIN",
      "",
      "invalid NEXT_HOP",
      "optional attribute error",
      "invalid network field",
      "malformed AS_PATH",
    ],
  },
  [HOLD_TIMER_EXPIRED]: { name: "hold timer expired", subcodes: [] },
  [FSM_ERROR]: { name: "FSM error", subcodes: ["", "in OpenSent", "in OpenConfirm", "in Established"] },
  [CEASE]: {
    name: "cease",
    subcodes: [
      "",
      "maximum number of prefixes reached",
      "administrative shutdown",
      "peer de-configured",
      "administrative reset",
      "connection rejected",
      "other configuration change",
      "connection collision resolution",
      "out of resources",
      "hard reset",
    ],
  },
  [ROUTE_REFRESH_ERROR]: { name: "ROUTE-REFRESH error", subcodes: ["", "invalid message length"] },
  [SEND_HOLD_TIMER_EXPIRED]: { name: "send hold timer expired", subcodes: [] },
};

/** A notification; data is empty unless given. */
export function notification(code: number, subcode: number, data: Uint8Array = new Uint8Array(0)): Notification {
  return { code, subcode, data };
}

/** Cease with a text for people, cut to 255 octets of whole UTF-8 characters (RFC 9003); subcode 2 or 4. */
export function ceaseWithText(subcode: number, text: string): Notification {
  const bytes = new Uint8Array(MAX_SHUTDOWN_BYTES);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return notification(CEASE, subcode, concatBytes([new Uint8Array([written]), bytes.subarray(0, written)]));
}

/** The text that came with a shutdown or reset; undefined where there is none, or it is not as RFC 9003 says. */
export function shutdownText({ code, subcode, data }: Notification): string | undefined {
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

/** "cease: administrative reset", for logs and introspect; unknown numbers stand as numbers. */
export function describeNotification({ code, subcode }: Notification): string {
  const known = NAMES[code];
  if (known === undefined) return `code ${code} subcode ${subcode}`;
  const detail = known.subcodes[subcode] ?? (subcode === 0 ? "" : `subcode ${subcode}`);
  return detail === "" ? known.name : `${known.name}: ${detail}`;
}

/** Reads the body of a NOTIFICATION, which the framer has found to hold at least two octets. */
export function decodeNotification(body: Uint8Array): Notification {
  return { code: body[0] ?? 0, subcode: body[1] ?? 0, data: body.slice(2) };
}

/** The whole message. */
export function encodeNotification({ code, subcode, data }: Notification): Uint8Array {
  return frameMessage(NOTIFICATION, concatBytes([new Uint8Array([code, subcode]), data]));
}
