import type { PathAttributes } from "../attributes/path-attributes.ts";

/** What every route has, and nothing else. */
export const PLAIN: PathAttributes = {
  origin: 0,
  asPath: [],
  communities: [],
  clusterList: [],
  extendedCommunities: [],
  largeCommunities: [],
  unknown: [],
};

/** One attribute as its RFC draws it: flags, type, length, value by hand. */
export interface AttributeVector {
  readonly source: string;
  readonly octets: string;
  readonly attributes: Partial<PathAttributes>;
}

const INET6_NUMBER = (0x20010db8n << 96n) + 1n;

/** Attributes of a session with AS numbers of four octets, ORIGIN and AS_PATH apart. */
export const ATTRIBUTE_VECTORS: readonly AttributeVector[] = [
  { source: "RFC 4271 section 4.3 d, MULTI_EXIT_DISC", octets: "80 04 04 00000064", attributes: { med: 100 } },
  { source: "RFC 4271 section 4.3 e, LOCAL_PREF", octets: "40 05 04 000000c8", attributes: { localPreference: 200 } },
  { source: "RFC 4271 section 4.3 f, ATOMIC_AGGREGATE", octets: "40 06 00", attributes: { atomicAggregate: true } },
  {
    source: "RFC 4271 section 4.3 g and RFC 6793 section 3, AGGREGATOR",
    octets: "c0 07 08 fa56ea00 0a000001",
    attributes: { aggregator: { autonomousSystem: 4200000000, address: 0x0a000001 } },
  },
  {
    source: "RFC 1997, COMMUNITIES",
    octets: "c0 08 08 fc000007 ffffff01",
    attributes: { communities: [0xfc000007, 0xffffff01] },
  },
  {
    source: "RFC 4456 section 8, ORIGINATOR_ID",
    octets: "80 09 04 0a000009",
    attributes: { originatorId: 0x0a000009 },
  },
  {
    source: "RFC 4456 section 8, CLUSTER_LIST",
    octets: "80 0a 08 0a000001 0a000002",
    attributes: { clusterList: [0x0a000001, 0x0a000002] },
  },
  {
    source: "RFC 4360 section 2, EXTENDED_COMMUNITIES: route target and encapsulation",
    octets: "c0 10 10 0002 fc00 00000064 030c 00000000 000d",
    attributes: { extendedCommunities: [0x0002fc0000000064n, 0x030c00000000000dn] },
  },
  {
    source: "RFC 9574 section 4, PMSI_TUNNEL: ingress replication of a leaf",
    octets: "c0 16 09 10 06 001389 0a000001",
    attributes: {
      pmsiTunnel: { flags: 0x10, tunnelType: 6, label: 5001, identifier: Uint8Array.from([10, 0, 0, 1]) },
    },
  },
  {
    source: "RFC 6514 section 5, PMSI_TUNNEL: ingress replication",
    octets: "c0 16 09 00 06 001389 0a000001",
    attributes: {
      pmsiTunnel: { flags: 0, tunnelType: 6, label: 5001, identifier: Uint8Array.from([10, 0, 0, 1]) },
    },
  },
  {
    source: "RFC 5701 section 2, IPv6 route target",
    octets: "c0 19 14 0002 20010db8000000000000000000000001 0064",
    attributes: { ipv6ExtendedCommunities: [{ kind: 2, address: INET6_NUMBER, localAdministrator: 100 }] },
  },
  {
    source: "RFC 8092 section 3, LARGE_COMMUNITY",
    octets: "c0 20 0c fa56ea00 00000001 00000002",
    attributes: { largeCommunities: [{ globalAdministrator: 4200000000, localData1: 1, localData2: 2 }] },
  },
  {
    source: "RFC 9234 section 5, ONLY_TO_CUSTOMER",
    octets: "c0 23 04 0000fde9",
    attributes: { onlyToCustomer: 65001 },
  },
  {
    source: "OpenContrail, OriginVnPath",
    octets: "c0 f3 10 8071 fc00 00000005 8071 fc00 00000006",
    attributes: { originVnPath: [0x8071fc0000000005n, 0x8071fc0000000006n] },
  },
];
