import { formatIpAddress, type IpAddress } from "../../ip-address.ts";
import { readUint32, writeUint32 } from "../../octets.ts";
import { neverUnusable } from "../route-codec.ts";
import { readSizedAddress, sizedAddressBytes, writeSizedAddress } from "./evpn-fields.ts";
import type { SelectiveMulticastRoute } from "./evpn-route.ts";
import type { EvpnTypeCodec } from "./evpn-type.ts";

/**
 * Selective multicast Ethernet tag (RFC 9251 section 9.1); each address stands behind its length in bits:
 *
 *   | Ethernet tag (32) | source: 0, 32, 128 | group: 0, 32, 128 | originator: 32, 128 | flags (8) |
 */
export const selectiveMulticastCodec: EvpnTypeCodec<SelectiveMulticastRoute> = {
  read(bytes, offset, end, rdHigh, rdLow) {
    const source = readSizedAddress(bytes, offset + 4, end);
    const group = source && readSizedAddress(bytes, source.next, end);
    const originator = group && readSizedAddress(bytes, group.next, end);
    if (source === undefined || group === undefined || originator?.address === undefined) return undefined;
    if (originator.next + 1 !== end) return undefined;
    return {
      type: 6,
      rdHigh,
      rdLow,
      ethernetTag: readUint32(bytes, offset),
      source: source.address,
      group: group.address,
      originator: originator.address,
      flags: bytes[originator.next] ?? 0,
    };
  },
  fieldBytes: ({ source, group, originator }) =>
    4 + sizedAddressBytes(source) + sizedAddressBytes(group) + sizedAddressBytes(originator) + 1,
  write({ ethernetTag, source, group, originator, flags }, bytes, offset) {
    let next = writeUint32(bytes, offset, ethernetTag);
    for (const address of [source, group, originator]) next = writeSizedAddress(bytes, next, address);
    bytes[next] = flags;
    return next + 1;
  },
  isUnusable: neverUnusable,
  format: ({ ethernetTag, source, group, originator }) =>
    `${ethernetTag}-${orAny(source)}-${orAny(group)}-${formatIpAddress(originator)}`,
};

function orAny(address: IpAddress | undefined): string {
  return address === undefined ? "*" : formatIpAddress(address);
}
