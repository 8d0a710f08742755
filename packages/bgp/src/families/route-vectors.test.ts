import { describe, expect, test } from "vitest";
import { FAMILIES, type FamilyName } from "../family.ts";
import { EVPN_VECTORS } from "../testing/evpn-vectors.ts";
import { hexOf, octetsOf } from "../testing/hex.ts";
import { ROUTE_VECTORS } from "../testing/route-vectors.ts";
import type { FamilyRoutes } from "../update/update.ts";
import { decodeRoutes, formatRoutes, routeWriter } from "./family-routes.ts";

const VECTORS = [...ROUTE_VECTORS, ...EVPN_VECTORS];

function decode(family: FamilyName, octets: string, addPath = false) {
  const bytes = octetsOf(octets);
  return decodeRoutes(family, bytes, 0, bytes.length, addPath);
}

function encode(routes: FamilyRoutes): string {
  const writer = routeWriter(routes, false);
  const sizes = Array.from({ length: writer.count }, (_, index) => writer.encodedBytes(index));
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  let offset = 0;
  for (let index = 0; index < writer.count; index++) {
    const next = writer.write(index, bytes, offset);
    expect(next - offset).toBe(sizes[index]);
    offset = next;
  }
  return hexOf(bytes);
}

describe.each(VECTORS)("$routes.family as in $source", ({ octets, routes, text }) => {
  test("is read, written and printed", () => {
    const addPath = routes.pathIds !== undefined;
    expect(decode(routes.family, octets, addPath)).toEqual({ routes, skipped: 0 });
    expect(encode(routes)).toBe(hexOf(octetsOf(octets)));
    expect(formatRoutes(routes)).toEqual(text);
  });

  test("cut at any octet is no list of whole routes", () => {
    const addPath = routes.pathIds !== undefined;
    const bytes = octetsOf(octets);
    for (let end = 1; end < bytes.length; end++) {
      const decoded = decodeRoutes(routes.family, bytes, 0, end, addPath);
      // What is left of a list may be a shorter list.
      if (decoded !== undefined)
        expect(decoded.routes.routes).toEqual(routes.routes.slice(0, decoded.routes.routes.length));
      if (routes.routes.length === 1) expect(decoded).toBeUndefined();
    }
  });
});

test("every family and every EVPN type has a vector", () => {
  expect(new Set(VECTORS.map(({ routes }) => routes.family))).toEqual(new Set(FAMILIES));
  const types = EVPN_VECTORS.flatMap(({ routes }) =>
    routes.family === "e-vpn" ? routes.routes.map(({ type }) => type) : [],
  );
  expect(new Set(types)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
});

const RD = "0001 0a000001 0005";
const NO_SEGMENT = "00000000000000000000";

test.each<[string, FamilyName, string]>([
  ["an IPv6 prefix of 129 bits", "inet6", `81 ${"00".repeat(17)}`],
  ["a VPN-IPv6 route of 87 bits", "inet6-vpn", `57 ${"00".repeat(11)}`],
  ["a VPN-IPv6 route of 217 bits", "inet6-vpn", `d9 ${"00".repeat(28)}`],
  ["a membership of 97 bits", "route-target", `61 ${"00".repeat(13)}`],
  ["an EVPN route that is a type alone", "e-vpn", "02"],
  ["an EVPN route longer than the list", "e-vpn", `03 12 ${RD} 00000000 20 0a000001`],
  ["an EVPN route too short for its distinguisher", "e-vpn", "03 04 00010a00"],
  ["auto-discovery of 24 octets", "e-vpn", `01 18 ${RD} ${NO_SEGMENT} ffffffff 0000`],
  ["auto-discovery of 26 octets", "e-vpn", `01 1a ${RD} ${NO_SEGMENT} ffffffff 00000000`],
  ["a MAC address of 40 bits", "e-vpn", `02 21 ${RD} ${NO_SEGMENT} 00000000 28 020000000001 00 001389`],
  ["an IP address of 33 bits", "e-vpn", `02 26 ${RD} ${NO_SEGMENT} 00000000 30 020000000001 21 0a02020200 001389`],
  ["a MAC/IP route without a label", "e-vpn", `02 1e ${RD} ${NO_SEGMENT} 00000000 30 020000000001 00`],
  [
    "a MAC/IP route with two and a half labels",
    "e-vpn",
    `02 25 ${RD} ${NO_SEGMENT} 00000000 30 020000000001 00 ${"00".repeat(7)}`,
  ],
  ["an inclusive multicast route without originator", "e-vpn", `03 0d ${RD} 00000000 00`],
  ["an inclusive multicast route with an octet more", "e-vpn", `03 12 ${RD} 00000000 20 0a000001 00`],
  ["a segment route without originator", "e-vpn", `04 13 ${RD} ${NO_SEGMENT} 00`],
  ["an IPv4 prefix route of 33 bits", "e-vpn", `05 22 ${RD} ${NO_SEGMENT} 00000000 21 0a090900 00000000 001388`],
  ["an IPv6 prefix route of 129 bits", "e-vpn", `05 3a ${RD} ${NO_SEGMENT} 00000000 81 ${"00".repeat(35)}`],
  [
    "a prefix route of mixed versions",
    "e-vpn",
    `05 2e ${RD} ${NO_SEGMENT} 00000000 18 0a090900 ${"00".repeat(16)} 001388`,
  ],
  ["a selective route without flags", "e-vpn", `06 17 ${RD} 00000000 00 20 e1010101 20 0a000001`],
  ["a selective route without originator", "e-vpn", `06 14 ${RD} 00000000 00 20 e1010101 00 02`],
])("%s is malformed", (_, family, octets) => {
  expect(decode(family, octets)).toBeUndefined();
});

test("EVPN routes of unknown types are passed over and counted (RFC 7606 section 5.4)", () => {
  const known = `03 11 ${RD} 00000000 20 0a000001`;
  const decoded = decode("e-vpn", `0b 03 010203 ${known} 00 00 ff 02 ffff`);
  expect(decoded?.skipped).toBe(3);
  expect(decoded?.routes.routes).toHaveLength(1);
});

test("with path identifiers those of routes that are passed over go too", () => {
  const decoded = decode("e-vpn", `00000005 0b 01 00 00000006 03 11 ${RD} 00000000 20 0a000001`, true);
  expect(decoded).toMatchObject({ skipped: 1, routes: { pathIds: [6] } });
  expect(decode("inet", "00000005", true)).toBeUndefined();
  expect(decode("inet", "000005", true)).toBeUndefined();
});
