import { formatInet6Prefix, type Inet6Prefix, readPrefix6, writePrefix6 } from "../prefix.ts";
import { MALFORMED, neverUnusable, type RouteCodec } from "../route-codec.ts";

/**
 * IPv6 unicast (RFC 2545, RFC 4760 section 5):
 *
 *   | length in bits (8): 0 to 128 | prefix, ceil(length / 8) octets |
 */
export const inet6Codec: RouteCodec<Inet6Prefix> = {
  afi: 2,
  safi: 1,
  nextHop: { distinguished: false, inet: "mapped", inet6: "always", linkLocal: true, unused: false },
  read(bytes, offset, end, routes) {
    const length = bytes[offset] ?? 0;
    const next = offset + 1 + ((length + 7) >>> 3);
    if (length > 128 || next > end) return MALFORMED;
    routes.push({ address: readPrefix6(bytes, offset + 1, length), length });
    return next;
  },
  encodedBytes: (route) => 1 + ((route.length + 7) >>> 3),
  encode(route, bytes, offset) {
    bytes[offset] = route.length;
    return writePrefix6(bytes, offset + 1, route.address, route.length);
  },
  isUnusable: neverUnusable,
  format: formatInet6Prefix,
};
