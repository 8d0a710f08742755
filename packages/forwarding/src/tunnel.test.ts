import { expect, test } from "vitest";
import { decapsulate, encapsulate } from "./tunnel.ts";

const INNER = Uint8Array.from([0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, 10, 1, 1, 3, 10, 1, 1, 4]);
const ENDS = { source: 0xac1e0102, destination: 0xac1e0202, label: 102, hash: 0x12345678 };

test("the outer headers, byte by byte", () => {
  const packet = Buffer.from(encapsulate(INNER, ENDS));
  expect(packet.subarray(0, 20).toString("hex")).toBe("450000340000000040111f79ac1e0102ac1e0202");
  // UDP: source port 49152 + 0x1678, destination port 6635, length 32, checksum 0.
  expect(packet.subarray(20, 28).toString("hex")).toBe("d67819eb00200000");
  // MPLS: label 102, EXP 0, S 1, TTL 64.
  expect(packet.subarray(28, 32).toString("hex")).toBe("00066140");
  expect(packet.subarray(32)).toEqual(Buffer.from(INNER));
});

test("decapsulation finds label and inner packet again", () => {
  const frame = Buffer.concat([Buffer.from("0200000000010200000000020800", "hex"), encapsulate(INNER, ENDS)]);
  expect(decapsulate(frame, ENDS.destination)).toEqual({
    kind: "tunnel",
    source: ENDS.source,
    label: 102,
    innerOffset: 46,
  });
  expect(decapsulate(frame, ENDS.destination + 1)).toEqual({ kind: "host" });
  expect(decapsulate(frame.subarray(0, 45), ENDS.destination)).toMatchObject({ label: undefined });
});
