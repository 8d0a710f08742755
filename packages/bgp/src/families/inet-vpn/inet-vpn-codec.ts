import { formatInetPrefix } from "@contrail/net";
import { readUint24, readUint32 } from "../../octets.ts";
import { formatRouteDistinguisher } from "../../route-distinguisher.ts";
import { LABEL_AND_RD_BITS, LABELLED_HEAD_BYTES, writeLabelledHead } from "../labelled-vpn.ts";
import { readPrefix, writePrefix } from "../prefix.ts";
import { MALFORMED, neverUnusable, type RouteCodec } from "../route-codec.ts";
import type { InetVpnRoute } from "./inet-vpn-route.ts";

/** Labelled VPN-IPv4 (RFC 4364 section 4.3.4), of 88 to 120 bits; see labelled-vpn.ts for the picture. */
export const inetVpnCodec: RouteCodec<InetVpnRoute> = {
  afi: 1,
  safi: 128,
  nextHop: { distinguished: true, inet: "plain", inet6: "agreed", linkLocal: true, unused: false },
  read: readRoute,
  readAll(bytes, start, end, routes) {
    let offset = start;
    while (offset >= 0 && offset < end) offset = readRoute(bytes, offset, end, routes);
    return offset !== MALFORMED;
  },
  encodedBytes: (route) => LABELLED_HEAD_BYTES + ((route.length + 7) >>> 3),
  encode(route, bytes, offset, withdrawn) {
    return writePrefix(bytes, writeLabelledHead(route, bytes, offset, withdrawn), route.address, route.length);
  },
  isUnusable: neverUnusable,
  format: (route) => `${formatRouteDistinguisher({ high: route.rdHigh, low: route.rdLow })}:${formatInetPrefix(route)}`,
};

function readRoute(bytes: Uint8Array, offset: number, end: number, routes: InetVpnRoute[]): number {
  const bits = bytes[offset] ?? 0;
  const length = bits - LABEL_AND_RD_BITS;
  const next = offset + 1 + ((bits + 7) >>> 3);
  if (length < 0 || length > 32 || next > end) return MALFORMED;
  routes.push({
    rdHigh: readUint32(bytes, offset + 4),
    rdLow: readUint32(bytes, offset + 8),
    address: readPrefix(bytes, offset + 12, length),
    length,
    label: readUint24(bytes, offset + 1) >>> 4,
  });
  return next;
}
