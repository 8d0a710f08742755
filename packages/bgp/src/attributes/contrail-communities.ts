import {
  type ExtendedCommunity,
  extendedCommunity,
  extendedCommunityKind,
  lowOf,
  middleOf,
} from "./extended-community.ts";

/*
 * OpenContrail's own communities, of the experimental types 0x80 (AS of two octets):
 *
 *   0x8004 security group, 0x8071 origin network, 0x8084 tag, 0x8085 sub-cluster:   | AS (16) | id (32) |
 *
 * and of 0xc0, which stay inside the AS:
 *
 *   0xc000 local sequence number:   | number (32) | zero (16) |
 */
export const SECURITY_GROUP = 0x8004;
export const ORIGIN_NETWORK = 0x8071;
export const TAG = 0x8084;
export const SUB_CLUSTER = 0x8085;
export const LOCAL_SEQUENCE = 0xc000;

/** Origin network: the AS (two octets) and the network's id. */
export function originNetworkCommunity(autonomousSystem: number, networkId: number): ExtendedCommunity {
  return extendedCommunity(ORIGIN_NETWORK, autonomousSystem, networkId);
}

/** The network id of an origin network community; undefined where it is another community. */
export function originNetworkOf(community: ExtendedCommunity): number | undefined {
  return idOf(community, ORIGIN_NETWORK);
}

/** Security group: the AS (two octets) and the group's id. */
export function securityGroupCommunity(autonomousSystem: number, groupId: number): ExtendedCommunity {
  return extendedCommunity(SECURITY_GROUP, autonomousSystem, groupId);
}

/** The group id of a security group community; undefined where it is another community. */
export function securityGroupOf(community: ExtendedCommunity): number | undefined {
  return idOf(community, SECURITY_GROUP);
}

/** Tag: the AS (two octets) and the tag's id. */
export function tagCommunity(autonomousSystem: number, tagId: number): ExtendedCommunity {
  return extendedCommunity(TAG, autonomousSystem, tagId);
}

/** The tag id of a tag community; undefined where it is another community. */
export function tagOf(community: ExtendedCommunity): number | undefined {
  return idOf(community, TAG);
}

/** Sub-cluster: the AS (two octets) and the sub-cluster's id. */
export function subClusterCommunity(autonomousSystem: number, subClusterId: number): ExtendedCommunity {
  return extendedCommunity(SUB_CLUSTER, autonomousSystem, subClusterId);
}

/** A host's own number of a path: 32 bits. */
export function localSequenceCommunity(sequence: number): ExtendedCommunity {
  return extendedCommunity(LOCAL_SEQUENCE, sequence >>> 16, sequence << 16);
}

/** The number of a local sequence community; undefined where it is another community. */
export function localSequenceOf(community: ExtendedCommunity): number | undefined {
  return extendedCommunityKind(community) === LOCAL_SEQUENCE ? Number((community >> 16n) & 0xffffffffn) : undefined;
}

/** "64512:7": administrator and number of any of these. */
export function formatAsAndId(community: ExtendedCommunity): string {
  return `${middleOf(community)}:${lowOf(community)}`;
}

function idOf(community: ExtendedCommunity, kind: number): number | undefined {
  return extendedCommunityKind(community) === kind ? lowOf(community) : undefined;
}
