/** Reads two octets in network order; the caller has checked that they are there. */
export function readUint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

/** Reads three octets in network order. */
export function readUint24(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 16) | readUint16(bytes, offset + 1);
}

/** Reads four octets in network order as an unsigned number. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return ((readUint16(bytes, offset) << 16) | readUint16(bytes, offset + 2)) >>> 0;
}

/** Where numbers of 64 bits are put together: that makes one bigint, arithmetic would make four. */
const SCRATCH = new DataView(new ArrayBuffer(8));

/** Reads eight octets in network order as an unsigned number. */
export function readUint64(bytes: Uint8Array, offset: number): bigint {
  SCRATCH.setUint32(0, readUint32(bytes, offset));
  SCRATCH.setUint32(4, readUint32(bytes, offset + 4));
  return SCRATCH.getBigUint64(0);
}

/** Writes two octets; returns the offset behind them. */
export function writeUint16(bytes: Uint8Array, offset: number, value: number): number {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
  return offset + 2;
}

/** Writes three octets; returns the offset behind them. */
export function writeUint24(bytes: Uint8Array, offset: number, value: number): number {
  bytes[offset] = value >>> 16;
  return writeUint16(bytes, offset + 1, value);
}

/** Writes four octets; returns the offset behind them. */
export function writeUint32(bytes: Uint8Array, offset: number, value: number): number {
  writeUint16(bytes, offset, value >>> 16);
  return writeUint16(bytes, offset + 2, value);
}

/** Writes eight octets of an unsigned number below 2^64; returns the offset behind them. */
export function writeUint64(bytes: Uint8Array, offset: number, value: bigint): number {
  SCRATCH.setBigUint64(0, value);
  return writeUint32(bytes, writeUint32(bytes, offset, SCRATCH.getUint32(0)), SCRATCH.getUint32(4));
}

/** One array with the contents of all. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let lengthBytes = 0;
  for (const part of parts) lengthBytes += part.length;
  const whole = new Uint8Array(lengthBytes);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Reads sixteen octets in network order as an unsigned number. */
export function readUint128(bytes: Uint8Array, offset: number): bigint {
  return (readUint64(bytes, offset) << 64n) | readUint64(bytes, offset + 8);
}

/** Writes sixteen octets of an unsigned number below 2^128; returns the offset behind them. */
export function writeUint128(bytes: Uint8Array, offset: number, value: bigint): number {
  writeUint64(bytes, offset, value >> 64n);
  return writeUint64(bytes, offset + 8, value & 0xffffffffffffffffn);
}
