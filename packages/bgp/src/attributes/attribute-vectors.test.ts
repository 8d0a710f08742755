import { describe, expect, test } from "vitest";
import { ATTRIBUTE_VECTORS, PLAIN } from "../testing/attribute-vectors.ts";
import { hexOf, octetsOf } from "../testing/hex.ts";
import { ATTRIBUTE_CODECS } from "./attribute-codecs.ts";
import { finishAttributes } from "./attribute-draft.ts";
import { scanAttributes } from "./attribute-scan.ts";
import { decodeAttributes } from "./decode-attributes.ts";
import { encodeAttributes } from "./encode-attributes.ts";
import type { PathAttributes } from "./path-attributes.ts";

const ORIGIN = "40 01 01 00";

function decode(octets: string, fourOctetAs = true) {
  const bytes = octetsOf(octets);
  const decoded = decodeAttributes(bytes, scanAttributes(bytes, 0, bytes.length), { fourOctetAs, external: false });
  return { ...decoded, attributes: finishAttributes(decoded.draft) };
}

/** The same octets for a peer with AS numbers of four and of two octets. */
function encode(attributes: Partial<PathAttributes>, fourOctetAs = true): string {
  return hexOf(encodeAttributes({ ...PLAIN, ...attributes }, { fourOctetAs }));
}

/** A whole list: what is in front in the order of types, and behind. */
function whole(octets: string): string {
  return `${ORIGIN} 40 02 00 ${octets}`;
}

describe.each(ATTRIBUTE_VECTORS)("$source", ({ octets, attributes }) => {
  test("is read and written", () => {
    const decoded = decode(whole(octets));
    expect([decoded.withdraw, decoded.discarded]).toEqual([[], []]);
    expect(decoded.attributes).toEqual({ ...PLAIN, ...attributes });
    expect(encode(attributes)).toBe(hexOf(octetsOf(whole(octets))));
  });

  test("with extended length is the same", () => {
    const [flags = 0, type = 0, length = 0, ...value] = octetsOf(octets);
    const extended = hexOf(Uint8Array.from([flags | 0x10, type, 0, length, ...value]));
    expect(decode(whole(extended)).attributes).toEqual({ ...PLAIN, ...attributes });
  });
});

test("every attribute of the table has a vector, those apart that hold AS numbers and next hops", () => {
  const written = ATTRIBUTE_VECTORS.map(({ octets }) => octetsOf(octets)[1]);
  const apart = [1, 2, 3, 17, 18];
  expect(new Set([...written, ...apart])).toEqual(new Set(ATTRIBUTE_CODECS.map(({ type }) => type)));
});

test("attributes stand in ascending order of type, the unknown ones among them (RFC 4271 section 5)", () => {
  const unknown = [{ flags: 0xc0, type: 20, value: Uint8Array.from([1]) }];
  const octets = encode({
    unknown,
    med: 1,
    largeCommunities: [{ globalAdministrator: 1, localData1: 2, localData2: 3 }],
  });
  const types = scanAttributes(octetsOf(octets), 0, octets.length / 2).attributes.map(({ type }) => type);
  expect(types).toEqual([1, 2, 4, 20, 32]);
});

describe("AS numbers of four octets on a session with two (RFC 6793 section 4.2)", () => {
  const sequence = (...autonomousSystems: number[]) => ({ kind: "sequence" as const, autonomousSystems });
  const aggregator = { autonomousSystem: 4200000000, address: 0x0a000001 };

  test("go as AS_TRANS, with AS4_PATH and AS4_AGGREGATOR beside", () => {
    expect(encode({ asPath: [sequence(64512, 4200000000)], aggregator }, false)).toBe(
      hexOf(
        octetsOf(
          `${ORIGIN} 40 02 06 02 02 fc00 5ba0 c0 07 06 5ba0 0a000001
           c0 11 0a 02 02 0000fc00 fa56ea00 c0 12 08 fa56ea00 0a000001`,
        ),
      ),
    );
  });

  test.each<[string, string, PathAttributes["asPath"]]>([
    ["come back from both", "40 02 06 02 02 fc00 5ba0 c0 11 0a 02 02 0000fc00 fa56ea00", [sequence(64512, 4200000000)]],
    [
      "lose nothing that an old router put in front",
      "40 02 06 02 02 0007 5ba0 c0 11 06 02 01 fa56ea00",
      [sequence(7, 4200000000)],
    ],
    [
      "are not believed where AS4_PATH is longer",
      "40 02 04 02 01 0007 c0 11 0a 02 02 00000001 00000002",
      [sequence(7)],
    ],
    ["are as AS_PATH says where AS4_PATH is broken", "40 02 04 02 01 5ba0 c0 11 05 02 01 000000", [sequence(23456)]],
    [
      "are as AS_PATH says where a later router aggregated",
      "40 02 04 02 01 5ba0 c0 07 06 0007 0a000001 c0 11 06 02 01 fa56ea00 c0 12 08 fa56ea00 0a000001",
      [sequence(23456)],
    ],
  ])("%s", (_, octets, asPath) => {
    expect(decode(`${ORIGIN} ${octets}`, false).attributes?.asPath).toEqual(asPath);
  });

  test("AS4_AGGREGATOR replaces an AGGREGATOR of AS_TRANS, and no other", () => {
    const as4 = "c0 12 08 fa56ea00 0a000001";
    const read = (octets: string) => decode(`${ORIGIN} 40 02 00 ${octets}`, false).attributes?.aggregator;
    expect(read(`c0 07 06 5ba0 0a000001 ${as4}`)).toEqual(aggregator);
    expect(read(`c0 07 06 0007 0a000002 ${as4}`)).toEqual({ autonomousSystem: 7, address: 0x0a000002 });
    expect(read(as4)).toBeUndefined();
  });
});

test("equal large communities count once, in what is read and in what is written (RFC 8092 section 3)", () => {
  const one = { globalAdministrator: 1, localData1: 2, localData2: 3 };
  const octets = "00000001 00000002 00000003";
  expect(decode(whole(`c0 20 18 ${octets} ${octets}`)).attributes?.largeCommunities).toEqual([one]);
  expect(encode({ largeCommunities: [one, one] })).toBe(hexOf(octetsOf(whole(`c0 20 0c ${octets}`))));
});
