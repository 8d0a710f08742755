import { formatInetPrefix, type InetPrefix } from "@contrail/net";
import { readPrefix, writePrefix } from "../prefix.ts";
import { MALFORMED, neverUnusable, type RouteCodec } from "../route-codec.ts";

/**
 * IPv4 unicast (RFC 4271 section 4.3):
 *
 *   | length in bits (8): 0 to 32 | prefix, ceil(length / 8) octets |
 */
export const inetCodec: RouteCodec<InetPrefix> = {
  afi: 1,
  safi: 1,
  nextHop: { distinguished: false, inet: "plain", inet6: "agreed", linkLocal: true, unused: false },
  read(bytes, offset, end, routes) {
    const length = bytes[offset] ?? 0;
    const next = offset + 1 + ((length + 7) >>> 3);
    if (length > 32 || next > end) return MALFORMED;
    routes.push({ address: readPrefix(bytes, offset + 1, length), length });
    return next;
  },
  encodedBytes: (route) => 1 + ((route.length + 7) >>> 3),
  encode(route, bytes, offset) {
    bytes[offset] = route.length;
    return writePrefix(bytes, offset + 1, route.address, route.length);
  },
  isUnusable: neverUnusable,
  format: formatInetPrefix,
};
