import { expect, test } from "vitest";
import { internetChecksum } from "./checksum.ts";
import { parseInetHeader } from "./inet-header.ts";
import { clampMss } from "./tcp-mss.ts";

/** 10.1.1.3 to 10.1.1.4, TCP 5000 to 80 with these flags and options. */
function packetWith(flags: number, options: readonly number[]): Uint8Array {
  const total = 40 + options.length;
  const head = [0x45, 0, 0, total, 0, 0, 0, 0, 64, 6, 0, 0, 10, 1, 1, 3, 10, 1, 1, 4];
  const tcp = [
    0x13,
    0x88,
    0,
    80,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    ((20 + options.length) / 4) << 4,
    flags,
    0xff,
    0xff,
    0,
    0,
    0,
    0,
  ];
  const packet = Uint8Array.from([...head, ...tcp, ...options]);
  const checksum = checksumOf(packet);
  packet[36] = checksum >>> 8;
  packet[37] = checksum & 255;
  return packet;
}

function checksumOf(packet: Uint8Array): number {
  const length = packet.length - 20;
  const pseudo = Uint8Array.from([...packet.subarray(12, 20), 0, 6, 0, length]);
  return internetChecksum(packet, 20, length, ~internetChecksum(pseudo, 0, 12) & 0xffff);
}

function clamped(packet: Uint8Array, limit: number, partial = false): Uint8Array {
  const copy = packet.slice();
  const header = parseInetHeader(copy, 0);
  if (typeof header !== "string") clampMss(copy, header, limit, partial);
  return copy;
}

test.each([
  ["at an even offset", [2, 4, 0x05, 0xb4], 42],
  ["at an odd offset", [1, 2, 4, 0x05, 0xb4, 0, 0, 0], 43],
  ["behind other options", [8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 2, 4, 0x05, 0xb4], 54],
])("an MSS option %s is lowered and the checksum holds", (_where, options, offset) => {
  const packet = clamped(packetWith(0x02, options), 1410);
  expect([packet[offset], packet[offset + 1]]).toEqual([0x05, 0x82]);
  expect(checksumOf(packet)).toBe(0);
});

test.each([
  ["no SYN", 0x10, [2, 4, 0x05, 0xb4]],
  ["a lower MSS", 0x02, [2, 4, 0x02, 0x18]],
  ["an MSS behind the end of options", 0x02, [0, 0, 0, 0, 2, 4, 0x05, 0xb4]],
  ["an option cut short", 0x02, [1, 1, 2, 40]],
  ["an MSS of another length", 0x02, [2, 8, 0x05, 0xb4, 0, 0, 0, 0]],
])("%s leaves the packet alone", (_what, flags, options) => {
  const packet = packetWith(flags, options);
  expect(clamped(packet, 1410)).toEqual(packet);
});

test("a partial checksum is not touched", () => {
  const packet = packetWith(0x02, [2, 4, 0x05, 0xb4]);
  const after = clamped(packet, 1410, true);
  expect(after.subarray(36, 38)).toEqual(packet.subarray(36, 38));
  expect(after[43]).toBe(0x82);
});
