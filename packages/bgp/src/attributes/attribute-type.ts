/** Type codes of path attributes (IANA, BGP path attributes). */
export const ORIGIN = 1;
export const AS_PATH = 2;
export const NEXT_HOP = 3;
export const MULTI_EXIT_DISC = 4;
export const LOCAL_PREF = 5;
export const ATOMIC_AGGREGATE = 6;
export const AGGREGATOR = 7;
export const COMMUNITIES = 8;
export const ORIGINATOR_ID = 9;
export const CLUSTER_LIST = 10;
export const MP_REACH_NLRI = 14;
export const MP_UNREACH_NLRI = 15;
export const EXTENDED_COMMUNITIES = 16;
export const AS4_PATH = 17;
export const AS4_AGGREGATOR = 18;
export const PMSI_TUNNEL = 22;
export const LARGE_COMMUNITIES = 32;

/** Attribute flags (RFC 4271 section 4.3). */
export const FLAG_OPTIONAL = 0x80;
export const FLAG_TRANSITIVE = 0x40;
export const FLAG_PARTIAL = 0x20;
export const FLAG_EXTENDED_LENGTH = 0x10;

/** Stands for an AS number of four octets where only two fit (RFC 6793 section 9). */
export const AS_TRANS = 23456;

const WELL_KNOWN = FLAG_TRANSITIVE;
const OPTIONAL_TRANSITIVE = FLAG_OPTIONAL | FLAG_TRANSITIVE;
const OPTIONAL_NON_TRANSITIVE = FLAG_OPTIONAL;

/** The optional and transitive bits that each known attribute must have. */
const FLAGS: ReadonlyMap<number, number> = new Map([
  [ORIGIN, WELL_KNOWN],
  [AS_PATH, WELL_KNOWN],
  [NEXT_HOP, WELL_KNOWN],
  [MULTI_EXIT_DISC, OPTIONAL_NON_TRANSITIVE],
  [LOCAL_PREF, WELL_KNOWN],
  [ATOMIC_AGGREGATE, WELL_KNOWN],
  [AGGREGATOR, OPTIONAL_TRANSITIVE],
  [COMMUNITIES, OPTIONAL_TRANSITIVE],
  [ORIGINATOR_ID, OPTIONAL_NON_TRANSITIVE],
  [CLUSTER_LIST, OPTIONAL_NON_TRANSITIVE],
  [MP_REACH_NLRI, OPTIONAL_NON_TRANSITIVE],
  [MP_UNREACH_NLRI, OPTIONAL_NON_TRANSITIVE],
  [EXTENDED_COMMUNITIES, OPTIONAL_TRANSITIVE],
  [AS4_PATH, OPTIONAL_TRANSITIVE],
  [AS4_AGGREGATOR, OPTIONAL_TRANSITIVE],
  [PMSI_TUNNEL, OPTIONAL_TRANSITIVE],
  [LARGE_COMMUNITIES, OPTIONAL_TRANSITIVE],
]);

/** The optional and transitive bits of a known attribute; undefined where the codec does not know the type. */
export function attributeFlags(type: number): number | undefined {
  return FLAGS.get(type);
}
