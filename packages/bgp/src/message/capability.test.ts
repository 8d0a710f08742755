import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexOf, octetsOf } from "../testing/hex.ts";
import type { Capability } from "./capability.ts";
import { decodeCapabilities, encodeCapability } from "./capability-list.ts";
import { HEADER_BYTES } from "./header.ts";
import { decodeOpen, encodeOpen } from "./open.ts";

/** Each capability as its RFC draws it: code, length, value by hand. */
const VECTORS: readonly [source: string, octets: string, capability: Capability][] = [
  ["RFC 4760 section 8", "01 04 0001 00 80", { kind: "multiprotocol", afi: 1, safi: 128 }],
  ["RFC 4760 section 8, e-vpn", "01 04 0019 00 46", { kind: "multiprotocol", afi: 25, safi: 70 }],
  ["RFC 2918 section 2", "02 00", { kind: "route-refresh" }],
  [
    "RFC 8950 section 4",
    "05 0c 0001 0001 0002 0001 0080 0002",
    {
      kind: "extended-next-hop",
      families: [
        { afi: 1, safi: 1, nextHopAfi: 2 },
        { afi: 1, safi: 128, nextHopAfi: 2 },
      ],
    },
  ],
  ["RFC 8654 section 3", "06 00", { kind: "extended-message" }],
  ["RFC 9234 section 4.1", "09 01 03", { kind: "role", code: 3 }],
  [
    "RFC 4724 section 3, RFC 8538 section 2",
    "40 06 c12c 0001 80 80",
    {
      kind: "graceful-restart",
      restarting: true,
      notifications: true,
      restartTimeSeconds: 300,
      families: [{ afi: 1, safi: 128, preserved: true }],
    },
  ],
  ["RFC 6793 section 3", "41 04 fa56ea00", { kind: "four-octet-as", autonomousSystem: 4200000000 }],
  [
    "RFC 7911 section 4",
    "45 0c 0001 80 03 0019 46 01 0001 01 02",
    {
      kind: "add-path",
      families: [
        { afi: 1, safi: 128, receive: true, send: true },
        { afi: 25, safi: 70, receive: true, send: false },
        { afi: 1, safi: 1, receive: false, send: true },
      ],
    },
  ],
  ["RFC 7313 section 3.1", "46 00", { kind: "enhanced-route-refresh" }],
  [
    "RFC 9494 section 3.1",
    "47 07 0001 80 80 00ea60",
    {
      kind: "long-lived-graceful-restart",
      families: [{ afi: 1, safi: 128, preserved: true, staleTimeSeconds: 60_000 }],
    },
  ],
  ["nobody", "ee 02 0102", { kind: "unknown", code: 0xee, value: Uint8Array.from([1, 2]) }],
];

function decode(octets: string) {
  const bytes = octetsOf(octets);
  return decodeCapabilities(bytes, 0, bytes.length);
}

test.each(VECTORS)("%s", (_, octets, capability) => {
  expect(decode(octets)).toEqual([capability]);
  expect(hexOf(encodeCapability(capability))).toBe(hexOf(octetsOf(octets)));
});

test("all of them stand in one list", () => {
  expect(decode(VECTORS.map(([, octets]) => octets).join(" "))).toEqual(VECTORS.map(([, , capability]) => capability));
});

test.each([
  ["multiprotocol of three octets", "01 03 000100"],
  ["route refresh with a value", "02 01 00"],
  ["extended next hop of five octets", "05 05 0001000100"],
  ["extended message with a value", "06 01 00"],
  ["a role of two octets", "09 02 0303"],
  ["a role of none", "09 00"],
  ["graceful restart of one octet", "40 01 00"],
  ["graceful restart with half a family", "40 04 012c 0001"],
  ["four-octet AS of two octets", "41 02 fc00"],
  ["add-path of three octets", "45 03 000180"],
  ["long-lived restart of six octets", "47 06 000180800000"],
  ["a value longer than the list", "ee 05 00"],
  ["a code alone", "02"],
])("%s is malformed", (_, octets) => {
  expect(decode(octets)).toBeUndefined();
});

test("add-path with a mode that does not exist is as if not understood (RFC 7911 section 4)", () => {
  for (const mode of ["00", "04", "ff"]) {
    expect(decode(`45 08 0001 01 01 0001 80 ${mode}`)).toMatchObject([{ kind: "unknown", code: 69 }]);
  }
});

describe("an OPEN", () => {
  const numbers = { afi: fc.nat(0xffff), safi: fc.nat(255) };
  const capabilities: fc.Arbitrary<Capability> = fc.oneof(
    fc.record({ kind: fc.constant("multiprotocol"), ...numbers }),
    fc.record({ kind: fc.constantFrom("route-refresh", "extended-message", "enhanced-route-refresh") }),
    fc.record({ kind: fc.constant("role"), code: fc.nat(255) }),
    fc.record({
      kind: fc.constant("add-path"),
      families: fc.array(
        fc
          .record({ ...numbers, receive: fc.boolean(), send: fc.boolean() })
          .filter((each) => each.receive || each.send),
        { maxLength: 10 },
      ),
    }),
    fc.record({
      kind: fc.constant("long-lived-graceful-restart"),
      families: fc.array(fc.record({ ...numbers, preserved: fc.boolean(), staleTimeSeconds: fc.nat(0xffffff) }), {
        maxLength: 10,
      }),
    }),
    fc.record({ kind: fc.constant("unknown"), code: fc.integer({ min: 100, max: 255 }), value: fc.uint8Array() }),
  );
  test("comes back as it went, with few capabilities and with many (RFC 9072)", () => {
    const header = { version: fc.constant(4), autonomousSystem: fc.nat(0xffff), holdTimeSeconds: fc.nat(0xffff) };
    const opens = fc.record({
      ...header,
      identifier: fc.nat(0x7fffffff),
      capabilities: fc.array(capabilities, { maxLength: 40, size: "max" }),
    });
    let extended = 0;
    fc.assert(
      fc.property(opens, (open) => {
        const message = encodeOpen(open);
        if (message[HEADER_BYTES + 9] === 255 && message[HEADER_BYTES + 10] === 255) extended++;
        expect(decodeOpen(message.subarray(HEADER_BYTES))).toEqual({ kind: "open", open });
      }),
      { numRuns: 300 },
    );
    expect(extended).toBeGreaterThan(10);
  });

  test("with exactly 255 octets of parameters has the usual form, with one more the extended one", () => {
    const open = (valueBytes: number) =>
      encodeOpen({
        version: 4,
        autonomousSystem: 1,
        holdTimeSeconds: 90,
        identifier: 1,
        capabilities: [{ kind: "unknown", code: 200, value: new Uint8Array(valueBytes) }],
      });
    expect([...open(251).subarray(HEADER_BYTES + 9, HEADER_BYTES + 12)]).toEqual([255, 2, 253]);
    expect([...open(252).subarray(HEADER_BYTES + 9, HEADER_BYTES + 16)]).toEqual([255, 255, 1, 1, 2, 0, 254]);
    for (const bytes of [251, 252]) expect(decodeOpen(open(bytes).subarray(HEADER_BYTES)).kind).toBe("open");
  });
});
