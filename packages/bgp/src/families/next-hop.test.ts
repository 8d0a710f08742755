import { describe, expect, test } from "vitest";
import { type FamilyName, familyCodec } from "../family.ts";
import type { IpAddress } from "../ip-address.ts";
import { hexOf, octetsOf } from "../testing/hex.ts";
import { isUnusableNextHop, nextHopBytes, readNextHop, writeNextHop } from "./next-hop.ts";

const INET = 0xac1f0001;
const INET6 = (0x20010db8n << 96n) + 1n;
const V4 = "ac1f0001";
const V6 = "20010db8000000000000000000000001";
const MAPPED = "00000000000000000000ffff ac1f0001";
const LOCAL = "fe800000000000000000000000000001";
const RD = "0000000000000000";

/** RFC 4760 section 3, and for each family its own RFC: how a next hop goes. */
const VECTORS: readonly [FamilyName, IpAddress, string][] = [
  ["inet", INET, V4],
  ["inet", INET6, V6],
  ["inet6", INET6, V6],
  ["inet6", INET, MAPPED],
  ["inet-vpn", INET, `${RD} ${V4}`],
  ["inet-vpn", INET6, `${RD} ${V6}`],
  ["inet6-vpn", INET6, `${RD} ${V6}`],
  ["inet6-vpn", INET, `${RD} ${MAPPED}`],
  ["e-vpn", INET, V4],
  ["e-vpn", INET6, V6],
  ["route-target", INET, V4],
  ["route-target", INET6, V6],
];

function read(family: FamilyName, octets: string, agreed: boolean): IpAddress | undefined {
  const bytes = octetsOf(octets);
  return readNextHop(familyCodec(family).nextHop, bytes, 0, bytes.length, agreed);
}

test.each(VECTORS)("%s by %s", (family, nextHop, octets) => {
  const { nextHop: form } = familyCodec(family);
  expect(read(family, octets, true)).toBe(nextHop);
  const bytes = new Uint8Array(nextHopBytes(form, nextHop));
  expect(writeNextHop(form, bytes, 0, nextHop)).toBe(bytes.length);
  expect(hexOf(bytes)).toBe(hexOf(octetsOf(octets)));
});

describe("a next hop", () => {
  test("of IPv6 needs an agreement in the IPv4 families alone (RFC 8950 section 4)", () => {
    const taken = VECTORS.filter(([, nextHop]) => typeof nextHop === "bigint").map(([family, , octets]) => [
      family,
      read(family, octets, false) !== undefined,
    ]);
    expect(Object.fromEntries(taken)).toEqual({
      inet: false,
      inet6: true,
      "inet-vpn": false,
      "inet6-vpn": true,
      "e-vpn": true,
      "route-target": true,
    });
  });

  test("may have a link-local address behind it (RFC 2545 section 3)", () => {
    expect(read("inet6", `${V6} ${LOCAL}`, false)).toBe(INET6);
    expect(read("inet6-vpn", `${RD} ${V6} ${RD} ${LOCAL}`, false)).toBe(INET6);
    expect(read("inet", `${V6} ${LOCAL}`, true)).toBe(INET6);
    expect(read("inet-vpn", `${RD} ${V6} ${RD} ${LOCAL}`, true)).toBe(INET6);
    expect(read("e-vpn", `${V6} ${LOCAL}`, true)).toBeUndefined();
  });

  test.each<[FamilyName, readonly number[]]>([
    ["inet", [4, 16, 32]],
    ["inet6", [16, 32]],
    ["inet-vpn", [12, 24, 48]],
    ["inet6-vpn", [24, 48]],
    ["e-vpn", [4, 16]],
    ["route-target", [4, 16]],
  ])("of %s has the lengths %j and no others (RFC 7606 section 7.11)", (family, lengths) => {
    const found = Array.from({ length: 64 }, (_, length) => length).filter(
      (length) => read(family, "00".repeat(length), true) !== undefined,
    );
    expect(found).toEqual(lengths);
  });

  test.each<[IpAddress, boolean]>([
    [0, true],
    [0x7f000001, true],
    [0xe0000005, true],
    [0xffffffff, true],
    [INET, false],
    [0n, true],
    [1n, true],
    [0xff02n << 112n, true],
    [INET6, false],
  ])("%s is martian: %s", (nextHop, martian) => {
    expect(isUnusableNextHop(familyCodec("inet-vpn").nextHop, nextHop)).toBe(martian);
    expect(isUnusableNextHop(familyCodec("route-target").nextHop, nextHop)).toBe(false);
  });
});
