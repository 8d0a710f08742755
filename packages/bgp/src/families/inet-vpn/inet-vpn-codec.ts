import { readUint24, readUint32, writeUint24, writeUint32 } from "../../octets.ts";
import { readPrefix, writePrefix } from "../inet/inet-codec.ts";
import type { RouteCodec } from "../route-codec.ts";
import type { InetVpnRoute } from "./inet-vpn-route.ts";

/** Label field of a withdrawn route (RFC 8277 section 2.4). */
const WITHDRAWN_LABEL = 0x800000;
const LABEL_AND_RD_BITS = 24 + 64;
const BOTTOM_OF_STACK = 1;

/**
 * Labelled VPN-IPv4 (RFC 4364 section 4.3.4, RFC 8277 section 2.2; one label, as we never offer more):
 *
 *   | length in bits (8): 88 to 120 | label (20), reserved (3), bottom of stack (1) | route distinguisher (64) | prefix |
 *
 * Next hop field (RFC 4364 section 4.3.2): | route distinguisher (64), zero | IPv4 address (32) |
 */
export const inetVpnCodec: RouteCodec<InetVpnRoute> = {
  nextHopBytes: 12,
  readNextHop: (bytes, offset) => readUint32(bytes, offset + 8),
  writeNextHop(bytes, offset, nextHop) {
    writeUint32(bytes, offset, 0);
    writeUint32(bytes, offset + 4, 0);
    writeUint32(bytes, offset + 8, nextHop);
  },
  decode(bytes, start, end) {
    const routes: InetVpnRoute[] = [];
    let offset = start;
    while (offset < end) {
      const bits = bytes[offset++] ?? 0;
      const length = bits - LABEL_AND_RD_BITS;
      const octets = (bits + 7) >>> 3;
      if (length < 0 || length > 32 || offset + octets > end) return undefined;
      routes.push({
        rdHigh: readUint32(bytes, offset + 3),
        rdLow: readUint32(bytes, offset + 7),
        address: readPrefix(bytes, offset + 11, length),
        length,
        label: readUint24(bytes, offset) >>> 4,
      });
      offset += octets;
    }
    return routes;
  },
  encodedBytes: (route) => 12 + ((route.length + 7) >>> 3),
  encode(route, bytes, offset, withdrawn) {
    bytes[offset] = LABEL_AND_RD_BITS + route.length;
    const label = withdrawn ? WITHDRAWN_LABEL : ((route.label << 4) | BOTTOM_OF_STACK) >>> 0;
    let next = writeUint24(bytes, offset + 1, label);
    next = writeUint32(bytes, next, route.rdHigh);
    next = writeUint32(bytes, next, route.rdLow);
    return writePrefix(bytes, next, route.address, route.length);
  },
};
