import {
  type ExtendedCommunity,
  extendedCommunityKind,
  extendedCommunity as join,
  lowOf,
} from "./extended-community.ts";

/*
 * EVPN extended communities, type 0x06:
 *
 *   00 MAC mobility      | sticky in bit 0 of flags (8) | zero (8) | sequence (32) |    RFC 7432 section 7.7
 *   01 ESI label         | single-active in bit 0 of flags (8) | zero (16) | label (24) |          section 7.5
 *   02 ES-Import         | MAC (48) |                                                              section 7.6
 *   03 router's MAC      | MAC (48) |                                                   RFC 9135 section 8.1
 *   05 E-Tree            | leaf in bit 0 of flags (8) | zero (16) | leaf label (24) |   RFC 8317 section 5.1
 *   09 multicast flags   | flags (16): 1 IGMP proxy, 2 MLD proxy | zero (32) |          RFC 9251 section 9.4
 */
export const MOBILITY = 0x0600;
export const ESI_LABEL = 0x0601;
export const ES_IMPORT = 0x0602;
export const ROUTERS_MAC = 0x0603;
export const E_TREE = 0x0605;
export const MULTICAST_FLAGS = 0x0609;

/** A flag in the first octet of the value, and a number in the last three. */
interface FlagAndLabel {
  readonly flag: boolean;
  /** The whole 24-bit field. */
  readonly label: number;
}

/** MAC mobility, which OpenContrail uses for addresses too: the higher sequence is the newer place. */
export function mobilityCommunity(sequence: number, sticky: boolean): ExtendedCommunity {
  return join(MOBILITY, sticky ? 0x0100 : 0, sequence);
}

/** The sequence and sticky flag of a mobility community; undefined where it is another community. */
export function mobilityOf(community: ExtendedCommunity): { sequence: number; sticky: boolean } | undefined {
  if (extendedCommunityKind(community) !== MOBILITY) return undefined;
  return { sequence: lowOf(community), sticky: firstFlag(community) };
}

/** The label of a multihomed segment; `flag` says that only one of its routers forwards. */
export function esiLabelCommunity({ flag, label }: FlagAndLabel): ExtendedCommunity {
  return join(ESI_LABEL, flag ? 0x0100 : 0, label & 0xffffff);
}

/** What esiLabelCommunity takes; undefined where it is another community. */
export function esiLabelOf(community: ExtendedCommunity): FlagAndLabel | undefined {
  return flagAndLabel(community, ESI_LABEL);
}

/** The leaf label of an E-Tree; `flag` marks the route of a leaf. */
export function eTreeCommunity({ flag, label }: FlagAndLabel): ExtendedCommunity {
  return join(E_TREE, flag ? 0x0100 : 0, label & 0xffffff);
}

/** What eTreeCommunity takes; undefined where it is another community. */
export function eTreeOf(community: ExtendedCommunity): FlagAndLabel | undefined {
  return flagAndLabel(community, E_TREE);
}

/** The route target by which routers on one segment find each other. */
export function esImportCommunity(mac: number): ExtendedCommunity {
  return (BigInt(ES_IMPORT) << 48n) | BigInt(mac);
}

/** The MAC address of an ES-Import route target; undefined where it is another community. */
export function esImportOf(community: ExtendedCommunity): number | undefined {
  return macOf(community, ES_IMPORT);
}

/** The MAC address that routed packets go to. */
export function routersMacCommunity(mac: number): ExtendedCommunity {
  return (BigInt(ROUTERS_MAC) << 48n) | BigInt(mac);
}

/** The router's MAC address; undefined where it is another community. */
export function routersMacOf(community: ExtendedCommunity): number | undefined {
  return macOf(community, ROUTERS_MAC);
}

/** Which membership protocols a router stands in for: 1 IGMP, 2 MLD, or both. */
export function multicastFlagsCommunity(flags: number): ExtendedCommunity {
  return join(MULTICAST_FLAGS, flags, 0);
}

/** The flags of a multicast flags community; undefined where it is another community. */
export function multicastFlagsOf(community: ExtendedCommunity): number | undefined {
  return extendedCommunityKind(community) === MULTICAST_FLAGS ? Number((community >> 32n) & 0xffffn) : undefined;
}

function macOf(community: ExtendedCommunity, kind: number): number | undefined {
  return extendedCommunityKind(community) === kind ? Number(community & 0xffffffffffffn) : undefined;
}

function flagAndLabel(community: ExtendedCommunity, kind: number): FlagAndLabel | undefined {
  if (extendedCommunityKind(community) !== kind) return undefined;
  return { flag: firstFlag(community), label: lowOf(community) & 0xffffff };
}

/** The lowest bit of the value's first octet. */
function firstFlag(community: ExtendedCommunity): boolean {
  return ((community >> 40n) & 1n) === 1n;
}
