import { concatBytes, writeUint16 } from "../octets.ts";
import { ATTRIBUTE_CODECS } from "./attribute-codecs.ts";
import { FLAG_EXTENDED_LENGTH, FLAG_PARTIAL } from "./attribute-type.ts";
import type { PathAttributes } from "./path-attributes.ts";

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
  const values: AttributeValue[] = [];
  for (const codec of ATTRIBUTE_CODECS) {
    const value = codec.encode(attributes, fourOctetAs);
    if (value !== undefined) values.push({ type: codec.type, flags: codec.flags, value });
  }
  if (attributes.unknown.length > 0) {
    // RFC 4271 section 5: who passes on an attribute that it does not know sets the partial bit.
    for (const { flags, type, value } of attributes.unknown) values.push({ type, flags: flags | FLAG_PARTIAL, value });
    values.sort((left, right) => left.type - right.type);
  }
  return concatBytes(values.map(withHead));
}

function withHead({ type, flags, value }: AttributeValue): Uint8Array {
  const extended = value.length > 255;
  const bytes = new Uint8Array((extended ? 4 : 3) + value.length);
  const keptFlags = flags & ~FLAG_EXTENDED_LENGTH;
  bytes[0] = extended ? keptFlags | FLAG_EXTENDED_LENGTH : keptFlags;
  bytes[1] = type;
  if (extended) writeUint16(bytes, 2, value.length);
  else bytes[2] = value.length;
  bytes.set(value, bytes.length - value.length);
  return bytes;
}
