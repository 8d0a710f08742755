import type { FamilyRoutes } from "../update/update.ts";

/** Routes as the RFC draws them: octets written by hand, field by field, and what they mean. */
export interface RouteVector {
  /** Where the picture is. */
  readonly source: string;
  /** Hexadecimal, blanks between fields. */
  readonly octets: string;
  readonly routes: FamilyRoutes;
  /** As OpenContrail writes them. */
  readonly text: readonly string[];
}

/** Distinguishers of the types 0, 1 and 2: 64512:1, 10.0.0.1:5, 4200000000:7. */
const RD0 = { octets: "0000 fc00 00000001", fields: { rdHigh: 0x0000fc00, rdLow: 1 } };
const RD1 = { octets: "0001 0a000001 0005", fields: { rdHigh: 0x00010a00, rdLow: 0x00010005 } };
const RD2 = { octets: "0002 fa56ea00 0007", fields: { rdHigh: 0x0002fa56, rdLow: 0xea000007 } };

/** One vector, or more, of every family but e-vpn, which has its own file. */
export const ROUTE_VECTORS: readonly RouteVector[] = [
  {
    source: "RFC 4271 section 4.3",
    octets: "10 0a01 18 0a0203 20 0a040506 09 0a80 00",
    routes: {
      family: "inet",
      routes: [
        { address: 0x0a010000, length: 16 },
        { address: 0x0a020300, length: 24 },
        { address: 0x0a040506, length: 32 },
        { address: 0x0a800000, length: 9 },
        { address: 0, length: 0 },
      ],
    },
    text: ["10.1.0.0/16", "10.2.3.0/24", "10.4.5.6/32", "10.128.0.0/9", "0.0.0.0/0"],
  },
  {
    source: "RFC 7911 section 3",
    octets: "00000001 10 0a01 ffffffff 10 0a01",
    routes: {
      family: "inet",
      routes: [
        { address: 0x0a010000, length: 16 },
        { address: 0x0a010000, length: 16 },
      ],
      pathIds: [1, 0xffffffff],
    },
    text: ["10.1.0.0/16", "10.1.0.0/16"],
  },
  {
    source: "RFC 2545 section 3, RFC 4760 section 5",
    octets: "20 20010db8 40 20010db800010000 80 20010db8000000000000000000000001 31 20010db8000180 00",
    routes: {
      family: "inet6",
      routes: [
        { address: 0x20010db8n << 96n, length: 32 },
        { address: 0x20010db800010000n << 64n, length: 64 },
        { address: (0x20010db8n << 96n) + 1n, length: 128 },
        { address: 0x20010db800018000n << 64n, length: 49 },
        { address: 0n, length: 0 },
      ],
    },
    text: ["2001:db8::/32", "2001:db8:1::/64", "2001:db8::1/128", "2001:db8:1:8000::/49", "::/0"],
  },
  {
    source: "RFC 4364 section 4.3.4, RFC 8277 section 2.2",
    octets: `70 000111 ${RD0.octets} 0a0101 78 fffff1 ${RD1.octets} 0a020304 58 000101 ${RD2.octets}`,
    routes: {
      family: "inet-vpn",
      routes: [
        { ...RD0.fields, address: 0x0a010100, length: 24, label: 17 },
        { ...RD1.fields, address: 0x0a020304, length: 32, label: 0xfffff },
        { ...RD2.fields, address: 0, length: 0, label: 16 },
      ],
    },
    text: ["64512:1:10.1.1.0/24", "10.0.0.1:5:10.2.3.4/32", "4200000000:7:0.0.0.0/0"],
  },
  {
    source: "RFC 7911 section 3, RFC 4364 section 4.3.4",
    octets: `00000007 70 000111 ${RD0.octets} 0a0101`,
    routes: {
      family: "inet-vpn",
      routes: [{ ...RD0.fields, address: 0x0a010100, length: 24, label: 17 }],
      pathIds: [7],
    },
    text: ["64512:1:10.1.1.0/24"],
  },
  {
    source: "RFC 4659 section 3.2",
    octets: `98 000111 ${RD1.octets} 20010db800010000 d8 000121 ${RD0.octets} 20010db8000000000000000000000001`,
    routes: {
      family: "inet6-vpn",
      routes: [
        { ...RD1.fields, address: 0x20010db800010000n << 64n, length: 64, label: 17 },
        { ...RD0.fields, address: (0x20010db8n << 96n) + 1n, length: 128, label: 18 },
      ],
    },
    text: ["10.0.0.1:5:2001:db8:1::/64", "64512:1:2001:db8::1/128"],
  },
  {
    source: "RFC 4684 section 4",
    octets: "60 0000fc00 0002fc0000000064 60 0000fc00 0602020000000001 00 20 0000fc00 30 0000fc00 0002",
    routes: {
      family: "route-target",
      routes: [
        { originAs: 64512, routeTarget: 0x0002fc0000000064n, length: 96 },
        { originAs: 64512, routeTarget: 0x0602020000000001n, length: 96 },
        { originAs: 0, routeTarget: 0n, length: 0 },
        { originAs: 64512, routeTarget: 0n, length: 32 },
        { originAs: 64512, routeTarget: 0x0002n << 48n, length: 48 },
      ],
    },
    text: [
      "64512:target:64512:100/96",
      "64512:es-import:02:00:00:00:00:01/96",
      "0:0x0000000000000000/0",
      "64512:0x0000000000000000/32",
      "64512:target:0:0/48",
    ],
  },
];
