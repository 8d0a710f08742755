/** Big-endian access to packets; reading past the end gives zeros, callers check lengths first. */
export function read16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

/** Unsigned 32 bits in network order. */
export function read32(bytes: Uint8Array, offset: number): number {
  return read16(bytes, offset) * 0x10000 + read16(bytes, offset + 2);
}

/** Sixteen bits in network order. */
export function write16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = (value >>> 8) & 255;
  bytes[offset + 1] = value & 255;
}

/** Unsigned 32 bits in network order. */
export function write32(bytes: Uint8Array, offset: number, value: number): void {
  write16(bytes, offset, value >>> 16);
  write16(bytes, offset + 2, value & 0xffff);
}
