import { writeUint16 } from "../octets.ts";

/*
 * Every message (RFC 4271 section 4.1):
 *
 *   | marker: 16 octets of all ones | length (16), header included | type (8) | body |
 */

/** Message types (RFC 4271 section 4.1, RFC 2918). */
export const OPEN = 1;
export const UPDATE = 2;
export const NOTIFICATION = 3;
export const KEEPALIVE = 4;
export const ROUTE_REFRESH = 5;

export const HEADER_BYTES = 19;
/** Longest message without, and with, the extended message capability (RFC 8654). */
export const MAX_MESSAGE_BYTES = 4096;
export const MAX_EXTENDED_MESSAGE_BYTES = 65535;

/** Shortest whole message of each type (RFC 4271 section 6.1); a ROUTE-REFRESH that is too short is judged by its decoder. */
const MIN_BYTES: Readonly<Record<number, number>> = {
  [OPEN]: 29,
  [UPDATE]: 23,
  [NOTIFICATION]: 21,
  [KEEPALIVE]: HEADER_BYTES,
  [ROUTE_REFRESH]: HEADER_BYTES,
};

/** The shortest whole message of a type; undefined for a type that does not exist. */
export function minMessageBytes(type: number): number | undefined {
  return MIN_BYTES[type];
}

/** A whole message from its body. */
export function frameMessage(type: number, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(HEADER_BYTES + body.length);
  writeHeader(message, message.length, type);
  message.set(body, HEADER_BYTES);
  return message;
}

/** Writes marker, length and type at the start of a message. */
export function writeHeader(message: Uint8Array, lengthBytes: number, type: number): void {
  message.fill(0xff, 0, 16);
  writeUint16(message, 16, lengthBytes);
  message[18] = type;
}

/** The KEEPALIVE message: a header alone. Shared; not to be changed. */
export const KEEPALIVE_MESSAGE: Uint8Array = frameMessage(KEEPALIVE, new Uint8Array(0));
