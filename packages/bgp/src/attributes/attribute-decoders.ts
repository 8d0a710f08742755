import { readUint16, readUint24, readUint32, readUint64 } from "../octets.ts";
import { decodeAsPath } from "./as-path.ts";
import type { AttributeDraft } from "./attribute-draft.ts";
import type { RawAttribute } from "./attribute-scan.ts";
import * as attributeType from "./attribute-type.ts";
import type { Aggregator, Origin } from "./path-attributes.ts";

/** What the reading of attributes depends on. */
export interface AttributeContext {
  /** AS numbers take four octets on this session (RFC 6793). */
  readonly fourOctetAs: boolean;
  /** The peer is in another AS. */
  readonly external: boolean;
}

/** What a malformed attribute means for its UPDATE (RFC 7606 section 2). */
export type AttributeFault = "discard" | "withdraw";

/** Reads one attribute's value into the draft; undefined where it is good. */
export type AttributeDecoder = (
  bytes: Uint8Array,
  attribute: RawAttribute,
  draft: AttributeDraft,
  context: AttributeContext,
) => AttributeFault | undefined;

/** One decoder for each attribute, with the fault that RFC 7606 section 7 gives it; MP attributes are read elsewhere. */
const DECODERS: ReadonlyMap<number, AttributeDecoder> = new Map<number, AttributeDecoder>([
  [attributeType.ORIGIN, decodeOrigin],
  [attributeType.AS_PATH, decodePath],
  [attributeType.NEXT_HOP, decodeNextHop],
  [attributeType.MULTI_EXIT_DISC, decodeMed],
  [attributeType.LOCAL_PREF, decodeLocalPreference],
  [attributeType.ATOMIC_AGGREGATE, decodeAtomicAggregate],
  [attributeType.AGGREGATOR, decodeAggregator],
  [attributeType.COMMUNITIES, decodeCommunities],
  [attributeType.ORIGINATOR_ID, decodeOriginatorId],
  [attributeType.CLUSTER_LIST, decodeClusterList],
  [attributeType.EXTENDED_COMMUNITIES, decodeExtendedCommunities],
  [attributeType.AS4_PATH, decodeAs4Path],
  [attributeType.AS4_AGGREGATOR, decodeAs4Aggregator],
  [attributeType.PMSI_TUNNEL, decodePmsiTunnel],
  [attributeType.LARGE_COMMUNITIES, decodeLargeCommunities],
]);

/** The decoder of an attribute; undefined for one that the codec does not know, and for the two MP attributes. */
export function attributeDecoder(type: number): AttributeDecoder | undefined {
  return DECODERS.get(type);
}

/** True for an address that no router can be reached by: 0/8, 127/8, multicast and above. */
export function isMartianNextHop(address: number): boolean {
  const first = address >>> 24;
  return first === 0 || first === 127 || first >= 224;
}

function decodeOrigin(bytes: Uint8Array, { start, end }: RawAttribute, draft: AttributeDraft) {
  const origin = bytes[start] ?? 0;
  if (end - start !== 1 || origin > 2) return "withdraw";
  // 0, 1 and 2 are all that is left.
  draft.origin = origin as Origin;
  return undefined;
}

function decodePath(bytes: Uint8Array, { start, end }: RawAttribute, draft: AttributeDraft, context: AttributeContext) {
  const path = decodeAsPath(bytes, start, end, context.fourOctetAs ? 4 : 2);
  if (path === undefined) return "withdraw";
  draft.asPath = path;
  return undefined;
}

function decodeNextHop(bytes: Uint8Array, { start, end }: RawAttribute, draft: AttributeDraft) {
  const nextHop = readUint32(bytes, start);
  if (end - start !== 4 || isMartianNextHop(nextHop)) return "withdraw";
  draft.nextHop = nextHop;
  return undefined;
}

function decodeMed(bytes: Uint8Array, { start, end }: RawAttribute, draft: AttributeDraft) {
  if (end - start !== 4) return "withdraw";
  draft.med = readUint32(bytes, start);
  return undefined;
}

function decodeLocalPreference(
  bytes: Uint8Array,
  { start, end }: RawAttribute,
  draft: AttributeDraft,
  { external }: AttributeContext,
) {
  if (external) return "discard";
  if (end - start !== 4) return "withdraw";
  draft.localPreference = readUint32(bytes, start);
  return undefined;
}

function decodeAtomicAggregate(_: Uint8Array, { start, end }: RawAttribute, draft: AttributeDraft) {
  if (end !== start) return "discard";
  draft.atomicAggregate = true;
  return undefined;
}

function decodeAggregator(
  bytes: Uint8Array,
  { start, end }: RawAttribute,
  draft: AttributeDraft,
  { fourOctetAs }: AttributeContext,
) {
  const aggregator = readAggregator(bytes, start, end, fourOctetAs ? 4 : 2);
  if (aggregator === undefined) return "discard";
  draft.aggregator = aggregator;
  return undefined;
}

function decodeCommunities(bytes: Uint8Array, attribute: RawAttribute, draft: AttributeDraft) {
  const communities = readList(attribute, 4, (offset) => readUint32(bytes, offset));
  if (communities === undefined) return "withdraw";
  draft.communities = communities;
  return undefined;
}

function decodeOriginatorId(
  bytes: Uint8Array,
  { start, end }: RawAttribute,
  draft: AttributeDraft,
  { external }: AttributeContext,
) {
  if (external) return "discard";
  if (end - start !== 4) return "withdraw";
  draft.originatorId = readUint32(bytes, start);
  return undefined;
}

function decodeClusterList(
  bytes: Uint8Array,
  attribute: RawAttribute,
  draft: AttributeDraft,
  { external }: AttributeContext,
) {
  if (external) return "discard";
  const clusterList = readList(attribute, 4, (offset) => readUint32(bytes, offset));
  if (clusterList === undefined) return "withdraw";
  draft.clusterList = clusterList;
  return undefined;
}

function decodeExtendedCommunities(bytes: Uint8Array, attribute: RawAttribute, draft: AttributeDraft) {
  const communities = readList(attribute, 8, (offset) => readUint64(bytes, offset));
  if (communities === undefined) return "withdraw";
  draft.extendedCommunities = communities;
  return undefined;
}

/** RFC 6793 section 6: it has no business on a session with four-octet numbers, and a malformed one is discarded. */
function decodeAs4Path(
  bytes: Uint8Array,
  { start, end }: RawAttribute,
  draft: AttributeDraft,
  { fourOctetAs }: AttributeContext,
) {
  const path = fourOctetAs ? undefined : decodeAsPath(bytes, start, end, 4);
  if (path === undefined || path.length === 0) return "discard";
  draft.as4Path = path;
  return undefined;
}

function decodeAs4Aggregator(
  bytes: Uint8Array,
  { start, end }: RawAttribute,
  draft: AttributeDraft,
  { fourOctetAs }: AttributeContext,
) {
  const aggregator = fourOctetAs ? undefined : readAggregator(bytes, start, end, 4);
  if (aggregator === undefined) return "discard";
  draft.as4Aggregator = aggregator;
  return undefined;
}

/** | flags (8) | tunnel type (8) | label (24) | identifier |, RFC 6514 section 5. */
function decodePmsiTunnel(bytes: Uint8Array, { start, end }: RawAttribute, draft: AttributeDraft) {
  if (end - start < 5) return "withdraw";
  draft.pmsiTunnel = {
    flags: bytes[start] ?? 0,
    tunnelType: bytes[start + 1] ?? 0,
    label: readUint24(bytes, start + 2),
    identifier: bytes.slice(start + 5, end),
  };
  return undefined;
}

function decodeLargeCommunities(bytes: Uint8Array, attribute: RawAttribute, draft: AttributeDraft) {
  const communities = readList(attribute, 12, (offset) => ({
    globalAdministrator: readUint32(bytes, offset),
    localData1: readUint32(bytes, offset + 4),
    localData2: readUint32(bytes, offset + 8),
  }));
  if (communities === undefined) return "withdraw";
  draft.largeCommunities = communities;
  return undefined;
}

function readAggregator(bytes: Uint8Array, start: number, end: number, asBytes: 2 | 4): Aggregator | undefined {
  if (end - start !== asBytes + 4) return undefined;
  const autonomousSystem = asBytes === 4 ? readUint32(bytes, start) : readUint16(bytes, start);
  if (autonomousSystem === 0) return undefined;
  return { autonomousSystem, address: readUint32(bytes, start + asBytes) };
}

/** A list of items of equal size that is neither empty nor cut; undefined otherwise. */
function readList<Item>(
  { start, end }: RawAttribute,
  itemBytes: number,
  read: (offset: number) => Item,
): Item[] | undefined {
  if (end === start || (end - start) % itemBytes !== 0) return undefined;
  const items: Item[] = [];
  for (let offset = start; offset < end; offset += itemBytes) items.push(read(offset));
  return items;
}
