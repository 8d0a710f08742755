import { formatExtendedCommunity } from "../../attributes/format-community.ts";
import { readUint32, writeUint32, writeUint64 } from "../../octets.ts";
import { MALFORMED, neverUnusable, type RouteCodec } from "../route-codec.ts";
import type { RouteTargetRoute } from "./route-target-route.ts";

const ORIGIN_AS_BITS = 32;
const MAX_BITS = 96;

/**
 * Route target membership (RFC 4684 section 4):
 *
 *   | length in bits (8): 0, or 32 to 96 | origin AS (32) | route target, as many octets as the length needs |
 */
export const routeTargetCodec: RouteCodec<RouteTargetRoute> = {
  afi: 1,
  safi: 132,
  nextHop: { distinguished: false, inet: "plain", inet6: "always", linkLocal: false, unused: true },
  read(bytes, offset, end, routes) {
    const length = bytes[offset] ?? 0;
    const next = offset + 1 + ((length + 7) >>> 3);
    if ((length !== 0 && length < ORIGIN_AS_BITS) || length > MAX_BITS || next > end) return MALFORMED;
    const originAs = length === 0 ? 0 : readUint32(bytes, offset + 1);
    routes.push({ originAs, routeTarget: readTarget(bytes, offset + 5, length - ORIGIN_AS_BITS), length });
    return next;
  },
  encodedBytes: (route) => 1 + ((route.length + 7) >>> 3),
  encode(route, bytes, offset) {
    bytes[offset] = route.length;
    if (route.length === 0) return offset + 1;
    const whole = new Uint8Array(12);
    writeUint32(whole, 0, route.originAs);
    writeUint64(whole, 4, route.routeTarget);
    const octets = (route.length + 7) >>> 3;
    bytes.set(whole.subarray(0, octets), offset + 1);
    return offset + 1 + octets;
  },
  isUnusable: neverUnusable,
  // A target may also be that of an Ethernet segment (RFC 7432 section 7.6).
  format: ({ originAs, routeTarget, length }) => `${originAs}:${formatExtendedCommunity(routeTarget)}/${length}`,
};

function readTarget(bytes: Uint8Array, offset: number, bits: number): bigint {
  if (bits <= 0) return 0n;
  let target = 0n;
  for (let index = 0; index < 8; index++) {
    target = (target << 8n) | BigInt(index * 8 < bits ? (bytes[offset + index] ?? 0) : 0);
  }
  const dropped = BigInt(64 - bits);
  return (target >> dropped) << dropped;
}
