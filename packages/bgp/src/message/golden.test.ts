import { describe, expect, test } from "vitest";
import { parseRouteTarget } from "../attributes/route-target.ts";
import { FAMILIES } from "../family.ts";
import { decodeUpdate } from "../update/decode-update.ts";
import { HEADER_BYTES } from "./header.ts";
import { MessageFramer } from "./message-framer.ts";
import { decodeOpen, encodeOpen } from "./open.ts";
import { decodeRouteRefresh, encodeRouteRefresh } from "./route-refresh.ts";

/*
 * Octets recorded by test/interop: FRR 8.4.4 and GoBGP 3.10.0 in AS 64512, with our speaker at 172.31.0.1.
 */
const MARKER = "ffffffffffffffffffffffffffffffff";
const FRR_OPEN = `${MARKER}005e0104fc0000b4ac1f0002410206010400010080020280000202020002024600020641040000fc000202060002064504000180010206490402766d0002044002c0780209470700018080000000`;
const GOBGP_OPEN = `${MARKER}00470104fc00005aac1f00032a02280200490402766d0001040001008001040001008441040000fc00050c000100800002000100840002`;
const FRR_ROUTE = `${MARKER}005c0200000045900e00200001800c0000000000000000ac1f000200700030930000fc00000000010a010140010100500200008004040000000040050400000064c010080002fc0000000064`;
const FRR_END_OF_RIB = `${MARKER}001d0200000006800f03000180`;
const FRR_REFRESH = `${MARKER}00170500010080`;
const FRR_WITHDRAWAL = `${MARKER}002d0200000016900f0012000180700000000000fc00000000090a0909`;
const GOBGP_ROUTE = `${MARKER}0054020000003d4001010240020040050400000064800e210001800c0000000000000000ac1f00030078000de10000fc00000000020a020202c010080002fc0000000064`;
const GOBGP_MEMBERSHIP = `${MARKER}003e02000000274001010040020040050400000064800e1600018404ac1f000300600000fc000002fc0000000064`;

/** The body of a message that comes octet by octet. */
function bodyOf(hex: string): Uint8Array {
  const framer = new MessageFramer();
  const bytes = Uint8Array.from(Buffer.from(hex, "hex"));
  for (let index = 0; index < bytes.length - 1; index++) {
    framer.push(bytes.subarray(index, index + 1));
    expect(framer.next()).toEqual({ kind: "incomplete" });
  }
  framer.push(bytes.subarray(-1));
  const frame = framer.next();
  if (frame.kind !== "message") throw new Error(frame.kind);
  expect(frame.body.length).toBe(bytes.length - HEADER_BYTES);
  return frame.body;
}

function updateOf(hex: string) {
  return decodeUpdate(bodyOf(hex), { fourOctetAs: true, external: false, families: FAMILIES });
}

const TARGET = parseRouteTarget("64512:100");

describe("messages of FRR and GoBGP", () => {
  test("FRR's OPEN", () => {
    const verdict = decodeOpen(bodyOf(FRR_OPEN));
    expect(verdict).toMatchObject({
      kind: "open",
      open: {
        version: 4,
        autonomousSystem: 64512,
        holdTimeSeconds: 180,
        identifier: 0xac1f0002,
        capabilities: [
          { kind: "multiprotocol", afi: 1, safi: 128 },
          { kind: "unknown", code: 128 },
          { kind: "route-refresh" },
          { kind: "enhanced-route-refresh" },
          { kind: "four-octet-as", autonomousSystem: 64512 },
          { kind: "extended-message" },
          { kind: "add-path", families: [{ afi: 1, safi: 128, receive: true, send: false }] },
          { kind: "unknown", code: 73 },
          { kind: "graceful-restart", restarting: true, notifications: true, restartTimeSeconds: 120, families: [] },
          {
            kind: "long-lived-graceful-restart",
            families: [{ afi: 1, safi: 128, preserved: true, staleTimeSeconds: 0 }],
          },
        ],
      },
    });
    if (verdict.kind === "open") expect(Buffer.from(encodeOpen(verdict.open)).toString("hex")).toBe(FRR_OPEN);
  });

  test("GoBGP's OPEN, whose capabilities share one parameter", () => {
    expect(decodeOpen(bodyOf(GOBGP_OPEN))).toMatchObject({
      kind: "open",
      open: {
        identifier: 0xac1f0003,
        capabilities: [
          { kind: "route-refresh" },
          { kind: "unknown", code: 73 },
          { kind: "multiprotocol", afi: 1, safi: 128 },
          { kind: "multiprotocol", afi: 1, safi: 132 },
          { kind: "four-octet-as", autonomousSystem: 64512 },
          {
            kind: "extended-next-hop",
            families: [
              { afi: 1, safi: 128, nextHopAfi: 2 },
              { afi: 1, safi: 132, nextHopAfi: 2 },
            ],
          },
        ],
      },
    });
  });

  test("FRR's VPN route", () => {
    const verdict = updateOf(FRR_ROUTE);
    expect(verdict).toMatchObject({
      kind: "update",
      update: {
        unreach: [],
        reach: [
          {
            family: "inet-vpn",
            nextHop: 0xac1f0002,
            routes: [{ rdHigh: 64512, rdLow: 1, address: 0x0a010100, length: 24, label: 777 }],
          },
        ],
        announced: {
          attributes: { origin: 0, asPath: [], med: 0, localPreference: 100, extendedCommunities: [TARGET] },
        },
      },
      discarded: [],
    });
  });

  test("GoBGP's VPN route", () => {
    expect(updateOf(GOBGP_ROUTE)).toMatchObject({
      kind: "update",
      update: {
        reach: [
          {
            family: "inet-vpn",
            nextHop: 0xac1f0003,
            routes: [{ rdHigh: 64512, rdLow: 2, address: 0x0a020202, length: 32, label: 222 }],
          },
        ],
        announced: { attributes: { origin: 2, localPreference: 100, extendedCommunities: [TARGET] } },
      },
    });
  });

  test("GoBGP's route target membership", () => {
    expect(updateOf(GOBGP_MEMBERSHIP)).toMatchObject({
      kind: "update",
      update: { reach: [{ family: "route-target", routes: [{ originAs: 64512, routeTarget: TARGET, length: 96 }] }] },
    });
  });

  test("FRR's withdrawal, whose label is zero", () => {
    expect(updateOf(FRR_WITHDRAWAL)).toMatchObject({
      kind: "update",
      update: {
        unreach: [
          { family: "inet-vpn", routes: [{ rdHigh: 64512, rdLow: 9, address: 0x0a090900, length: 24, label: 0 }] },
        ],
        reach: [],
        announced: undefined,
      },
    });
  });

  test("FRR's End-of-RIB and ROUTE-REFRESH", () => {
    expect(updateOf(FRR_END_OF_RIB)).toEqual({ kind: "end-of-rib", family: "inet-vpn" });
    const refresh = { afi: 1, safi: 128, subtype: "request" as const };
    expect(decodeRouteRefresh(bodyOf(FRR_REFRESH))).toEqual({ kind: "route-refresh", refresh });
    expect(Buffer.from(encodeRouteRefresh(refresh)).toString("hex")).toBe(FRR_REFRESH);
  });
});
