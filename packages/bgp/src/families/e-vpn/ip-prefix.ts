import { routersMacOf } from "../../attributes/evpn-communities.ts";
import type { PathAttributes } from "../../attributes/path-attributes.ts";
import { formatIpAddress, type IpAddress, ipAddressBytes, readIpAddress, writeIpAddress } from "../../ip-address.ts";
import { readUint24, readUint32, writeUint24, writeUint32 } from "../../octets.ts";
import { readPrefix, readPrefix6 } from "../prefix.ts";
import { readSegment, SEGMENT_BYTES, writeSegment } from "./evpn-fields.ts";
import type { IpPrefixRoute } from "./evpn-route.ts";
import type { EvpnTypeCodec } from "./evpn-type.ts";

/** Segment, Ethernet tag, prefix length, label; prefix and gateway come on top. */
const FIXED_BYTES = SEGMENT_BYTES + 4 + 1 + 3;

/**
 * IP prefix (RFC 9136 section 3.1); its length alone, 34 or 58 octets with the distinguisher, tells IPv4 from IPv6:
 *
 *   | segment (80) | Ethernet tag (32) | bits (8) | prefix (32 or 128) | gateway (32 or 128) | label (24) |
 */
export const ipPrefixCodec: EvpnTypeCodec<IpPrefixRoute> = {
  read(bytes, offset, end, rdHigh, rdLow) {
    const addressBytes = end - offset === FIXED_BYTES + 8 ? 4 : end - offset === FIXED_BYTES + 32 ? 16 : undefined;
    const length = bytes[offset + 14] ?? 0;
    if (addressBytes === undefined || length > addressBytes * 8) return undefined;
    const gatewayAt = offset + 15 + addressBytes;
    return {
      type: 5,
      rdHigh,
      rdLow,
      segment: readSegment(bytes, offset),
      ethernetTag: readUint32(bytes, offset + 10),
      address: addressBytes === 4 ? readPrefix(bytes, offset + 15, length) : readPrefix6(bytes, offset + 15, length),
      length,
      gateway: readIpAddress(bytes, gatewayAt, addressBytes),
      label: readUint24(bytes, gatewayAt + addressBytes),
    };
  },
  fieldBytes: ({ address }) => FIXED_BYTES + 2 * ipAddressBytes(address),
  write({ segment, ethernetTag, address, length, gateway, label }, bytes, offset) {
    const at = writeUint32(bytes, writeSegment(bytes, offset, segment), ethernetTag);
    bytes[at] = length;
    const next = writeIpAddress(bytes, writeIpAddress(bytes, at + 1, address), gateway);
    return writeUint24(bytes, next, label);
  },
  isUnusable,
  format: ({ ethernetTag, address, length }) => `${ethernetTag}-${formatIpAddress(address)}/${length}`,
};

/**
 * RFC 9136 section 3.2: segment and gateway exclude each other, a label of zero needs something to resolve the route by,
 * and a router's MAC, where one is there, must be one station's address.
 */
function isUnusable({ segment, gateway, label }: IpPrefixRoute, { extendedCommunities }: PathAttributes): boolean {
  const viaGateway = !isZero(gateway);
  if (segment !== 0n && viaGateway) return true;
  const mac = extendedCommunities.map(routersMacOf).find((candidate) => candidate !== undefined);
  if (mac !== undefined && !isStation(mac)) return true;
  return label === 0 && segment === 0n && !viaGateway && mac === undefined;
}

function isZero(address: IpAddress): boolean {
  return address === 0 || address === 0n;
}

/** Neither zero, nor broadcast, nor multicast. */
function isStation(mac: number): boolean {
  return mac !== 0 && (Math.floor(mac / 2 ** 40) & 1) === 0;
}
