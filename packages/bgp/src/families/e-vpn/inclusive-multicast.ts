import { formatIpAddress } from "../../ip-address.ts";
import { readUint32, writeUint32 } from "../../octets.ts";
import { neverUnusable } from "../route-codec.ts";
import { readSizedAddress, sizedAddressBytes, writeSizedAddress } from "./evpn-fields.ts";
import type { InclusiveMulticastRoute } from "./evpn-route.ts";
import type { EvpnTypeCodec } from "./evpn-type.ts";

/** Inclusive multicast Ethernet tag (RFC 7432 section 7.3): | Ethernet tag (32) | bits (8): 32, 128 | originator | */
export const inclusiveMulticastCodec: EvpnTypeCodec<InclusiveMulticastRoute> = {
  read(bytes, offset, end, rdHigh, rdLow) {
    const originator = readSizedAddress(bytes, offset + 4, end);
    if (originator?.address === undefined || originator.next !== end) return undefined;
    return { type: 3, rdHigh, rdLow, ethernetTag: readUint32(bytes, offset), originator: originator.address };
  },
  fieldBytes: ({ originator }) => 4 + sizedAddressBytes(originator),
  write: ({ ethernetTag, originator }, bytes, offset) =>
    writeSizedAddress(bytes, writeUint32(bytes, offset, ethernetTag), originator),
  isUnusable: neverUnusable,
  format: ({ ethernetTag, originator }) => `${ethernetTag}-${formatIpAddress(originator)}`,
};
