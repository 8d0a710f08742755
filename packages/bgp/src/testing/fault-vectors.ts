import type { UpdateContext } from "../update/update-context.ts";
import { octetsOf } from "./hex.ts";

/** What RFC 7606 section 2 has for a fault, from nothing to the strongest. */
export type FaultAction = "applied" | "attribute-discard" | "treat-as-withdraw" | "disable-family" | "session-reset";

/** One way in which an UPDATE is wrong, or looks so, and what is to be done. */
export interface FaultVector {
  readonly attribute: string;
  readonly fault: string;
  readonly section: string;
  /** The UPDATE's body. */
  readonly body: Uint8Array;
  /** How the session differs from an internal one with four-octet AS numbers and every family. */
  readonly session: Partial<UpdateContext>;
  readonly action: FaultAction;
}

/** Withdrawn routes, attributes and routes of an UPDATE as hexadecimal text. */
interface Parts {
  readonly withdrawn?: string;
  readonly attributes?: string;
  readonly routes?: string;
}

const ORIGIN = "40 01 01 00";
const AS_PATH = "40 02 06 02 01 0000fde9";
const NEXT_HOP = "40 03 04 0a000001";
const BASE = `${ORIGIN} ${AS_PATH} ${NEXT_HOP}`;
const ROUTE = "18 0a0101";
const RD = "0001 0a000001 0005";
const VPN_ROUTE = `70 000111 ${RD} 0a0101`;
const MAC_ROUTE = `02 21 ${RD} 00000000000000000000 00000000 30 020000000001 00 001389`;
const EXTERNAL: Partial<UpdateContext> = { external: true };
const TWO_OCTETS: Partial<UpdateContext> = { fourOctetAs: false };
const SPARING: Partial<UpdateContext> = { unreadableRoutes: "disable-family" };

/** MP_REACH_NLRI of a family by its numbers, with next hop and routes. */
function mpReach(family: string, nextHop: string, routes: string, flags = "90"): string {
  const hop = octetsOf(nextHop).length.toString(16).padStart(2, "0");
  const value = `${family} ${hop} ${nextHop} 00 ${routes}`;
  return `${flags} 0e ${octetsOf(value).length.toString(16).padStart(4, "0")} ${value}`;
}

function mpUnreach(family: string, routes: string, flags = "90"): string {
  const value = `${family} ${routes}`;
  return `${flags} 0f ${octetsOf(value).length.toString(16).padStart(4, "0")} ${value}`;
}

const VPN_HOP = "0000000000000000 0a000001";
const VPN = mpReach("0001 80", VPN_HOP, VPN_ROUTE);
const EVPN = mpReach("0019 46", "0a000001", MAC_ROUTE);

function bodyOf({ withdrawn = "", attributes = "", routes = "" }: Parts): Uint8Array {
  const [first, second] = [octetsOf(withdrawn), octetsOf(attributes)];
  const size = ({ length }: Uint8Array) => [length >>> 8, length & 0xff];
  return Uint8Array.from([...size(first), ...first, ...size(second), ...second, ...octetsOf(routes)]);
}

function vector(
  attribute: string,
  section: string,
  fault: string,
  parts: Parts,
  action: FaultAction,
  session: Partial<UpdateContext> = {},
): FaultVector {
  return { attribute, section, fault, body: bodyOf(parts), session, action };
}

/** An attribute in the place of a good one, or beside the good ones. */
function onRoute(attributes: string): Parts {
  return { attributes, routes: ROUTE };
}

const WITHDRAW = "treat-as-withdraw";
const DISCARD = "attribute-discard";

/** RFC 7606 sections 7.1 to 7.4, and RFC 6793 section 6. */
const PATH: readonly FaultVector[] = [
  vector("ORIGIN", "7.1", "length 0", onRoute(`40 01 00 ${AS_PATH} ${NEXT_HOP}`), WITHDRAW),
  vector("ORIGIN", "7.1", "length 2", onRoute(`40 01 02 0000 ${AS_PATH} ${NEXT_HOP}`), WITHDRAW),
  vector("ORIGIN", "7.1", "undefined value", onRoute(`40 01 01 03 ${AS_PATH} ${NEXT_HOP}`), WITHDRAW),
  vector("ORIGIN", "3 c", "optional", onRoute(`c0 01 01 00 ${AS_PATH} ${NEXT_HOP}`), WITHDRAW),
  vector("ORIGIN", "3 d", "missing", onRoute(`${AS_PATH} ${NEXT_HOP}`), WITHDRAW),
  vector("ORIGIN", "3 g", "twice", onRoute(`${BASE} ${ORIGIN}`), DISCARD),
  vector("AS_PATH", "7.2", "unknown segment type", onRoute(`${ORIGIN} 40 02 06 05 01 0000fde9 ${NEXT_HOP}`), WITHDRAW),
  vector("AS_PATH", "7.2", "segment overrun", onRoute(`${ORIGIN} 40 02 06 02 02 0000fde9 ${NEXT_HOP}`), WITHDRAW),
  vector("AS_PATH", "7.2", "one octet left", onRoute(`${ORIGIN} 40 02 07 02 01 0000fde9 02 ${NEXT_HOP}`), WITHDRAW),
  vector("AS_PATH", "7.2", "empty segment", onRoute(`${ORIGIN} 40 02 02 02 00 ${NEXT_HOP}`), WITHDRAW),
  vector("AS_PATH", "RFC 5065 5", "confederation", onRoute(`${ORIGIN} 40 02 06 03 01 0000fde9 ${NEXT_HOP}`), WITHDRAW),
  vector("AS_PATH", "RFC 7607 2", "AS 0", onRoute(`${ORIGIN} 40 02 06 02 01 00000000 ${NEXT_HOP}`), WITHDRAW),
  vector("AS_PATH", "4", "length 0", onRoute(`${ORIGIN} 40 02 00 ${NEXT_HOP}`), "applied"),
  vector("AS_PATH", "3 c", "not transitive", onRoute(`${ORIGIN} 00 02 06 02 01 0000fde9 ${NEXT_HOP}`), WITHDRAW),
  vector("AS_PATH", "3 d", "missing", onRoute(`${ORIGIN} ${NEXT_HOP}`), WITHDRAW),
  vector("AS_PATH", "7.2", "other AS first", onRoute(BASE), WITHDRAW, { external: true, firstAs: 65002 }),
  vector("AS_PATH", "7.2", "peer's AS first", onRoute(BASE), "applied", { external: true, firstAs: 65001 }),
  vector("AS_PATH", "7.2", "empty, of an external peer", onRoute(`${ORIGIN} 40 02 00 ${NEXT_HOP}`), WITHDRAW, {
    external: true,
    firstAs: 65001,
  }),
  vector("NEXT_HOP", "7.3", "length 5", onRoute(`${ORIGIN} ${AS_PATH} 40 03 05 0a00000100`), WITHDRAW),
  vector("NEXT_HOP", "3 e", "no router's address", onRoute(`${ORIGIN} ${AS_PATH} 40 03 04 e0000001`), WITHDRAW),
  vector("NEXT_HOP", "3 d", "missing", onRoute(`${ORIGIN} ${AS_PATH}`), WITHDRAW),
  vector(
    "NEXT_HOP",
    "RFC 4760 3",
    "broken beside MP_REACH_NLRI",
    { attributes: `${VPN} ${ORIGIN} ${AS_PATH} 40 03 01 00` },
    "applied",
  ),
  vector("MULTI_EXIT_DISC", "7.4", "length 3", onRoute(`${BASE} 80 04 03 000000`), WITHDRAW),
  vector("MULTI_EXIT_DISC", "3 c", "transitive", onRoute(`${BASE} c0 04 04 00000000`), WITHDRAW),
  vector(
    "AS4_PATH",
    "RFC 6793 6",
    "length 5",
    onRoute(`${ORIGIN} 40 02 04 02 01 fde9 ${NEXT_HOP} c0 11 05 0201000000`),
    DISCARD,
    TWO_OCTETS,
  ),
  vector("AS4_PATH", "RFC 6793 6", "on a four-octet session", onRoute(`${BASE} c0 11 06 02 01 0000fde9`), DISCARD),
  vector(
    "AS4_AGGREGATOR",
    "RFC 6793 6",
    "length 6",
    onRoute(`${ORIGIN} 40 02 04 02 01 fde9 ${NEXT_HOP} c0 12 06 fde90a000001`),
    DISCARD,
    TWO_OCTETS,
  ),
];

/** RFC 7606 sections 7.5 to 7.10, 7.14, 7.15, and what later RFCs say of theirs. */
const DESCRIPTIVE: readonly FaultVector[] = [
  vector("LOCAL_PREF", "7.5", "length 5", onRoute(`${BASE} 40 05 05 0000000000`), WITHDRAW),
  vector("LOCAL_PREF", "7.5", "of an external peer", onRoute(`${BASE} 40 05 04 00000064`), DISCARD, EXTERNAL),
  vector("LOCAL_PREF", "7.5", "broken, of an external peer", onRoute(`${BASE} 40 05 01 00`), DISCARD, EXTERNAL),
  vector("ATOMIC_AGGREGATE", "7.6", "length 1", onRoute(`${BASE} 40 06 01 00`), DISCARD),
  vector("AGGREGATOR", "7.7", "length 6 with four-octet AS", onRoute(`${BASE} c0 07 06 fde90a000001`), DISCARD),
  vector(
    "AGGREGATOR",
    "7.7",
    "length 8 without",
    onRoute(`${ORIGIN} 40 02 00 ${NEXT_HOP} c0 07 08 0000fde90a000001`),
    DISCARD,
    TWO_OCTETS,
  ),
  vector("AGGREGATOR", "RFC 7607 2", "AS 0", onRoute(`${BASE} c0 07 08 000000000a000001`), DISCARD),
  vector("COMMUNITIES", "7.8", "length 5", onRoute(`${BASE} c0 08 05 0000000000`), WITHDRAW),
  vector("COMMUNITIES", "7.8", "length 0", onRoute(`${BASE} c0 08 00`), WITHDRAW),
  vector("COMMUNITIES", "3 c", "not transitive", onRoute(`${BASE} 80 08 04 00000000`), WITHDRAW),
  vector("COMMUNITIES", "3 g", "twice, the second broken", onRoute(`${BASE} c0 08 04 00000001 c0 08 01 00`), DISCARD),
  vector("ORIGINATOR_ID", "7.9", "length 3", onRoute(`${BASE} 80 09 03 000000`), WITHDRAW),
  vector("ORIGINATOR_ID", "7.9", "of an external peer", onRoute(`${BASE} 80 09 03 000000`), DISCARD, EXTERNAL),
  vector("CLUSTER_LIST", "7.10", "length 6", onRoute(`${BASE} 80 0a 06 000000000000`), WITHDRAW),
  vector("CLUSTER_LIST", "7.10", "length 0", onRoute(`${BASE} 80 0a 00`), WITHDRAW),
  vector("CLUSTER_LIST", "7.10", "of an external peer", onRoute(`${BASE} 80 0a 00`), DISCARD, EXTERNAL),
  vector("EXTENDED_COMMUNITIES", "7.14", "length 9", onRoute(`${BASE} c0 10 09 000000000000000000`), WITHDRAW),
  vector("EXTENDED_COMMUNITIES", "7.14", "length 0", onRoute(`${BASE} c0 10 00`), WITHDRAW),
  vector("EXTENDED_COMMUNITIES", "7.14", "unknown type", onRoute(`${BASE} c0 10 08 ffffffffffffffff`), "applied"),
  vector("IPV6_EXTENDED_COMMUNITIES", "7.15", "length 16", onRoute(`${BASE} c0 19 10 ${"00".repeat(16)}`), WITHDRAW),
  vector(
    "IPV6_EXTENDED_COMMUNITIES",
    "7.15",
    "unknown type",
    onRoute(`${BASE} c0 19 14 ${"ff".repeat(20)}`),
    "applied",
  ),
  vector("PMSI_TUNNEL", "RFC 6514 5", "length 4", onRoute(`${BASE} c0 16 04 00060000`), WITHDRAW),
  vector(
    "PMSI_TUNNEL",
    "RFC 6514 5",
    "identifier that cannot be read",
    onRoute(`${BASE} c0 16 08 00 06 000000 0a0000`),
    WITHDRAW,
  ),
  vector("PMSI_TUNNEL", "RFC 6514 5", "unknown tunnel type", onRoute(`${BASE} c0 16 05 00 c8 000000`), "applied"),
  vector("LARGE_COMMUNITY", "RFC 8092 5", "length 8", onRoute(`${BASE} c0 20 08 0000000000000000`), WITHDRAW),
  vector("LARGE_COMMUNITY", "RFC 8092 5", "length 0", onRoute(`${BASE} c0 20 00`), WITHDRAW),
  vector("ONLY_TO_CUSTOMER", "RFC 9234 5", "length 2", onRoute(`${BASE} c0 23 02 fde9`), WITHDRAW),
  vector("OriginVnPath", "OpenContrail", "length 4", onRoute(`${BASE} c0 f3 04 8071fc00`), WITHDRAW),
  vector("unknown", "RFC 4271 6.3", "well-known", onRoute(`${BASE} 40 c8 01 00`), "session-reset"),
  vector("unknown", "RFC 4271 9", "optional, transitive or not", onRoute(`${BASE} c0 c8 01 00 80 c9 01 00`), "applied"),
  vector("unknown", "3 g", "twice", onRoute(`${BASE} c0 c8 01 00 c0 c8 01 01`), DISCARD),
];

/** RFC 7606 sections 3 b, 3 h, 4 and 5.2: the list as a whole. */
const LIST: readonly FaultVector[] = [
  vector("any", "3 b", "withdrawn routes beyond the message", {}, "session-reset"),
  vector("any", "4", "longer than the list", onRoute(`${BASE} c0 08 20 00000000`), WITHDRAW),
  vector("any", "4", "two octets left", onRoute(`${BASE} c0 08`), WITHDRAW),
  vector("any", "4", "three octets left with extended length", onRoute(`${BASE} d0 08 00`), WITHDRAW),
  vector("any", "3 h", "discard beside withdraw", onRoute(`${BASE} 40 06 01 00 c0 08 00`), WITHDRAW),
  vector("any", "3 h", "withdraw beside reset", onRoute(`${BASE} c0 08 00 40 c8 01 00`), "session-reset"),
  vector("any", "5.2", "broken without a route", { attributes: "40 01 01 03" }, "session-reset"),
  vector("any", "5.2", "broken beside withdrawn routes", { withdrawn: ROUTE, attributes: "c0 08 00" }, "session-reset"),
  vector(
    "any",
    "5.2",
    "broken beside an MP_REACH_NLRI without routes",
    { attributes: `${mpReach("0001 80", VPN_HOP, "")} ${AS_PATH} 40 01 01 03` },
    "session-reset",
  ),
  vector("any", "5.2", "discarded without a route", { attributes: "40 06 01 00" }, DISCARD),
];

/** RFC 7606 sections 5.3, 5.4, 7.11, 7.12 and 3 j: routes. */
const ROUTES: readonly FaultVector[] = [
  vector("NLRI", "5.3", "33 bits", { attributes: BASE, routes: "21 0a01010101" }, "session-reset"),
  vector("NLRI", "5.3", "cut", { attributes: BASE, routes: "18 0a01" }, "session-reset"),
  vector("withdrawn routes", "3 i", "33 bits", { withdrawn: "21 0a01010101" }, "session-reset"),
  vector("MP_REACH_NLRI", "3 g", "twice", { attributes: `${VPN} ${VPN} ${ORIGIN} ${AS_PATH}` }, "session-reset"),
  vector(
    "MP_REACH_NLRI",
    "5.3",
    "length 4",
    { attributes: `80 0e 04 00018000 ${ORIGIN} ${AS_PATH}` },
    "session-reset",
    SPARING,
  ),
  vector(
    "MP_REACH_NLRI",
    "5.3",
    "transitive",
    { attributes: `${mpReach("0001 80", VPN_HOP, VPN_ROUTE, "d0")} ${ORIGIN} ${AS_PATH}` },
    "session-reset",
  ),
  vector(
    "MP_REACH_NLRI",
    "7.11",
    "next hop of another length",
    { attributes: `${mpReach("0001 80", "0a000001", VPN_ROUTE)} ${ORIGIN} ${AS_PATH}` },
    "session-reset",
  ),
  vector(
    "MP_REACH_NLRI",
    "7.11",
    "the same, family given up",
    { attributes: `${mpReach("0001 80", "0a000001", VPN_ROUTE)} ${ORIGIN} ${AS_PATH}` },
    "disable-family",
    SPARING,
  ),
  vector(
    "MP_REACH_NLRI",
    "7.11",
    "the same, of the only family",
    { attributes: `${mpReach("0001 80", "0a000001", VPN_ROUTE)} ${ORIGIN} ${AS_PATH}` },
    "session-reset",
    { ...SPARING, families: ["inet-vpn"] },
  ),
  vector(
    "MP_REACH_NLRI",
    "7.11",
    "IPv6 next hop of IPv4 routes, not agreed on",
    { attributes: `${mpReach("0001 01", "20010db8000000000000000000000001", ROUTE)} ${ORIGIN} ${AS_PATH}` },
    "disable-family",
    SPARING,
  ),
  vector(
    "MP_REACH_NLRI",
    "RFC 8950 4",
    "the same, agreed on",
    { attributes: `${mpReach("0001 01", "20010db8000000000000000000000001", ROUTE)} ${ORIGIN} ${AS_PATH}` },
    "applied",
    { extendedNextHop: ["inet"] },
  ),
  vector(
    "MP_REACH_NLRI",
    "5.3",
    "IPv6 prefix of 129 bits",
    {
      attributes: `${mpReach("0002 01", "20010db8000000000000000000000001", `81 ${"00".repeat(17)}`)} ${ORIGIN} ${AS_PATH}`,
    },
    "disable-family",
    SPARING,
  ),
  vector(
    "MP_REACH_NLRI",
    "5.3",
    "VPN route cut",
    { attributes: `${mpReach("0001 80", VPN_HOP, VPN_ROUTE.replace("70", "78"))} ${ORIGIN} ${AS_PATH}` },
    "disable-family",
    SPARING,
  ),
  vector(
    "MP_REACH_NLRI",
    "5.3",
    "EVPN route of a wrong length",
    { attributes: `${mpReach("0019 46", "0a000001", MAC_ROUTE.replace("02 21", "02 20"))} ${ORIGIN} ${AS_PATH}` },
    "disable-family",
    SPARING,
  ),
  vector(
    "MP_REACH_NLRI",
    "5.4",
    "EVPN route of an unknown type",
    { attributes: `${mpReach("0019 46", "0a000001", `0b 03 010203 ${MAC_ROUTE}`)} ${ORIGIN} ${AS_PATH}` },
    DISCARD,
  ),
  vector(
    "MP_REACH_NLRI",
    "RFC 4760 6",
    "family that was not agreed on",
    { attributes: `${EVPN} ${ORIGIN} ${AS_PATH}` },
    "applied",
    { families: ["inet"] },
  ),
  vector("MP_REACH_NLRI", "3 d", "without ORIGIN", { attributes: `${VPN} ${AS_PATH}` }, WITHDRAW),
  vector(
    "MP_REACH_NLRI",
    "RFC 4271 6.3",
    "next hop of no router",
    { attributes: `${mpReach("0019 46", "7f000001", MAC_ROUTE)} ${ORIGIN} ${AS_PATH}` },
    WITHDRAW,
  ),
  vector(
    "MP_REACH_NLRI",
    "RFC 7911 3",
    "path identifier cut",
    { attributes: `${mpReach("0001 80", VPN_HOP, "000000")} ${ORIGIN} ${AS_PATH}` },
    "disable-family",
    { ...SPARING, addPathReceive: ["inet-vpn"] },
  ),
  vector("MP_UNREACH_NLRI", "5.3", "length 2", { attributes: "80 0f 02 0001" }, "session-reset", SPARING),
  vector(
    "MP_UNREACH_NLRI",
    "3 g",
    "twice",
    { attributes: `${mpUnreach("0001 80", VPN_ROUTE)} ${mpUnreach("0001 80", VPN_ROUTE)}` },
    "session-reset",
  ),
  vector(
    "MP_UNREACH_NLRI",
    "5.3",
    "transitive",
    { attributes: mpUnreach("0001 80", VPN_ROUTE, "d0") },
    "session-reset",
  ),
  vector(
    "MP_UNREACH_NLRI",
    "5.3",
    "membership of 16 bits",
    { attributes: mpUnreach("0001 84", "10 0001") },
    "disable-family",
    SPARING,
  ),
  vector(
    "MP_UNREACH_NLRI",
    "5.4",
    "unknown EVPN types alone",
    { attributes: mpUnreach("0019 46", "0b 01 00") },
    DISCARD,
  ),
];

/** Prefix routes of EVPN that contradict themselves (RFC 9136 sections 3.1 and 3.2). */
const EVPN_PREFIXES: readonly FaultVector[] = (
  [
    ["segment and gateway", "01000000000000000000", "0a000001", "000000", "", WITHDRAW],
    ["no label and no overlay index", "00000000000000000000", "00000000", "000000", "", WITHDRAW],
    ["router's MAC of a group", "00000000000000000000", "00000000", "001388", "c0 10 08 0603 01005e000001", WITHDRAW],
    ["router's MAC of zero", "00000000000000000000", "00000000", "001388", "c0 10 08 0603 000000000000", WITHDRAW],
    ["no label, router's MAC", "00000000000000000000", "00000000", "000000", "c0 10 08 0603 020000000001", "applied"],
    ["label alone", "00000000000000000000", "00000000", "001388", "", "applied"],
    ["segment alone", "01000000000000000000", "00000000", "000000", "", "applied"],
    ["gateway alone", "00000000000000000000", "0a000001", "000000", "", "applied"],
  ] as const
).map(([fault, segment, gateway, label, communities, action]) => {
  const route = `05 22 ${RD} ${segment} 00000000 18 0a090900 ${gateway} ${label}`;
  const attributes = `${mpReach("0019 46", "0a000001", route)} ${ORIGIN} ${AS_PATH} ${communities}`;
  return vector("EVPN type 5", "RFC 9136 3.2", fault, { attributes }, action);
});

/** Every case; sections are those of RFC 7606 unless they name another source. */
export const FAULT_VECTORS: readonly FaultVector[] = [
  ...PATH,
  ...DESCRIPTIVE,
  ...LIST.map((each) => (each.section === "3 b" ? { ...each, body: octetsOf("0005 18 0a01 0000") } : each)),
  ...ROUTES,
  ...EVPN_PREFIXES,
];
