import { read16, read32 } from "./bytes.ts";

/**
 * An IPv4 header in place (RFC 791 section 3.1):
 *
 *   version:4 IHL:4 | DSCP:8 | total length:16 | identification:16 | 0 DF MF:3 offset:13
 *   TTL:8 | protocol:8 | checksum:16 | source:32 | destination:32 | options
 */
export interface InetHeader {
  /** Where the header begins in the frame. */
  readonly offset: number;
  readonly headerBytes: number;
  readonly totalBytes: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** In units of 8 bytes. */
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
}

/** Reads the header at offset; the total length must lie within end. The checksum is not verified. */
export function parseInetHeader(
  bytes: Uint8Array,
  offset: number,
  end: number = bytes.length,
): InetHeader | "invalid_packet" {
  if (end - offset < 20) return "invalid_packet";
  const first = bytes[offset] ?? 0;
  const headerBytes = (first & 15) * 4;
  const totalBytes = read16(bytes, offset + 2);
  if (first >>> 4 !== 4 || headerBytes < 20) return "invalid_packet";
  if (totalBytes < headerBytes || offset + totalBytes > end) return "invalid_packet";
  return readInetHeader(bytes, offset);
}

/** Reads the fields without any check: for headers quoted in ICMP errors, whose packet is cut short. */
export function readInetHeader(bytes: Uint8Array, offset: number): InetHeader {
  const fragment = read16(bytes, offset + 6);
  return {
    offset,
    headerBytes: ((bytes[offset] ?? 0) & 15) * 4,
    totalBytes: read16(bytes, offset + 2),
    identification: read16(bytes, offset + 4),
    dontFragment: (fragment & 0x4000) !== 0,
    moreFragments: (fragment & 0x2000) !== 0,
    fragmentOffset: fragment & 0x1fff,
    ttl: bytes[offset + 8] ?? 0,
    protocol: bytes[offset + 9] ?? 0,
    source: read32(bytes, offset + 12),
    destination: read32(bytes, offset + 16),
  };
}

/** Bytes after the header that the total length covers. */
export function payloadBytes(header: InetHeader): number {
  return header.totalBytes - header.headerBytes;
}
