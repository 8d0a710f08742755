import { readUint32, writeUint32 } from "../../octets.ts";
import { formatRouteDistinguisher } from "../../route-distinguisher.ts";
import { MALFORMED, type RouteCodec } from "../route-codec.ts";
import { autoDiscoveryCodec } from "./auto-discovery.ts";
import { ethernetSegmentCodec } from "./ethernet-segment.ts";
import type { EvpnRoute } from "./evpn-route.ts";
import type { EvpnTypeCodec } from "./evpn-type.ts";
import { inclusiveMulticastCodec } from "./inclusive-multicast.ts";
import { ipPrefixCodec } from "./ip-prefix.ts";
import { macIpCodec } from "./mac-ip.ts";
import { selectiveMulticastCodec } from "./selective-multicast.ts";

/** By route type. */
const TYPES: { readonly [Type in EvpnRoute["type"]]: EvpnTypeCodec<Extract<EvpnRoute, { readonly type: Type }>> } = {
  1: autoDiscoveryCodec,
  2: macIpCodec,
  3: inclusiveMulticastCodec,
  4: ethernetSegmentCodec,
  5: ipPrefixCodec,
  6: selectiveMulticastCodec,
};

const HEAD_BYTES = 2;
const DISTINGUISHER_BYTES = 8;

/**
 * EVPN (RFC 7432 section 7):
 *
 *   | route type (8) | length in octets (8) | route distinguisher (64) | what the type has |
 *
 * Types that are not known are passed over (RFC 7606 section 5.4).
 */
export const evpnCodec: RouteCodec<EvpnRoute> = {
  afi: 25,
  safi: 70,
  nextHop: { distinguished: false, inet: "plain", inet6: "always", linkLocal: false, unused: false },
  read(bytes, offset, end, routes) {
    const next = offset + HEAD_BYTES + (bytes[offset + 1] ?? 0);
    if (offset + HEAD_BYTES > end || next > end) return MALFORMED;
    const type = bytes[offset] ?? 0;
    if (!isKnown(type)) return next;
    const fields = offset + HEAD_BYTES + DISTINGUISHER_BYTES;
    if (fields > next) return MALFORMED;
    const rdHigh = readUint32(bytes, offset + 2);
    const route = TYPES[type].read(bytes, fields, next, rdHigh, readUint32(bytes, offset + 6));
    if (route === undefined) return MALFORMED;
    routes.push(route);
    return next;
  },
  encodedBytes: (route) => HEAD_BYTES + DISTINGUISHER_BYTES + codecOf(route).fieldBytes(route),
  encode(route, bytes, offset) {
    const codec = codecOf(route);
    bytes[offset] = route.type;
    bytes[offset + 1] = DISTINGUISHER_BYTES + codec.fieldBytes(route);
    const fields = writeUint32(bytes, writeUint32(bytes, offset + 2, route.rdHigh), route.rdLow);
    return codec.write(route, bytes, fields);
  },
  isUnusable: (route, attributes) => codecOf(route).isUnusable(route, attributes),
  format(route) {
    const distinguisher = formatRouteDistinguisher({ high: route.rdHigh, low: route.rdLow });
    return `${route.type}-${distinguisher}-${codecOf(route).format(route)}`;
  },
};

/** Under each type TYPES has the codec of its routes, so the one found takes the route that it was found by. */
function codecOf(route: EvpnRoute): EvpnTypeCodec<EvpnRoute> {
  return TYPES[route.type];
}

function isKnown(type: number): type is EvpnRoute["type"] {
  return type >= 1 && type <= 6;
}
