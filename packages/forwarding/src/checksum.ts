import { read16 } from "./bytes.ts";

/** The one's complement checksum over a range; an odd last byte is padded with zero (RFC 1071). */
export function internetChecksum(bytes: Uint8Array, offset: number, length: number, start = 0): number {
  let sum = start;
  for (let index = 0; index + 1 < length; index += 2) sum += read16(bytes, offset + index);
  if (length % 2 === 1) sum += (bytes[offset + length - 1] ?? 0) << 8;
  return ~fold(sum) & 0xffff;
}

/** The checksum after one 16-bit word changed: HC' = ~(~HC + ~m + m') (RFC 1624 equation 3). */
export function updatedChecksum(checksum: number, before: number, after: number): number {
  return ~fold((~checksum & 0xffff) + (~before & 0xffff) + after) & 0xffff;
}

function fold(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest % 0x10000) + Math.floor(rest / 0x10000);
  return rest;
}
