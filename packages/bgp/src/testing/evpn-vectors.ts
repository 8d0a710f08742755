import type { EvpnRoute } from "../families/e-vpn/evpn-route.ts";
import type { RouteVector } from "./route-vectors.ts";

/** 10.0.0.1:5. */
const RD = "0001 0a000001 0005";
const RD_FIELDS = { rdHigh: 0x00010a00, rdLow: 0x00010005 };
const SEGMENT = "00112233445566778899";
const SEGMENT_NUMBER = 0x00112233445566778899n;
const NO_SEGMENT = "00000000000000000000";
const MAC = "020000000001";
const INET6 = "20010db8000000000000000000000001";
const INET6_NUMBER = (0x20010db8n << 96n) + 1n;

function vector(source: string, octets: string, route: EvpnRoute, text: string): RouteVector {
  return { source, octets, routes: { family: "e-vpn", routes: [route] }, text: [text] };
}

/** MAC/IP routes in all of their lengths (RFC 7432 section 7.2). */
const MAC_IP: readonly RouteVector[] = [
  vector(
    "RFC 7432 section 7.2",
    `02 21 ${RD} ${NO_SEGMENT} 00000000 30 ${MAC} 00 001389`,
    {
      ...{ type: 2, ...RD_FIELDS, segment: 0n, ethernetTag: 0, mac: 0x020000000001 },
      ...{ ip: undefined, label: 5001, label2: undefined },
    },
    "2-10.0.0.1:5-0-02:00:00:00:00:01,0.0.0.0",
  ),
  vector(
    "RFC 7432 section 7.2, RFC 9135 section 5.1",
    `02 28 ${RD} ${SEGMENT} 00000064 30 ${MAC} 20 0a020202 001389 00138a`,
    {
      ...{ type: 2, ...RD_FIELDS, segment: SEGMENT_NUMBER, ethernetTag: 100, mac: 0x020000000001 },
      ...{ ip: 0x0a020202, label: 5001, label2: 5002 },
    },
    "2-10.0.0.1:5-100-02:00:00:00:00:01,10.2.2.2",
  ),
  vector(
    "RFC 7432 section 7.2 with an IPv6 address",
    `02 31 ${RD} ${NO_SEGMENT} 00000000 30 ${MAC} 80 ${INET6} 000111`,
    {
      ...{ type: 2, ...RD_FIELDS, segment: 0n, ethernetTag: 0, mac: 0x020000000001 },
      ...{ ip: INET6_NUMBER, label: 0x111, label2: undefined },
    },
    "2-10.0.0.1:5-0-02:00:00:00:00:01,2001:db8::1",
  ),
];

/** Prefix routes of both versions (RFC 9136 section 3.1). */
const IP_PREFIX: readonly RouteVector[] = [
  vector(
    "RFC 9136 section 3.1, figure 3",
    `05 22 ${RD} ${NO_SEGMENT} 00000000 18 0a090900 00000000 001388`,
    {
      ...{ type: 5, ...RD_FIELDS, segment: 0n, ethernetTag: 0 },
      ...{ address: 0x0a090900, length: 24, gateway: 0, label: 5000 },
    },
    "5-10.0.0.1:5-0-10.9.9.0/24",
  ),
  vector(
    "RFC 9136 section 3.1, figure 3, with a gateway",
    `05 22 ${RD} ${NO_SEGMENT} 00000000 00 00000000 0a020202 000000`,
    {
      ...{ type: 5, ...RD_FIELDS, segment: 0n, ethernetTag: 0 },
      ...{ address: 0, length: 0, gateway: 0x0a020202, label: 0 },
    },
    "5-10.0.0.1:5-0-0.0.0.0/0",
  ),
  vector(
    "RFC 9136 section 3.1, figure 4",
    `05 3a ${RD} ${NO_SEGMENT} 00000000 40 20010db8000100000000000000000000 ${"00".repeat(16)} 001388`,
    {
      ...{ type: 5, ...RD_FIELDS, segment: 0n, ethernetTag: 0 },
      ...{ address: 0x20010db800010000n << 64n, length: 64, gateway: 0n, label: 5000 },
    },
    "5-10.0.0.1:5-0-2001:db8:1::/64",
  ),
];

/** Every EVPN route type in every form. */
export const EVPN_VECTORS: readonly RouteVector[] = [
  vector(
    "RFC 7432 section 7.1",
    `01 19 ${RD} ${SEGMENT} ffffffff 000000`,
    { type: 1, ...RD_FIELDS, segment: SEGMENT_NUMBER, ethernetTag: 0xffffffff, label: 0 },
    "1-10.0.0.1:5-00:11:22:33:44:55:66:77:88:99-4294967295",
  ),
  ...MAC_IP,
  vector(
    "RFC 7432 section 7.3",
    `03 11 ${RD} 00000000 20 0a000001`,
    { type: 3, ...RD_FIELDS, ethernetTag: 0, originator: 0x0a000001 },
    "3-10.0.0.1:5-0-10.0.0.1",
  ),
  vector(
    "RFC 7432 section 7.3 with an IPv6 address",
    `03 1d ${RD} 00000007 80 ${INET6}`,
    { type: 3, ...RD_FIELDS, ethernetTag: 7, originator: INET6_NUMBER },
    "3-10.0.0.1:5-7-2001:db8::1",
  ),
  vector(
    "RFC 7432 section 7.4",
    `04 17 ${RD} ${SEGMENT} 20 0a000001`,
    { type: 4, ...RD_FIELDS, segment: SEGMENT_NUMBER, originator: 0x0a000001 },
    "4-10.0.0.1:5-00:11:22:33:44:55:66:77:88:99-10.0.0.1",
  ),
  ...IP_PREFIX,
  vector(
    "RFC 9251 section 9.1, any source",
    `06 18 ${RD} 00000000 00 20 e1010101 20 0a000001 02`,
    {
      ...{ type: 6, ...RD_FIELDS, ethernetTag: 0, source: undefined },
      ...{ group: 0xe1010101, originator: 0x0a000001, flags: 2 },
    },
    "6-10.0.0.1:5-0-*-225.1.1.1-10.0.0.1",
  ),
  vector(
    "RFC 9251 section 9.1, one source",
    `06 1c ${RD} 00000000 20 0a030303 20 e1010101 20 0a000001 04`,
    {
      ...{ type: 6, ...RD_FIELDS, ethernetTag: 0, source: 0x0a030303 },
      ...{ group: 0xe1010101, originator: 0x0a000001, flags: 4 },
    },
    "6-10.0.0.1:5-0-10.3.3.3-225.1.1.1-10.0.0.1",
  ),
];
