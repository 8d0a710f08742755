import { read16, write16 } from "./bytes.ts";
import { updatedChecksum } from "./checksum.ts";
import { PROTOCOL_TCP, TCP_FLAG_SYN } from "./constants.ts";
import { type InetHeader, payloadBytes } from "./inet-header.ts";

/** TCP option kind 2, maximum segment size (RFC 9293 section 3.7.1): kind:8 | length:8 = 4 | MSS:16. */
const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_MSS = 2;
const MSS_LENGTH = 4;
const CHECKSUM_OFFSET = 16;

/** Lowers the MSS option of a SYN in place where it is above the limit. */
export function clampMss(bytes: Uint8Array, header: InetHeader, limit: number, partialChecksum: boolean): void {
  const tcp = header.offset + header.headerBytes;
  if (header.protocol !== PROTOCOL_TCP || header.fragmentOffset > 0) return;
  if (((bytes[tcp + 13] ?? 0) & TCP_FLAG_SYN) === 0) return;
  const dataOffset = ((bytes[tcp + 12] ?? 0) >>> 4) * 4;
  if (dataOffset < 20 || dataOffset > payloadBytes(header)) return;
  const option = findMss(bytes, tcp + 20, tcp + dataOffset);
  if (option === undefined) return;
  const before = read16(bytes, option + 2);
  if (before <= limit) return;
  write16(bytes, option + 2, limit);
  if (partialChecksum) return;
  const odd = (option + 2 - tcp) % 2 === 1;
  const checksum = read16(bytes, tcp + CHECKSUM_OFFSET);
  const updated = updatedChecksum(checksum, odd ? swapped(before) : before, odd ? swapped(limit) : limit);
  write16(bytes, tcp + CHECKSUM_OFFSET, updated);
}

function findMss(bytes: Uint8Array, start: number, end: number): number | undefined {
  let offset = start;
  while (offset < end) {
    const kind = bytes[offset];
    if (kind === OPTION_END) return undefined;
    if (kind === OPTION_NOP) {
      offset += 1;
      continue;
    }
    const length = offset + 1 < end ? (bytes[offset + 1] ?? 0) : 0;
    if (length < 2 || offset + length > end) return undefined;
    if (kind === OPTION_MSS && length === MSS_LENGTH) return offset;
    offset += length;
  }
  return undefined;
}

function swapped(word: number): number {
  return ((word & 255) << 8) | (word >>> 8);
}
