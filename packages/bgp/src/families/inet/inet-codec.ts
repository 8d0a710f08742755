import { type InetPrefix, inetMask } from "@contrail/net";
import { readUint32, writeUint32 } from "../../octets.ts";
import type { RouteCodec } from "../route-codec.ts";

/**
 * IPv4 unicast (RFC 4271 section 4.3):
 *
 *   | length in bits (8): 0 to 32 | prefix, ceil(length / 8) octets |
 */
export const inetCodec: RouteCodec<InetPrefix> = {
  nextHopBytes: 4,
  readNextHop: readUint32,
  writeNextHop: writeUint32,
  decode(bytes, start, end) {
    const routes: InetPrefix[] = [];
    let offset = start;
    while (offset < end) {
      const length = bytes[offset++] ?? 0;
      const octets = (length + 7) >>> 3;
      if (length > 32 || offset + octets > end) return undefined;
      routes.push({ address: readPrefix(bytes, offset, length), length });
      offset += octets;
    }
    return routes;
  },
  encodedBytes: (route) => 1 + ((route.length + 7) >>> 3),
  encode(route, bytes, offset) {
    bytes[offset] = route.length;
    return writePrefix(bytes, offset + 1, route.address, route.length);
  },
};

/** The leading octets of an IPv4 prefix as an address; bits behind the length are ignored (RFC 4271 section 4.3). */
export function readPrefix(bytes: Uint8Array, offset: number, length: number): number {
  let address = 0;
  for (let index = 0; index < 4; index++) {
    address = (address << 8) | (index * 8 < length ? (bytes[offset + index] ?? 0) : 0);
  }
  return (address & inetMask(length)) >>> 0;
}

/** Writes as many leading octets of an address as the prefix length needs; returns the offset behind them. */
export function writePrefix(bytes: Uint8Array, offset: number, address: number, length: number): number {
  const octets = (length + 7) >>> 3;
  for (let index = 0; index < octets; index++) bytes[offset + index] = address >>> (24 - index * 8);
  return offset + octets;
}
