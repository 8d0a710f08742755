import { readUint24, readUint32 } from "../../octets.ts";
import { formatRouteDistinguisher } from "../../route-distinguisher.ts";
import { LABEL_AND_RD_BITS, LABELLED_HEAD_BYTES, writeLabelledHead } from "../labelled-vpn.ts";
import { formatInet6Prefix, readPrefix6, writePrefix6 } from "../prefix.ts";
import { MALFORMED, neverUnusable, type RouteCodec } from "../route-codec.ts";
import type { Inet6VpnRoute } from "./inet6-vpn-route.ts";

/** Labelled VPN-IPv6 (RFC 4659 section 3.2), of 88 to 216 bits; see labelled-vpn.ts for the picture. */
export const inet6VpnCodec: RouteCodec<Inet6VpnRoute> = {
  afi: 2,
  safi: 128,
  nextHop: { distinguished: true, inet: "mapped", inet6: "always", linkLocal: true, unused: false },
  read(bytes, offset, end, routes) {
    const bits = bytes[offset] ?? 0;
    const length = bits - LABEL_AND_RD_BITS;
    const next = offset + 1 + ((bits + 7) >>> 3);
    if (length < 0 || length > 128 || next > end) return MALFORMED;
    routes.push({
      rdHigh: readUint32(bytes, offset + 4),
      rdLow: readUint32(bytes, offset + 8),
      address: readPrefix6(bytes, offset + 12, length),
      length,
      label: readUint24(bytes, offset + 1) >>> 4,
    });
    return next;
  },
  encodedBytes: (route) => LABELLED_HEAD_BYTES + ((route.length + 7) >>> 3),
  encode(route, bytes, offset, withdrawn) {
    return writePrefix6(bytes, writeLabelledHead(route, bytes, offset, withdrawn), route.address, route.length);
  },
  isUnusable: neverUnusable,
  format: (route) =>
    `${formatRouteDistinguisher({ high: route.rdHigh, low: route.rdLow })}:${formatInet6Prefix(route)}`,
};
