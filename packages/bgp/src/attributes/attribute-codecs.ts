import { AS_PATH_ATTRIBUTES } from "./as-path-attributes.ts";
import type { AttributeCodec } from "./attribute-codec.ts";
import { LIST_ATTRIBUTES } from "./list-attributes.ts";
import { PMSI_TUNNEL } from "./pmsi-tunnel.ts";
import { SCALAR_ATTRIBUTES } from "./scalar-attributes.ts";

/** Every attribute that the codec reads, in ascending order of type; the two MP attributes belong to update/. */
export const ATTRIBUTE_CODECS: readonly AttributeCodec[] = [
  ...SCALAR_ATTRIBUTES,
  ...AS_PATH_ATTRIBUTES,
  ...LIST_ATTRIBUTES,
  PMSI_TUNNEL,
].sort((left, right) => left.type - right.type);

const BY_TYPE: readonly (AttributeCodec | undefined)[] = Array.from({ length: 256 }, (_, type) =>
  ATTRIBUTE_CODECS.find((codec) => codec.type === type),
);

/** The codec of an attribute; undefined for one that is not known, and for the two MP attributes. */
export function attributeCodec(type: number): AttributeCodec | undefined {
  return BY_TYPE[type];
}
