import {
  readUint16,
  readUint32,
  readUint64,
  readUint128,
  writeUint16,
  writeUint32,
  writeUint64,
  writeUint128,
} from "../octets.ts";
import type { AttributeCodec } from "./attribute-codec.ts";
import type { AttributeDraft } from "./attribute-draft.ts";
import * as attributeType from "./attribute-type.ts";
import type { Ipv6ExtendedCommunity, LargeCommunity, PathAttributes } from "./path-attributes.ts";

/** How one item of a list stands on the wire, always in as many octets. */
interface Item<Value> {
  readonly bytes: number;
  read(bytes: Uint8Array, offset: number): Value;
  write(bytes: Uint8Array, offset: number, value: Value): void;
}

const UINT32: Item<number> = { bytes: 4, read: readUint32, write: writeUint32 };
const UINT64: Item<bigint> = { bytes: 8, read: readUint64, write: writeUint64 };

/** | global administrator (32) | local data 1 (32) | local data 2 (32) |, RFC 8092 section 3. */
const LARGE: Item<LargeCommunity> = {
  bytes: 12,
  read: (bytes, offset) => ({
    globalAdministrator: readUint32(bytes, offset),
    localData1: readUint32(bytes, offset + 4),
    localData2: readUint32(bytes, offset + 8),
  }),
  write(bytes, offset, { globalAdministrator, localData1, localData2 }) {
    writeUint32(bytes, writeUint32(bytes, writeUint32(bytes, offset, globalAdministrator), localData1), localData2);
  },
};

/** | type (8) | subtype (8) | IPv6 address (128) | local administrator (16) |, RFC 5701 section 2. */
const INET6_EXTENDED: Item<Ipv6ExtendedCommunity> = {
  bytes: 20,
  read: (bytes, offset) => ({
    kind: readUint16(bytes, offset),
    address: readUint128(bytes, offset + 2),
    localAdministrator: readUint16(bytes, offset + 18),
  }),
  write(bytes, offset, { kind, address, localAdministrator }) {
    writeUint16(bytes, writeUint128(bytes, writeUint16(bytes, offset, kind), address), localAdministrator);
  },
};

/** A list that is neither empty nor cut; anything else is malformed, and the routes go. */
function listAttribute<Value>(options: {
  readonly type: number;
  readonly flags: number;
  readonly item: Item<Value>;
  readonly set: (draft: AttributeDraft, values: Value[]) => void;
  readonly get: (attributes: PathAttributes) => readonly Value[] | undefined;
  /** From an external peer it is left out, whatever it says. */
  readonly internalOnly?: boolean;
}): AttributeCodec {
  const { type, flags, item, set, get, internalOnly = false } = options;
  return {
    type,
    flags,
    decode(bytes, start, end, draft, { external }) {
      if (internalOnly && external) return "discard";
      if (end === start || (end - start) % item.bytes !== 0) return "withdraw";
      const values: Value[] = [];
      for (let offset = start; offset < end; offset += item.bytes) values.push(item.read(bytes, offset));
      set(draft, values);
      return undefined;
    },
    encode(attributes) {
      const values = get(attributes) ?? [];
      if (values.length === 0) return undefined;
      const bytes = new Uint8Array(values.length * item.bytes);
      for (const [index, value] of values.entries()) item.write(bytes, index * item.bytes, value);
      return bytes;
    },
  };
}

/** RFC 8092 section 3: of equal ones only one counts. */
function distinct(communities: readonly LargeCommunity[]): LargeCommunity[] {
  const keyOf = (each: LargeCommunity) => `${each.globalAdministrator}:${each.localData1}:${each.localData2}`;
  return [...new Map(communities.map((community) => [keyOf(community), community])).values()];
}

/** Attributes that are lists of items of one size. */
export const LIST_ATTRIBUTES: readonly AttributeCodec[] = [
  // RFC 1997, RFC 7606 section 7.8.
  listAttribute({
    type: attributeType.COMMUNITIES,
    flags: attributeType.OPTIONAL_TRANSITIVE,
    item: UINT32,
    set: (draft, values) => {
      draft.communities = values;
    },
    get: ({ communities }) => communities,
  }),
  // RFC 4456 section 8, RFC 7606 section 7.10.
  listAttribute({
    type: attributeType.CLUSTER_LIST,
    flags: attributeType.OPTIONAL_NON_TRANSITIVE,
    item: UINT32,
    set: (draft, values) => {
      draft.clusterList = values;
    },
    get: ({ clusterList }) => clusterList,
    internalOnly: true,
  }),
  // RFC 4360 section 2, RFC 7606 section 7.14.
  listAttribute({
    type: attributeType.EXTENDED_COMMUNITIES,
    flags: attributeType.OPTIONAL_TRANSITIVE,
    item: UINT64,
    set: (draft, values) => {
      draft.extendedCommunities = values;
    },
    get: ({ extendedCommunities }) => extendedCommunities,
  }),
  // RFC 5701 section 2, RFC 7606 section 7.15.
  listAttribute({
    type: attributeType.IPV6_EXTENDED_COMMUNITIES,
    flags: attributeType.OPTIONAL_TRANSITIVE,
    item: INET6_EXTENDED,
    set: (draft, values) => {
      draft.ipv6ExtendedCommunities = values;
    },
    get: ({ ipv6ExtendedCommunities }) => ipv6ExtendedCommunities,
  }),
  // RFC 8092 sections 3 and 5.
  listAttribute({
    type: attributeType.LARGE_COMMUNITIES,
    flags: attributeType.OPTIONAL_TRANSITIVE,
    item: LARGE,
    set: (draft, values) => {
      draft.largeCommunities = distinct(values);
    },
    get: ({ largeCommunities }) => distinct(largeCommunities),
  }),
  // OpenContrail: without it a chain's loop would not be seen, so a broken one takes the routes with it.
  listAttribute({
    type: attributeType.ORIGIN_VN_PATH,
    flags: attributeType.OPTIONAL_TRANSITIVE,
    item: UINT64,
    set: (draft, values) => {
      draft.originVnPath = values;
    },
    get: ({ originVnPath }) => originVnPath,
  }),
];
