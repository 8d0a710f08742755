import type { AsPathSegment } from "@contrail/bgp";
import { expect, test } from "vitest";
import { type AsPathPolicy, outgoingAsPath } from "./outgoing-as-path.ts";

const POLICY: AsPathPolicy = { localAs: 65_000, peerAs: 3_333, asOverride: false, privateAs: undefined };
const sequence = (...autonomousSystems: number[]): AsPathSegment => ({ kind: "sequence", autonomousSystems });

test.each<[string, Partial<AsPathPolicy>, AsPathSegment[], AsPathSegment[]]>([
  ["our AS goes in front", {}, [sequence(1, 2)], [sequence(65_000, 1, 2)]],
  ["the peer's AS stays without as-override", {}, [sequence(3_333)], [sequence(65_000, 3_333)]],
  [
    "as-override puts ours in the place of the peer's, everywhere",
    { asOverride: true },
    [sequence(3_333, 7, 3_333)],
    [sequence(65_000, 65_000, 7, 65_000)],
  ],
  [
    "remove takes leading private numbers, of two octets and of four, up to the first public one",
    { privateAs: "remove" },
    [sequence(64_512, 4_200_000_000, 7, 65_001)],
    [sequence(65_000, 7, 65_001)],
  ],
  [
    "remove-all takes them everywhere",
    { privateAs: "remove-all" },
    [sequence(64_512, 7, 65_001)],
    [sequence(65_000, 7)],
  ],
  [
    "replace-all puts ours in their place",
    { privateAs: "replace-all" },
    [sequence(64_512, 7, 65_001)],
    [sequence(65_000, 65_000, 7, 65_000)],
  ],
  [
    "a private number that is the peer's own stays, so that it sees a loop",
    { privateAs: "remove-all", peerAs: 65_001 },
    [sequence(64_512, 65_001)],
    [sequence(65_000, 65_001)],
  ],
  [
    "a set that has nothing left goes",
    { privateAs: "remove-all" },
    [sequence(7), { kind: "set", autonomousSystems: [64_512] }],
    [sequence(65_000, 7)],
  ],
  [
    "the numbers around the private ranges are public",
    { privateAs: "remove-all" },
    [sequence(64_511, 65_535)],
    [sequence(65_000, 64_511, 65_535)],
  ],
])("%s", (_what, policy, given, expected) => {
  expect(outgoingAsPath(given, { ...POLICY, ...policy })).toEqual(expected);
});
