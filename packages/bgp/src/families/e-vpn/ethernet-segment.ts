import { formatIpAddress } from "../../ip-address.ts";
import { neverUnusable } from "../route-codec.ts";
import {
  formatSegment,
  readSegment,
  readSizedAddress,
  SEGMENT_BYTES,
  sizedAddressBytes,
  writeSegment,
  writeSizedAddress,
} from "./evpn-fields.ts";
import type { EthernetSegmentRoute } from "./evpn-route.ts";
import type { EvpnTypeCodec } from "./evpn-type.ts";

/** Ethernet segment (RFC 7432 section 7.4): | segment (80) | bits (8): 32, 128 | originator | */
export const ethernetSegmentCodec: EvpnTypeCodec<EthernetSegmentRoute> = {
  read(bytes, offset, end, rdHigh, rdLow) {
    const originator = readSizedAddress(bytes, offset + SEGMENT_BYTES, end);
    if (originator?.address === undefined || originator.next !== end) return undefined;
    return { type: 4, rdHigh, rdLow, segment: readSegment(bytes, offset), originator: originator.address };
  },
  fieldBytes: ({ originator }) => SEGMENT_BYTES + sizedAddressBytes(originator),
  write: ({ segment, originator }, bytes, offset) =>
    writeSizedAddress(bytes, writeSegment(bytes, offset, segment), originator),
  isUnusable: neverUnusable,
  format: ({ segment, originator }) => `${formatSegment(segment)}-${formatIpAddress(originator)}`,
};
