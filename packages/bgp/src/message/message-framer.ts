import { readUint16 } from "../octets.ts";
import {
  HEADER_BYTES,
  KEEPALIVE,
  MAX_EXTENDED_MESSAGE_BYTES,
  MAX_MESSAGE_BYTES,
  minMessageBytes,
  OPEN,
} from "./header.ts";
import { type Notification, notification } from "./notification.ts";
import { HEADER_ERROR } from "./notification-codes.ts";

/** What the byte stream holds next. */
export type Frame =
  | { readonly kind: "message"; readonly type: number; readonly body: Uint8Array }
  | { readonly kind: "incomplete" }
  | { readonly kind: "error"; readonly notification: Notification };

const INCOMPLETE: Frame = { kind: "incomplete" };
const EMPTY = new Uint8Array(0);

/**
 * Cuts a byte stream into messages and judges their headers (RFC 4271 section 6.1). Give it what arrives with `push`,
 * then call `next` until it says "incomplete". A body is a view that stays valid until the next `push`. After an error it
 * says the same error for ever. It holds at most one incomplete message besides what was pushed last, in twice the room.
 */
export class MessageFramer {
  /** What waits to be cut stands from offset to end: in the last chunk itself, or in a buffer of ours. */
  #bytes: Uint8Array = EMPTY;
  #offset = 0;
  #end = 0;
  #owned = false;
  #maxBytes = MAX_MESSAGE_BYTES;
  #error: Frame | undefined;

  /** Lets messages other than OPEN and KEEPALIVE be 65535 octets long: both sides have the capability (RFC 8654). */
  allowExtendedMessages(): void {
    this.#maxBytes = MAX_EXTENDED_MESSAGE_BYTES;
  }

  /** Octets that wait to be cut. */
  get bufferedBytes(): number {
    return this.#end - this.#offset;
  }

  /** Takes octets over: they must not change until the next `push`. */
  push(chunk: Uint8Array): void {
    if (this.#error !== undefined) return;
    if (this.bufferedBytes === 0) {
      this.#bytes = chunk;
      this.#offset = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  next(): Frame {
    if (this.#error !== undefined) return this.#error;
    if (this.bufferedBytes < HEADER_BYTES) return INCOMPLETE;
    const start = this.#offset;
    const lengthBytes = readUint16(this.#bytes, start + 16);
    const type = this.#bytes[start + 18] ?? 0;
    const problem = this.#judge(start, lengthBytes, type);
    if (problem !== undefined) {
      this.#error = { kind: "error", notification: problem };
      this.#bytes = EMPTY;
      this.#offset = 0;
      this.#end = 0;
      return this.#error;
    }
    if (this.bufferedBytes < lengthBytes) return INCOMPLETE;
    this.#offset += lengthBytes;
    return { kind: "message", type, body: this.#bytes.subarray(start + HEADER_BYTES, start + lengthBytes) };
  }

  /** A buffer twice as large as what is there: however small the chunks are, each octet moves a few times only. */
  #makeRoom(moreBytes: number): void {
    const rest = this.#bytes.subarray(this.#offset, this.#end);
    this.#bytes = new Uint8Array(2 * (rest.length + moreBytes));
    this.#bytes.set(rest);
    this.#offset = 0;
    this.#end = rest.length;
    this.#owned = true;
  }

  #judge(start: number, lengthBytes: number, type: number): Notification | undefined {
    for (let index = start; index < start + 16; index++) {
      if (this.#bytes[index] !== 0xff) return notification(HEADER_ERROR, 1);
    }
    const lengthField = this.#bytes.slice(start + 16, start + 18);
    if (lengthBytes < HEADER_BYTES || lengthBytes > this.#maxBytes) return notification(HEADER_ERROR, 2, lengthField);
    const minBytes = minMessageBytes(type);
    if (minBytes === undefined) return notification(HEADER_ERROR, 3, new Uint8Array([type]));
    const limited = type === OPEN || type === KEEPALIVE;
    const maxBytes = type === KEEPALIVE ? HEADER_BYTES : limited ? MAX_MESSAGE_BYTES : this.#maxBytes;
    if (lengthBytes < minBytes || lengthBytes > maxBytes) return notification(HEADER_ERROR, 2, lengthField);
    return undefined;
  }
}
