import { formatMacAddress, readMacAddress, writeMacAddress } from "@contrail/net";
import { formatIpAddress } from "../../ip-address.ts";
import { readUint24, readUint32, writeUint24, writeUint32 } from "../../octets.ts";
import { neverUnusable } from "../route-codec.ts";
import {
  readSegment,
  readSizedAddress,
  SEGMENT_BYTES,
  sizedAddressBytes,
  writeSegment,
  writeSizedAddress,
} from "./evpn-fields.ts";
import type { MacIpRoute } from "./evpn-route.ts";
import type { EvpnTypeCodec } from "./evpn-type.ts";

const MAC_BITS = 48;
/** Segment, Ethernet tag, length of the MAC address, MAC address. */
const HEAD_BYTES = SEGMENT_BYTES + 4 + 1 + 6;

/**
 * MAC/IP advertisement (RFC 7432 section 7.2):
 *
 *   | segment (80) | Ethernet tag (32) | 48 (8) | MAC (48) | bits (8): 0, 32, 128 | IP | label (24) | [ label (24) ] |
 */
export const macIpCodec: EvpnTypeCodec<MacIpRoute> = {
  read(bytes, offset, end, rdHigh, rdLow) {
    if (end - offset < HEAD_BYTES + 1 || bytes[offset + 14] !== MAC_BITS) return undefined;
    const ip = readSizedAddress(bytes, offset + HEAD_BYTES, end);
    if (ip === undefined) return undefined;
    const labelBytes = end - ip.next;
    if (labelBytes !== 3 && labelBytes !== 6) return undefined;
    return {
      type: 2,
      rdHigh,
      rdLow,
      segment: readSegment(bytes, offset),
      ethernetTag: readUint32(bytes, offset + 10),
      mac: readMacAddress(bytes, offset + 15),
      ip: ip.address,
      label: readUint24(bytes, ip.next),
      label2: labelBytes === 6 ? readUint24(bytes, ip.next + 3) : undefined,
    };
  },
  fieldBytes: ({ ip, label2 }) => HEAD_BYTES + sizedAddressBytes(ip) + (label2 === undefined ? 3 : 6),
  write({ segment, ethernetTag, mac, ip, label, label2 }, bytes, offset) {
    const at = writeUint32(bytes, writeSegment(bytes, offset, segment), ethernetTag);
    bytes[at] = MAC_BITS;
    writeMacAddress(bytes, at + 1, mac);
    const next = writeUint24(bytes, writeSizedAddress(bytes, at + 7, ip), label);
    return label2 === undefined ? next : writeUint24(bytes, next, label2);
  },
  isUnusable: neverUnusable,
  format: ({ ethernetTag, mac, ip }) =>
    `${ethernetTag}-${formatMacAddress(mac)},${ip === undefined ? "0.0.0.0" : formatIpAddress(ip)}`,
};
