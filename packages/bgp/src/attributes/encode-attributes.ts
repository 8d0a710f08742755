import { concatBytes, writeUint16, writeUint24, writeUint32, writeUint64 } from "../octets.ts";
import { encodeAsPath, needsFourOctets } from "./as-path.ts";
import * as attributeType from "./attribute-type.ts";
import type { Aggregator, PathAttributes, PmsiTunnel, UnknownAttribute } from "./path-attributes.ts";

/** One attribute before it has a head. */
interface AttributeValue {
  readonly type: number;
  readonly flags: number;
  readonly value: Uint8Array;
}

/**
 * The attributes as octets in ascending order of type, without next hop and routes: what encodeReach takes. They depend
 * on the session only by the width of AS numbers, so one result serves all sessions of a width.
 */
export function encodeAttributes(
  attributes: PathAttributes,
  { fourOctetAs }: { readonly fourOctetAs: boolean },
): Uint8Array {
  const values = [
    ...wellKnown(attributes, fourOctetAs ? 4 : 2),
    ...communities(attributes),
    ...(fourOctetAs ? [] : as4Attributes(attributes)),
    ...attributes.unknown.map(passedOn),
  ];
  values.sort((left, right) => left.type - right.type);
  return concatBytes(values.map(withHead));
}

function wellKnown(attributes: PathAttributes, asBytes: 2 | 4): AttributeValue[] {
  const values = [
    known(attributeType.ORIGIN, new Uint8Array([attributes.origin])),
    known(attributeType.AS_PATH, encodeAsPath(attributes.asPath, asBytes)),
  ];
  if (attributes.med !== undefined) values.push(known(attributeType.MULTI_EXIT_DISC, uint32(attributes.med)));
  if (attributes.localPreference !== undefined) {
    values.push(known(attributeType.LOCAL_PREF, uint32(attributes.localPreference)));
  }
  if (attributes.atomicAggregate === true) values.push(known(attributeType.ATOMIC_AGGREGATE, new Uint8Array(0)));
  if (attributes.aggregator !== undefined) {
    values.push(known(attributeType.AGGREGATOR, encodeAggregator(attributes.aggregator, asBytes)));
  }
  if (attributes.originatorId !== undefined) {
    values.push(known(attributeType.ORIGINATOR_ID, uint32(attributes.originatorId)));
  }
  if (attributes.clusterList.length > 0) {
    values.push(known(attributeType.CLUSTER_LIST, uint32List(attributes.clusterList)));
  }
  return values;
}

function communities(attributes: PathAttributes): AttributeValue[] {
  const values: AttributeValue[] = [];
  if (attributes.communities.length > 0) {
    values.push(known(attributeType.COMMUNITIES, uint32List(attributes.communities)));
  }
  if (attributes.extendedCommunities.length > 0) {
    const bytes = new Uint8Array(attributes.extendedCommunities.length * 8);
    let offset = 0;
    for (const community of attributes.extendedCommunities) offset = writeUint64(bytes, offset, community);
    values.push(known(attributeType.EXTENDED_COMMUNITIES, bytes));
  }
  if (attributes.pmsiTunnel !== undefined) {
    values.push(known(attributeType.PMSI_TUNNEL, encodePmsiTunnel(attributes.pmsiTunnel)));
  }
  if (attributes.largeCommunities.length > 0) {
    const numbers = attributes.largeCommunities.flatMap((community) => [
      community.globalAdministrator,
      community.localData1,
      community.localData2,
    ]);
    values.push(known(attributeType.LARGE_COMMUNITIES, uint32List(numbers)));
  }
  return values;
}

/** What a session with two-octet AS numbers needs beside AS_TRANS (RFC 6793 section 4.2.2). */
function as4Attributes({ asPath, aggregator }: PathAttributes): AttributeValue[] {
  const values: AttributeValue[] = [];
  if (needsFourOctets(asPath)) values.push(known(attributeType.AS4_PATH, encodeAsPath(asPath, 4)));
  if (aggregator !== undefined && aggregator.autonomousSystem > 0xffff) {
    values.push(known(attributeType.AS4_AGGREGATOR, encodeAggregator(aggregator, 4)));
  }
  return values;
}

/** RFC 4271 section 5: who passes on an attribute that it does not know sets the partial bit. */
function passedOn({ flags, type, value }: UnknownAttribute): AttributeValue {
  return { type, flags: flags | attributeType.FLAG_PARTIAL, value };
}

function known(type: number, value: Uint8Array): AttributeValue {
  return { type, flags: attributeType.attributeFlags(type) ?? 0, value };
}

function withHead({ type, flags, value }: AttributeValue): Uint8Array {
  const extended = value.length > 255;
  const bytes = new Uint8Array((extended ? 4 : 3) + value.length);
  const keptFlags = flags & ~attributeType.FLAG_EXTENDED_LENGTH;
  bytes[0] = extended ? keptFlags | attributeType.FLAG_EXTENDED_LENGTH : keptFlags;
  bytes[1] = type;
  if (extended) writeUint16(bytes, 2, value.length);
  else bytes[2] = value.length;
  bytes.set(value, bytes.length - value.length);
  return bytes;
}

function encodeAggregator({ autonomousSystem, address }: Aggregator, asBytes: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(asBytes + 4);
  if (asBytes === 4) writeUint32(bytes, 0, autonomousSystem);
  else writeUint16(bytes, 0, autonomousSystem > 0xffff ? attributeType.AS_TRANS : autonomousSystem);
  writeUint32(bytes, asBytes, address);
  return bytes;
}

function encodePmsiTunnel({ flags, tunnelType, label, identifier }: PmsiTunnel): Uint8Array {
  const bytes = new Uint8Array(5 + identifier.length);
  bytes[0] = flags;
  bytes[1] = tunnelType;
  writeUint24(bytes, 2, label);
  bytes.set(identifier, 5);
  return bytes;
}

function uint32(value: number): Uint8Array {
  return uint32List([value]);
}

function uint32List(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  let offset = 0;
  for (const value of values) offset = writeUint32(bytes, offset, value);
  return bytes;
}
