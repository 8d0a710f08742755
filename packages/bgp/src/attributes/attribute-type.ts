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
export const IPV6_EXTENDED_COMMUNITIES = 25;
export const LARGE_COMMUNITIES = 32;
export const ONLY_TO_CUSTOMER = 35;
/** OpenContrail's own: networks that a service chain's route has come through. */
export const ORIGIN_VN_PATH = 243;

/** Attribute flags (RFC 4271 section 4.3). */
export const FLAG_OPTIONAL = 0x80;
export const FLAG_TRANSITIVE = 0x40;
export const FLAG_PARTIAL = 0x20;
export const FLAG_EXTENDED_LENGTH = 0x10;

/** The flags that each attribute has by its type; a conflict is a fault (RFC 7606 section 3 c). */
export const CATEGORY_FLAGS = FLAG_OPTIONAL | FLAG_TRANSITIVE;

/** Stands for an AS number of four octets where only two fit (RFC 6793 section 9). */
export const AS_TRANS = 23456;

/** The optional and transitive bits of an attribute, by its category (RFC 4271 section 5). */
export const WELL_KNOWN = 0x40;
export const OPTIONAL_TRANSITIVE = 0xc0;
export const OPTIONAL_NON_TRANSITIVE = 0x80;
