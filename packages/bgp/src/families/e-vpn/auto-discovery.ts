import { readUint24, readUint32, writeUint24, writeUint32 } from "../../octets.ts";
import { neverUnusable } from "../route-codec.ts";
import { formatSegment, readSegment, SEGMENT_BYTES, writeSegment } from "./evpn-fields.ts";
import type { AutoDiscoveryRoute } from "./evpn-route.ts";
import type { EvpnTypeCodec } from "./evpn-type.ts";

const FIELD_BYTES = SEGMENT_BYTES + 4 + 3;

/** Ethernet auto-discovery (RFC 7432 section 7.1): | segment (80) | Ethernet tag (32) | label (24) | */
export const autoDiscoveryCodec: EvpnTypeCodec<AutoDiscoveryRoute> = {
  read(bytes, offset, end, rdHigh, rdLow) {
    if (end - offset !== FIELD_BYTES) return undefined;
    const segment = readSegment(bytes, offset);
    const ethernetTag = readUint32(bytes, offset + 10);
    return { type: 1, rdHigh, rdLow, segment, ethernetTag, label: readUint24(bytes, offset + 14) };
  },
  fieldBytes: () => FIELD_BYTES,
  write({ segment, ethernetTag, label }, bytes, offset) {
    return writeUint24(bytes, writeUint32(bytes, writeSegment(bytes, offset, segment), ethernetTag), label);
  },
  isUnusable: neverUnusable,
  format: ({ segment, ethernetTag }) => `${formatSegment(segment)}-${ethernetTag}`,
};
