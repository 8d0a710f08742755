import { readUint32, writeUint32 } from "../octets.ts";
import type { AttributeCodec } from "./attribute-codec.ts";
import type { AttributeDraft } from "./attribute-draft.ts";
import * as attributeType from "./attribute-type.ts";
import type { Origin } from "./path-attributes.ts";

/** ORIGIN: one octet of 0 to 2 (RFC 4271 section 4.3 a, RFC 7606 section 7.1). */
const ORIGIN: AttributeCodec = {
  type: attributeType.ORIGIN,
  flags: attributeType.WELL_KNOWN,
  decode(bytes, start, end, draft) {
    const origin = bytes[start] ?? 0;
    if (end - start !== 1 || origin > 2) return "withdraw";
    // 0, 1 and 2 are all that is left.
    draft.origin = origin as Origin;
    return undefined;
  },
  encode: ({ origin }) => new Uint8Array([origin]),
};

/** NEXT_HOP (RFC 4271 section 4.3 c, RFC 7606 section 7.3); encodeReach writes it, as it belongs to the routes. */
const NEXT_HOP: AttributeCodec = {
  type: attributeType.NEXT_HOP,
  flags: attributeType.WELL_KNOWN,
  decode(bytes, start, end, draft) {
    if (end - start !== 4) return "withdraw";
    draft.nextHop = readUint32(bytes, start);
    return undefined;
  },
  encode: () => undefined,
};

/** ATOMIC_AGGREGATE: nothing (RFC 4271 section 4.3 f, RFC 7606 section 7.6). */
const ATOMIC_AGGREGATE: AttributeCodec = {
  type: attributeType.ATOMIC_AGGREGATE,
  flags: attributeType.WELL_KNOWN,
  decode(_, start, end, draft) {
    if (end !== start) return "discard";
    draft.atomicAggregate = true;
    return undefined;
  },
  encode: ({ atomicAggregate }) => (atomicAggregate === true ? new Uint8Array(0) : undefined),
};

/** An attribute of one number of four octets. */
function uint32Attribute(options: {
  readonly type: number;
  readonly flags: number;
  readonly field: "med" | "localPreference" | "originatorId" | "onlyToCustomer";
  /** From an external peer it is left out, whatever it says. */
  readonly internalOnly: boolean;
}): AttributeCodec {
  const { type, flags, field, internalOnly } = options;
  return {
    type,
    flags,
    decode(bytes, start, end, draft: AttributeDraft, { external }) {
      if (internalOnly && external) return "discard";
      if (end - start !== 4) return "withdraw";
      draft[field] = readUint32(bytes, start);
      return undefined;
    },
    encode(attributes) {
      const value = attributes[field];
      if (value === undefined) return undefined;
      const bytes = new Uint8Array(4);
      writeUint32(bytes, 0, value);
      return bytes;
    },
  };
}

/** Attributes of one value. */
export const SCALAR_ATTRIBUTES: readonly AttributeCodec[] = [
  ORIGIN,
  NEXT_HOP,
  ATOMIC_AGGREGATE,
  // RFC 7606 section 7.4.
  uint32Attribute({
    type: attributeType.MULTI_EXIT_DISC,
    flags: attributeType.OPTIONAL_NON_TRANSITIVE,
    field: "med",
    internalOnly: false,
  }),
  // RFC 7606 section 7.5.
  uint32Attribute({
    type: attributeType.LOCAL_PREF,
    flags: attributeType.WELL_KNOWN,
    field: "localPreference",
    internalOnly: true,
  }),
  // RFC 4456 section 8, RFC 7606 section 7.9.
  uint32Attribute({
    type: attributeType.ORIGINATOR_ID,
    flags: attributeType.OPTIONAL_NON_TRANSITIVE,
    field: "originatorId",
    internalOnly: true,
  }),
  // RFC 9234 section 5.
  uint32Attribute({
    type: attributeType.ONLY_TO_CUSTOMER,
    flags: attributeType.OPTIONAL_TRANSITIVE,
    field: "onlyToCustomer",
    internalOnly: false,
  }),
];
