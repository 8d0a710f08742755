import { describe, expect, test } from "vitest";
import { decodeUpdate } from "./decode-update.ts";
import type { UpdateContext } from "./update-context.ts";
import type { UpdateVerdict } from "./update-verdict.ts";

/*
 * Each line: what is wrong, withdrawn routes, attributes, announced routes (all hexadecimal), and the verdict:
 *   update N             applied, N attributes discarded
 *   withdraw N           N routes withdrawn instead (RFC 7606 "treat as withdraw")
 *   reset C/S            session reset with that notification
 *   end-of-rib FAMILY
 */
const INTERNAL: UpdateContext = { fourOctetAs: true, external: false, families: ["inet", "inet-vpn", "route-target"] };

const ORIGIN = "40 01 01 00";
const AS_PATH = "40 02 06 02 01 0000fde9";
const NEXT_HOP = "40 03 04 0a000001";
const BASE = `${ORIGIN} ${AS_PATH} ${NEXT_HOP}`;
const ROUTE = "18 0a0101";
const VPN_NEXT_HOP = "0c 0000000000000000 0a000001";
const VPN_ROUTE = "70 000111 0000fc0000000001 0a0101";
const MP_REACH = `80 0e 20 0001 80 ${VPN_NEXT_HOP} 00 ${VPN_ROUTE}`;
const MP_UNREACH = `80 0f 12 0001 80 ${VPN_ROUTE}`;

function octets(text: string): number[] {
  return [...Buffer.from(text.replaceAll(/\s/g, ""), "hex")];
}

function body(withdrawn: string, attributes: string, routes: string): Uint8Array {
  const [first, second] = [octets(withdrawn), octets(attributes)];
  const length = (list: number[]) => [list.length >>> 8, list.length & 0xff];
  return Uint8Array.from([...length(first), ...first, ...length(second), ...second, ...octets(routes)]);
}

function words(verdict: UpdateVerdict): string {
  switch (verdict.kind) {
    case "update":
      return `update ${verdict.discarded.length}`;
    case "treat-as-withdraw": {
      expect(verdict.update.reach).toEqual([]);
      expect(verdict.problems.length).toBeGreaterThan(0);
      return `withdraw ${verdict.update.unreach.reduce((sum, { routes }) => sum + routes.length, 0)}`;
    }
    case "session-reset":
      return `reset ${verdict.notification.code}/${verdict.notification.subcode}`;
    case "disable-family":
      return `disable ${verdict.family} ${verdict.notification.code}/${verdict.notification.subcode}`;
    case "end-of-rib":
      return `end-of-rib ${verdict.family}`;
  }
}

type Line = readonly [what: string, withdrawn: string, attributes: string, routes: string, verdict: string];

const WELL_FORMED: readonly Line[] = [
  ["an announcement", "", BASE, ROUTE, "update 0"],
  ["a withdrawal", ROUTE, "", "", "update 0"],
  ["both at once", "10 0a02", BASE, ROUTE, "update 0"],
  ["a VPN announcement without NEXT_HOP", "", `${MP_REACH} ${ORIGIN} ${AS_PATH}`, "", "update 0"],
  ["MP_REACH_NLRI at the end", "", `${ORIGIN} ${AS_PATH} ${MP_REACH}`, "", "update 0"],
  ["an empty AS_PATH", "", `${ORIGIN} 40 02 00 ${NEXT_HOP}`, ROUTE, "update 0"],
  ["an attribute with needless extended length", "", `50 01 0001 00 ${AS_PATH} ${NEXT_HOP}`, ROUTE, "update 0"],
  ["an unknown optional attribute", "", `${BASE} c0 c8 02 0102`, ROUTE, "update 0"],
  ["an unknown non-transitive attribute", "", `${BASE} 80 c8 02 0102`, ROUTE, "update 0"],
  ["unknown extended communities", "", `${BASE} c0 10 08 ffffffffffffffff`, ROUTE, "update 0"],
  ["host bits behind the prefix", "", BASE, "09 0aff", "update 0"],
  ["the default route", "", BASE, "00", "update 0"],
  ["a family that was not agreed on", "", `80 0e 09 0019 46 04 0a000001 00 ${ORIGIN} ${AS_PATH}`, "", "update 0"],
  ["an empty message", "", "", "", "end-of-rib inet"],
  ["End-of-RIB of VPN", "", "80 0f 03 0001 80", "", "end-of-rib inet-vpn"],
  ["End-of-RIB of membership", "", "80 0f 03 0001 84", "", "end-of-rib route-target"],
];

const TREATED_AS_WITHDRAW: readonly Line[] = [
  ["no ORIGIN", "", `${AS_PATH} ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["no AS_PATH", "", `${ORIGIN} ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["no NEXT_HOP", "", `${ORIGIN} ${AS_PATH}`, ROUTE, "withdraw 1"],
  ["no attributes at all", "", "", ROUTE, "withdraw 1"],
  ["a VPN route without ORIGIN", "", `${MP_REACH} ${AS_PATH}`, "", "withdraw 1"],
  ["ORIGIN 3", "", `40 01 01 03 ${AS_PATH} ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["ORIGIN of two octets", "", `40 01 02 0000 ${AS_PATH} ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["an empty ORIGIN", "", `40 01 00 ${AS_PATH} ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["an optional ORIGIN", "", `c0 01 01 00 ${AS_PATH} ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["a non-transitive AS_PATH", "", `${ORIGIN} 00 02 06 02 01 0000fde9 ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["AS_PATH with segment type 0", "", `${ORIGIN} 40 02 06 00 01 0000fde9 ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["AS_PATH with a confederation", "", `${ORIGIN} 40 02 06 03 01 0000fde9 ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["AS_PATH with an empty segment", "", `${ORIGIN} 40 02 02 02 00 ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["AS_PATH whose segment is longer", "", `${ORIGIN} 40 02 06 02 02 0000fde9 ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["AS_PATH with a single octet left", "", `${ORIGIN} 40 02 07 02 01 0000fde9 02 ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["AS_PATH with AS 0", "", `${ORIGIN} 40 02 06 02 01 00000000 ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["AS_PATH of two-octet numbers", "", `${ORIGIN} 40 02 04 02 01 fde9 ${NEXT_HOP}`, ROUTE, "withdraw 1"],
  ["NEXT_HOP of three octets", "", `${ORIGIN} ${AS_PATH} 40 03 03 0a0000`, ROUTE, "withdraw 1"],
  ["NEXT_HOP 0.0.0.0", "", `${ORIGIN} ${AS_PATH} 40 03 04 00000000`, ROUTE, "withdraw 1"],
  ["NEXT_HOP 127.0.0.1", "", `${ORIGIN} ${AS_PATH} 40 03 04 7f000001`, ROUTE, "withdraw 1"],
  ["NEXT_HOP 224.0.0.5", "", `${ORIGIN} ${AS_PATH} 40 03 04 e0000005`, ROUTE, "withdraw 1"],
  ["MED of three octets", "", `${BASE} 80 04 03 000000`, ROUTE, "withdraw 1"],
  ["a transitive MED", "", `${BASE} c0 04 04 00000000`, ROUTE, "withdraw 1"],
  ["LOCAL_PREF of five octets", "", `${BASE} 40 05 05 0000000000`, ROUTE, "withdraw 1"],
  ["communities of five octets", "", `${BASE} c0 08 05 0000000000`, ROUTE, "withdraw 1"],
  ["empty communities", "", `${BASE} c0 08 00`, ROUTE, "withdraw 1"],
  ["ORIGINATOR_ID of three octets", "", `${BASE} 80 09 03 000000`, ROUTE, "withdraw 1"],
  ["CLUSTER_LIST of six octets", "", `${BASE} 80 0a 06 000000000000`, ROUTE, "withdraw 1"],
  ["an empty CLUSTER_LIST", "", `${BASE} 80 0a 00`, ROUTE, "withdraw 1"],
  ["extended communities of nine octets", "", `${BASE} c0 10 09 000000000000000000`, ROUTE, "withdraw 1"],
  ["empty extended communities", "", `${BASE} c0 10 00`, ROUTE, "withdraw 1"],
  ["PMSI_TUNNEL of four octets", "", `${BASE} c0 16 04 00000000`, ROUTE, "withdraw 1"],
  ["large communities of eight octets", "", `${BASE} c0 20 08 0000000000000000`, ROUTE, "withdraw 1"],
  ["an attribute longer than the list", "", `${BASE} c0 08 20 00000000`, ROUTE, "withdraw 1"],
  ["an attribute head that is cut", "", `${BASE} c0 08`, ROUTE, "withdraw 1"],
  ["an extended length that is cut", "", `${BASE} d0 08 00`, ROUTE, "withdraw 1"],
  ["a broken attribute beside withdrawn routes", "10 0a02", `40 01 01 03 ${AS_PATH} ${NEXT_HOP}`, ROUTE, "withdraw 2"],
  [
    "a VPN next hop 127.0.0.1",
    "",
    `${MP_REACH.replace("0a000001", "7f000001")} ${ORIGIN} ${AS_PATH}`,
    "",
    "withdraw 1",
  ],
  ["broken attributes of both families", "", `${MP_REACH} ${AS_PATH} ${NEXT_HOP}`, ROUTE, "withdraw 2"],
];

const DISCARDED: readonly Line[] = [
  ["ATOMIC_AGGREGATE with a value", "", `${BASE} 40 06 01 00`, ROUTE, "update 1"],
  ["AGGREGATOR of six octets", "", `${BASE} c0 07 06 fde90a000001`, ROUTE, "update 1"],
  ["AGGREGATOR of AS 0", "", `${BASE} c0 07 08 000000000a000001`, ROUTE, "update 1"],
  ["AS4_PATH where it has no business", "", `${BASE} c0 11 06 02010000fde9`, ROUTE, "update 1"],
  ["AS4_AGGREGATOR where it has no business", "", `${BASE} c0 12 08 0000fde90a000001`, ROUTE, "update 1"],
  ["ORIGIN twice", "", `${BASE} 40 01 01 02`, ROUTE, "update 1"],
  ["a second ORIGIN that is broken", "", `${BASE} 40 01 01 09`, ROUTE, "update 1"],
];

const RESET: readonly Line[] = [
  ["a withdrawn prefix of 33 bits", "21 0a01010101", "", "", "reset 3/10"],
  ["a withdrawn prefix that is cut", "18 0a01", "", "", "reset 3/10"],
  ["an announced prefix of 33 bits", "", BASE, "21 0a01010101", "reset 3/10"],
  ["an announced prefix that is cut", "", BASE, "18 0a01", "reset 3/10"],
  ["MP_REACH_NLRI twice", "", `${MP_REACH} ${MP_REACH} ${ORIGIN} ${AS_PATH}`, "", "reset 3/1"],
  ["MP_UNREACH_NLRI twice", "", `${MP_UNREACH} ${MP_UNREACH}`, "", "reset 3/1"],
  ["MP_REACH_NLRI of four octets", "", `80 0e 04 00018000 ${ORIGIN} ${AS_PATH}`, "", "reset 3/9"],
  ["a next hop longer than its attribute", "", `80 0e 06 0001 80 20 00 00 ${ORIGIN} ${AS_PATH}`, "", "reset 3/9"],
  ["a VPN next hop of four octets", "", `80 0e 09 0001 80 04 0a000001 00 ${ORIGIN} ${AS_PATH}`, "", "reset 3/9"],
  ["a VPN route of 87 bits", "", `${MP_REACH.replace("70 ", "57 ")} ${ORIGIN} ${AS_PATH}`, "", "reset 3/9"],
  ["a VPN route of 121 bits", "", `${MP_REACH.replace("70 ", "79 ")} ${ORIGIN} ${AS_PATH}`, "", "reset 3/9"],
  ["a VPN route that is cut", "", `${MP_REACH.replace("70 ", "78 ")} ${ORIGIN} ${AS_PATH}`, "", "reset 3/9"],
  ["a membership of 16 bits", "", `80 0e 0c 0001 84 04 0a000001 00 10 0001 ${ORIGIN} ${AS_PATH}`, "", "reset 3/9"],
  ["a transitive MP_REACH_NLRI", "", `${MP_REACH.replace("80", "c0")} ${ORIGIN} ${AS_PATH}`, "", "reset 3/9"],
  ["MP_UNREACH_NLRI of two octets", "", "80 0f 02 0001", "", "reset 3/9"],
  ["a withdrawn VPN route that is cut", "", MP_UNREACH.replace("70 ", "78 "), "", "reset 3/9"],
  ["an unknown well-known attribute", "", `${BASE} 40 c8 01 00`, ROUTE, "reset 3/2"],
  ["a broken attribute without any route (RFC 7606 5.2)", "", "40 01 01 03", "", "reset 3/1"],
  ["the same beside withdrawn routes", ROUTE, "40 01 01 03", "", "reset 3/1"],
  ["the same beside MP_UNREACH_NLRI", "", `${MP_UNREACH} c0 08 05 0000000000`, "", "reset 3/1"],
];

describe.each([
  ["is applied", WELL_FORMED],
  ["is treated as withdraw", TREATED_AS_WITHDRAW],
  ["loses an attribute", DISCARDED],
  ["resets the session", RESET],
] as const)("an UPDATE that %s", (_, lines) => {
  test.each(lines)("%s", (_what, withdrawn, attributes, routes, verdict) => {
    expect(words(decodeUpdate(body(withdrawn, attributes, routes), INTERNAL))).toBe(verdict);
  });
});

describe("an UPDATE", () => {
  test("whose lengths do not fit into the message resets the session", () => {
    for (const text of ["ffff 0000", "0001 0000", "0000 0001", "0000 ffff 00"]) {
      expect(words(decodeUpdate(Uint8Array.from(octets(text)), INTERNAL))).toBe("reset 3/1");
    }
  });

  test("of an external peer loses LOCAL_PREF, ORIGINATOR_ID and CLUSTER_LIST, broken or not", () => {
    const external = { ...INTERNAL, external: true };
    for (const attribute of ["40 05 04 00000064", "80 09 01 00", "80 0a 04 00000001"]) {
      const verdict = decodeUpdate(body("", `${BASE} ${attribute}`, ROUTE), external);
      expect(words(verdict)).toBe("update 1");
      if (verdict.kind === "update") expect(Buffer.from(verdict.update.announced?.bytes ?? [])).toHaveLength(4 + 9);
    }
  });

  test("keeps an unknown transitive attribute, and forgets a non-transitive one", () => {
    const verdict = decodeUpdate(body("", `${BASE} c0 c8 02 0102 80 c9 01 00`, ROUTE), INTERNAL);
    if (verdict.kind !== "update") throw new Error(verdict.kind);
    const value = Uint8Array.from([1, 2]);
    expect(verdict.update.announced?.attributes.unknown).toEqual([{ flags: 0xc0, type: 200, value }]);
    expect(Buffer.from(verdict.update.announced?.bytes ?? []).includes(0xc9)).toBe(false);
  });

  test("withdraws the very routes that it announced", () => {
    const verdict = decodeUpdate(body("10 0a02", `${MP_REACH} ${AS_PATH} ${NEXT_HOP}`, ROUTE), INTERNAL);
    if (verdict.kind !== "treat-as-withdraw") throw new Error(verdict.kind);
    expect(verdict.update.unreach).toEqual([
      { family: "inet", routes: [{ address: 0x0a020000, length: 16 }] },
      { family: "inet", routes: [{ address: 0x0a010100, length: 24 }] },
      { family: "inet-vpn", routes: [{ rdHigh: 64512, rdLow: 1, address: 0x0a010100, length: 24, label: 17 }] },
    ]);
  });
});
