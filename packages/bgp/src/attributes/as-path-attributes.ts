import { readUint16, readUint32, writeUint16, writeUint32 } from "../octets.ts";
import { decodeAsPath, encodeAsPath, needsFourOctets } from "./as-path.ts";
import type { AttributeCodec } from "./attribute-codec.ts";
import * as attributeType from "./attribute-type.ts";
import type { Aggregator } from "./path-attributes.ts";

/** AS_PATH (RFC 4271 section 4.3 b, RFC 7606 section 7.2). */
const AS_PATH: AttributeCodec = {
  type: attributeType.AS_PATH,
  flags: attributeType.WELL_KNOWN,
  decode(bytes, start, end, draft, { fourOctetAs }) {
    const path = decodeAsPath(bytes, start, end, fourOctetAs ? 4 : 2);
    if (path === undefined) return "withdraw";
    draft.asPath = path;
    return undefined;
  },
  encode: ({ asPath }, fourOctetAs) => encodeAsPath(asPath, fourOctetAs ? 4 : 2),
};

/** AGGREGATOR (RFC 4271 section 4.3 g, RFC 7606 section 7.7). */
const AGGREGATOR: AttributeCodec = {
  type: attributeType.AGGREGATOR,
  flags: attributeType.OPTIONAL_TRANSITIVE,
  decode(bytes, start, end, draft, { fourOctetAs }) {
    const aggregator = readAggregator(bytes, start, end, fourOctetAs ? 4 : 2);
    if (aggregator === undefined) return "discard";
    draft.aggregator = aggregator;
    return undefined;
  },
  encode: ({ aggregator }, fourOctetAs) => aggregator && encodeAggregator(aggregator, fourOctetAs ? 4 : 2),
};

/** RFC 6793 section 6: it has no business on a session with four-octet numbers, and a malformed one is discarded. */
const AS4_PATH: AttributeCodec = {
  type: attributeType.AS4_PATH,
  flags: attributeType.OPTIONAL_TRANSITIVE,
  decode(bytes, start, end, draft, { fourOctetAs }) {
    const path = fourOctetAs ? undefined : decodeAsPath(bytes, start, end, 4);
    if (path === undefined || path.length === 0) return "discard";
    draft.as4Path = path;
    return undefined;
  },
  // What a session with two-octet AS numbers needs beside AS_TRANS (RFC 6793 section 4.2.2).
  encode: ({ asPath }, fourOctetAs) => (fourOctetAs || !needsFourOctets(asPath) ? undefined : encodeAsPath(asPath, 4)),
};

/** The same for AGGREGATOR. */
const AS4_AGGREGATOR: AttributeCodec = {
  type: attributeType.AS4_AGGREGATOR,
  flags: attributeType.OPTIONAL_TRANSITIVE,
  decode(bytes, start, end, draft, { fourOctetAs }) {
    const aggregator = fourOctetAs ? undefined : readAggregator(bytes, start, end, 4);
    if (aggregator === undefined) return "discard";
    draft.as4Aggregator = aggregator;
    return undefined;
  },
  encode({ aggregator }, fourOctetAs) {
    const needed = !fourOctetAs && aggregator !== undefined && aggregator.autonomousSystem > 0xffff;
    return needed ? encodeAggregator(aggregator, 4) : undefined;
  },
};

/** Attributes that hold AS numbers, whose width depends on the session. */
export const AS_PATH_ATTRIBUTES: readonly AttributeCodec[] = [AS_PATH, AGGREGATOR, AS4_PATH, AS4_AGGREGATOR];

function readAggregator(bytes: Uint8Array, start: number, end: number, asBytes: 2 | 4): Aggregator | undefined {
  if (end - start !== asBytes + 4) return undefined;
  const autonomousSystem = asBytes === 4 ? readUint32(bytes, start) : readUint16(bytes, start);
  // RFC 7607 section 2.
  if (autonomousSystem === 0) return undefined;
  return { autonomousSystem, address: readUint32(bytes, start + asBytes) };
}

function encodeAggregator({ autonomousSystem, address }: Aggregator, asBytes: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(asBytes + 4);
  if (asBytes === 4) writeUint32(bytes, 0, autonomousSystem);
  else writeUint16(bytes, 0, autonomousSystem > 0xffff ? attributeType.AS_TRANS : autonomousSystem);
  writeUint32(bytes, asBytes, address);
  return bytes;
}
