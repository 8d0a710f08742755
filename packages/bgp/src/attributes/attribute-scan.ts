import { readUint16 } from "../octets.ts";
import { CATEGORY_FLAGS, FLAG_EXTENDED_LENGTH } from "./attribute-type.ts";

/** Where one attribute stands in a message. */
export interface RawAttribute {
  readonly flags: number;
  readonly type: number;
  /** Of the flags octet. */
  readonly headStart: number;
  readonly start: number;
  readonly end: number;
}

/** The attributes of an UPDATE in their order; `overrun` where the last does not fit into the total length. */
export interface ScannedAttributes {
  readonly attributes: readonly RawAttribute[];
  readonly overrun: boolean;
}

/**
 * Finds the attributes from start to end without judging them (RFC 4271 section 4.3, RFC 7606 section 4):
 *
 *   | flags (8) | type (8) | length (8, or 16 with the extended length flag) | value |
 */
export function scanAttributes(bytes: Uint8Array, start: number, end: number): ScannedAttributes {
  const attributes: RawAttribute[] = [];
  let offset = start;
  while (offset < end) {
    const flags = bytes[offset] ?? 0;
    const headBytes = (flags & FLAG_EXTENDED_LENGTH) !== 0 ? 4 : 3;
    if (end - offset < headBytes) return { attributes, overrun: true };
    const lengthBytes = headBytes === 4 ? readUint16(bytes, offset + 2) : (bytes[offset + 2] ?? 0);
    const valueStart = offset + headBytes;
    if (valueStart + lengthBytes > end) return { attributes, overrun: true };
    const valueEnd = valueStart + lengthBytes;
    attributes.push({ flags, type: bytes[offset + 1] ?? 0, headStart: offset, start: valueStart, end: valueEnd });
    offset = valueEnd;
  }
  return { attributes, overrun: false };
}

/** True where the optional and transitive bits are not those that the attribute's type has (RFC 7606 section 3 c). */
export function attributeFlagsConflict({ flags }: RawAttribute, expected: number): boolean {
  return (flags & CATEGORY_FLAGS) !== expected;
}
