import { readUint16, readUint24, readUint32, writeUint16, writeUint24, writeUint32 } from "../octets.ts";
import type { Capability } from "./capability.ts";

type Known = Exclude<Capability, { readonly kind: "unknown" }>;
type OfKind<Kind extends Known["kind"]> = Extract<Known, { readonly kind: Kind }>;

/** The value of one capability: undefined where it is malformed, "unknown" where it is to be ignored. */
interface CapabilityCodec<Form extends Known> {
  readonly code: number;
  decode(value: Uint8Array): Form | Extract<Capability, { readonly kind: "unknown" }> | undefined;
  encode(capability: Form): Uint8Array;
}

const ADD_PATH = 69;
const RESTARTING = 0x8000;
const NOTIFICATIONS = 0x4000;
const RESTART_TIME = 0x0fff;
const PRESERVED = 0x80;

/**
 *    1 multiprotocol (RFC 4760 section 8)       | AFI (16) | zero (8) | SAFI (8) |
 *    2 route refresh (RFC 2918)                 empty
 *    5 extended next hop (RFC 8950 section 4)   | AFI (16) | SAFI (16) | AFI of the next hop (16) | …
 *    6 extended message (RFC 8654)              empty
 *    9 role (RFC 9234 section 4.1)              | role (8) |
 *   64 graceful restart (RFC 4724 section 3)    | R, N (RFC 8538), 00 | seconds (12) | then AFI (16), SAFI (8), F (1) 0 (7) …
 *   65 four-octet AS (RFC 6793)                 | AS (32) |
 *   69 add-path (RFC 7911 section 4)            | AFI (16) | SAFI (8) | 1 receive, 2 send, 3 both (8) | …
 *   70 enhanced route refresh (RFC 7313)        empty
 *   71 long-lived restart (RFC 9494 section 3.1)  | AFI (16) | SAFI (8) | F (1) 0 (7) | seconds (24) | …
 */
const CODECS: { readonly [Kind in Known["kind"]]: CapabilityCodec<OfKind<Kind>> } = {
  multiprotocol: {
    code: 1,
    decode(value) {
      if (value.length !== 4) return undefined;
      return { kind: "multiprotocol", afi: readUint16(value, 0), safi: value[3] ?? 0 };
    },
    encode({ afi, safi }) {
      return new Uint8Array([afi >>> 8, afi, 0, safi]);
    },
  },
  "route-refresh": empty(2, "route-refresh"),
  "extended-next-hop": {
    code: 5,
    decode(value) {
      const families = readEach(value, 6, (offset) => ({
        afi: readUint16(value, offset),
        safi: readUint16(value, offset + 2),
        nextHopAfi: readUint16(value, offset + 4),
      }));
      return families && { kind: "extended-next-hop", families };
    },
    encode: ({ families }) =>
      writeEach(families, 6, (bytes, offset, { afi, safi, nextHopAfi }) => {
        writeUint16(bytes, writeUint16(bytes, writeUint16(bytes, offset, afi), safi), nextHopAfi);
      }),
  },
  "extended-message": empty(6, "extended-message"),
  role: {
    code: 9,
    decode: (value) => (value.length === 1 ? { kind: "role", code: value[0] ?? 0 } : undefined),
    encode: ({ code }) => new Uint8Array([code]),
  },
  "graceful-restart": { code: 64, decode: decodeGracefulRestart, encode: encodeGracefulRestart },
  "four-octet-as": {
    code: 65,
    decode(value) {
      return value.length === 4 ? { kind: "four-octet-as", autonomousSystem: readUint32(value, 0) } : undefined;
    },
    encode({ autonomousSystem }) {
      const bytes = new Uint8Array(4);
      writeUint32(bytes, 0, autonomousSystem);
      return bytes;
    },
  },
  "add-path": { code: ADD_PATH, decode: decodeAddPath, encode: encodeAddPath },
  "enhanced-route-refresh": empty(70, "enhanced-route-refresh"),
  "long-lived-graceful-restart": { code: 71, decode: decodeLongLived, encode: encodeLongLived },
};

const BY_CODE: ReadonlyMap<number, CapabilityCodec<Known>> = new Map(
  Object.values<CapabilityCodec<Known>>(CODECS).map((codec) => [codec.code, codec]),
);

/** The codec of a capability code; undefined where we know none. */
export function capabilityCodec(code: number): CapabilityCodec<Known> | undefined {
  return BY_CODE.get(code);
}

/** The codec that takes capabilities of a kind, and no others. */
export function codecOfKind(kind: Known["kind"]): CapabilityCodec<Known> {
  return CODECS[kind];
}

/** A capability that says everything by being there. */
function empty<Kind extends "route-refresh" | "extended-message" | "enhanced-route-refresh">(code: number, kind: Kind) {
  return {
    code,
    decode: (value: Uint8Array) => (value.length === 0 ? { kind } : undefined),
    encode: () => new Uint8Array(0),
  };
}

function decodeGracefulRestart(value: Uint8Array): OfKind<"graceful-restart"> | undefined {
  if (value.length < 2) return undefined;
  const head = readUint16(value, 0);
  const families = readEach(value.subarray(2), 4, (offset) => readFamily(value, offset + 2));
  return (
    families && {
      kind: "graceful-restart",
      restarting: (head & RESTARTING) !== 0,
      notifications: (head & NOTIFICATIONS) !== 0,
      restartTimeSeconds: head & RESTART_TIME,
      families,
    }
  );
}

function encodeGracefulRestart(capability: OfKind<"graceful-restart">): Uint8Array {
  const flags = (capability.restarting ? RESTARTING : 0) | (capability.notifications ? NOTIFICATIONS : 0);
  const list = writeEach(capability.families, 4, writeFamily);
  const bytes = new Uint8Array(2 + list.length);
  writeUint16(bytes, 0, flags | (capability.restartTimeSeconds & RESTART_TIME));
  bytes.set(list, 2);
  return bytes;
}

function decodeAddPath(value: Uint8Array): ReturnType<CapabilityCodec<OfKind<"add-path">>["decode"]> {
  const families = readEach(value, 4, (offset) => ({
    afi: readUint16(value, offset),
    safi: value[offset + 2] ?? 0,
    mode: value[offset + 3] ?? 0,
  }));
  if (families === undefined) return undefined;
  // RFC 7911 section 4: with any other mode it is as if it had not been understood.
  if (families.some(({ mode }) => mode < 1 || mode > 3)) return { kind: "unknown", code: ADD_PATH, value };
  return {
    kind: "add-path",
    families: families.map(({ afi, safi, mode }) => ({
      afi,
      safi,
      receive: (mode & 1) !== 0,
      send: (mode & 2) !== 0,
    })),
  };
}

function encodeAddPath({ families }: OfKind<"add-path">): Uint8Array {
  return writeEach(families, 4, (bytes, offset, { afi, safi, receive, send }) => {
    writeUint16(bytes, offset, afi);
    bytes[offset + 2] = safi;
    bytes[offset + 3] = (receive ? 1 : 0) | (send ? 2 : 0);
  });
}

function decodeLongLived(value: Uint8Array): OfKind<"long-lived-graceful-restart"> | undefined {
  const families = readEach(value, 7, (offset) => ({
    ...readFamily(value, offset),
    staleTimeSeconds: readUint24(value, offset + 4),
  }));
  return families && { kind: "long-lived-graceful-restart", families };
}

function encodeLongLived({ families }: OfKind<"long-lived-graceful-restart">): Uint8Array {
  return writeEach(families, 7, (bytes, offset, family) => {
    writeFamily(bytes, offset, family);
    writeUint24(bytes, offset + 4, family.staleTimeSeconds);
  });
}

/** | AFI (16) | SAFI (8) | F (1) 0 (7) | */
function readFamily(value: Uint8Array, offset: number) {
  const preserved = ((value[offset + 3] ?? 0) & PRESERVED) !== 0;
  return { afi: readUint16(value, offset), safi: value[offset + 2] ?? 0, preserved };
}

function writeFamily(
  bytes: Uint8Array,
  offset: number,
  family: { readonly afi: number; readonly safi: number; readonly preserved: boolean },
): void {
  writeUint16(bytes, offset, family.afi);
  bytes[offset + 2] = family.safi;
  bytes[offset + 3] = family.preserved ? PRESERVED : 0;
}

/** Items of equal size; undefined where the last one is cut. */
function readEach<Item>(value: Uint8Array, itemBytes: number, read: (offset: number) => Item): Item[] | undefined {
  if (value.length % itemBytes !== 0) return undefined;
  return Array.from({ length: value.length / itemBytes }, (_, index) => read(index * itemBytes));
}

function writeEach<Item>(
  items: readonly Item[],
  itemBytes: number,
  write: (bytes: Uint8Array, offset: number, item: Item) => void,
): Uint8Array {
  const bytes = new Uint8Array(items.length * itemBytes);
  for (const [index, item] of items.entries()) write(bytes, index * itemBytes, item);
  return bytes;
}
