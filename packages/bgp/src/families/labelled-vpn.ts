import { writeUint24, writeUint32 } from "../octets.ts";

/*
 * What stands before the prefix of a labelled VPN route (RFC 4364 section 4.3.4, RFC 8277 section 2.2; one label, as we
 * never offer more, so that the bottom-of-stack bit is ignored):
 *
 *   | length in bits (8) | label (20), reserved (3), bottom of stack (1) | route distinguisher (64) | prefix
 */

/** Bits of the length that are not the prefix's. */
export const LABEL_AND_RD_BITS = 24 + 64;

/** Octets before the prefix, the length's among them. */
export const LABELLED_HEAD_BYTES = 12;

/** Label field of a withdrawn route (RFC 8277 section 2.4). */
const WITHDRAWN_LABEL = 0x800000;
const BOTTOM_OF_STACK = 1;

/** The part of a VPN route that both address families have. */
export interface LabelledRoute {
  readonly rdHigh: number;
  readonly rdLow: number;
  readonly length: number;
  readonly label: number;
}

/** Writes everything before the prefix; returns the offset behind it. */
export function writeLabelledHead(
  { rdHigh, rdLow, length, label }: LabelledRoute,
  bytes: Uint8Array,
  offset: number,
  withdrawn: boolean,
): number {
  bytes[offset] = LABEL_AND_RD_BITS + length;
  const field = withdrawn ? WITHDRAWN_LABEL : ((label << 4) | BOTTOM_OF_STACK) >>> 0;
  return writeUint32(bytes, writeUint32(bytes, writeUint24(bytes, offset + 1, field), rdHigh), rdLow);
}
