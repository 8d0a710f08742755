import * as attributeType from "../attributes/attribute-type.ts";
import { type RouteWriter, routeWriter } from "../families/family-routes.ts";
import { type NextHopForm, nextHopBytes, writeNextHop } from "../families/next-hop.ts";
import { type FamilyName, familyCode, familyCodec } from "../family.ts";
import { HEADER_BYTES, UPDATE, writeHeader } from "../message/header.ts";
import { writeUint16, writeUint32 } from "../octets.ts";
import type { Reach, Unreach } from "./update.ts";

/** Encoded UPDATEs, or the word that not even one route fits beside attributes of this size. */
export type EncodedReach =
  | { readonly kind: "encoded"; readonly messages: readonly Uint8Array[] }
  | { readonly kind: "too-large"; readonly attributeBytes: number };

/** Octets of an UPDATE with nothing in it: header and two lengths. */
const EMPTY_UPDATE_BYTES = HEADER_BYTES + 4;
const NEXT_HOP_BYTES = 7;
/** Head of an MP attribute with extended length. */
const MP_HEAD_BYTES = 4;
/** AFI, SAFI, length of the next hop, and the reserved octet behind it. */
const MP_FIXED_BYTES = 5;

/**
 * The UPDATEs that announce routes, as few as hold them, in the order given. `attributeBytes` comes from
 * encodeAttributes (or from a received UPDATE of a session with AS numbers of the same width).
 */
export function encodeReach(reach: Reach, attributeBytes: Uint8Array, maxMessageBytes: number): EncodedReach {
  const writer = routeWriter(reach, false);
  const form = familyCodec(reach.family).nextHop;
  // IPv4 routes stand behind the attributes, unless their next hop is an IPv6 address (RFC 8950 section 3).
  const classic = reach.family === "inet" && typeof reach.nextHop === "number";
  const headBytes = classic ? NEXT_HOP_BYTES : MP_HEAD_BYTES + MP_FIXED_BYTES + nextHopBytes(form, reach.nextHop);
  const fixedBytes = EMPTY_UPDATE_BYTES + headBytes + attributeBytes.length;
  const messages: Uint8Array[] = [];
  for (let index = 0; index < writer.count; ) {
    const { next, routeBytes } = fit(writer, index, maxMessageBytes - fixedBytes);
    if (next === index) return { kind: "too-large", attributeBytes: attributeBytes.length };
    const message = startUpdate(fixedBytes + routeBytes);
    if (classic) writeInetReach(message, Number(reach.nextHop), attributeBytes, writer, index, next);
    else writeMpReach(message, reach, form, attributeBytes, routeBytes, writer, index, next);
    messages.push(message);
    index = next;
  }
  return { kind: "encoded", messages };
}

/** The UPDATEs that withdraw routes, as few as hold them; labels are not needed (RFC 8277 section 2.4). */
export function encodeUnreach(unreach: Unreach, maxMessageBytes: number): readonly Uint8Array[] {
  const writer = routeWriter(unreach, true);
  const inet = unreach.family === "inet";
  const fixedBytes = EMPTY_UPDATE_BYTES + (inet ? 0 : MP_HEAD_BYTES + 3);
  const messages: Uint8Array[] = [];
  for (let index = 0; index < writer.count; ) {
    const { next, routeBytes } = fit(writer, index, maxMessageBytes - fixedBytes);
    const message = startUpdate(fixedBytes + routeBytes);
    if (inet) {
      writeUint16(message, HEADER_BYTES, routeBytes);
      writeRoutes(message, HEADER_BYTES + 2, writer, index, next);
    } else {
      const routesAt = writeMpUnreachHead(message, unreach.family, routeBytes);
      writeRoutes(message, routesAt, writer, index, next);
    }
    messages.push(message);
    index = next;
  }
  return messages;
}

/** End-of-RIB of a family (RFC 4724 section 2). */
export function encodeEndOfRib(family: FamilyName): Uint8Array {
  if (family === "inet") return startUpdate(EMPTY_UPDATE_BYTES);
  const message = startUpdate(EMPTY_UPDATE_BYTES + MP_HEAD_BYTES + 3);
  writeMpUnreachHead(message, family, 0);
  return message;
}

/** How many routes from an index on fit into so many octets. */
function fit(writer: RouteWriter, index: number, budgetBytes: number): { next: number; routeBytes: number } {
  let next = index;
  let routeBytes = 0;
  while (next < writer.count) {
    const more = writer.encodedBytes(next);
    if (routeBytes + more > budgetBytes) break;
    routeBytes += more;
    next++;
  }
  return { next, routeBytes };
}

function startUpdate(lengthBytes: number): Uint8Array {
  const message = new Uint8Array(lengthBytes);
  writeHeader(message, lengthBytes, UPDATE);
  return message;
}

function writeInetReach(
  message: Uint8Array,
  nextHop: number,
  attributeBytes: Uint8Array,
  writer: RouteWriter,
  index: number,
  next: number,
): void {
  // RFC 4271 section 5: attributes go in ascending order of type, so NEXT_HOP stands behind ORIGIN and AS_PATH.
  const split = endOfTypesBelow(attributeBytes, attributeType.NEXT_HOP);
  let offset = writeUint16(message, HEADER_BYTES + 2, attributeBytes.length + NEXT_HOP_BYTES);
  message.set(attributeBytes.subarray(0, split), offset);
  offset += split;
  message[offset] = attributeType.FLAG_TRANSITIVE;
  message[offset + 1] = attributeType.NEXT_HOP;
  message[offset + 2] = 4;
  offset = writeUint32(message, offset + 3, nextHop);
  message.set(attributeBytes.subarray(split), offset);
  writeRoutes(message, offset + attributeBytes.length - split, writer, index, next);
}

function writeMpReach(
  message: Uint8Array,
  reach: Reach,
  form: NextHopForm,
  attributeBytes: Uint8Array,
  routeBytes: number,
  writer: RouteWriter,
  index: number,
  next: number,
): void {
  const { afi, safi } = familyCode(reach.family);
  const hopBytes = nextHopBytes(form, reach.nextHop);
  const valueBytes = MP_FIXED_BYTES + hopBytes + routeBytes;
  let offset = writeUint16(message, HEADER_BYTES + 2, MP_HEAD_BYTES + valueBytes + attributeBytes.length);
  // RFC 7606 section 5.1: MP_REACH_NLRI goes first, so that a receiver finds the routes whatever else is broken.
  offset = writeMpHead(message, offset, attributeType.MP_REACH_NLRI, valueBytes);
  offset = writeUint16(message, offset, afi);
  message[offset] = safi;
  message[offset + 1] = hopBytes;
  offset = writeNextHop(form, message, offset + 2, reach.nextHop);
  offset = writeRoutes(message, offset + 1, writer, index, next);
  message.set(attributeBytes, offset);
}

/** Returns the offset of the routes. */
function writeMpUnreachHead(message: Uint8Array, family: FamilyName, routeBytes: number): number {
  const { afi, safi } = familyCode(family);
  let offset = writeUint16(message, HEADER_BYTES + 2, MP_HEAD_BYTES + 3 + routeBytes);
  offset = writeMpHead(message, offset, attributeType.MP_UNREACH_NLRI, 3 + routeBytes);
  offset = writeUint16(message, offset, afi);
  message[offset] = safi;
  return offset + 1;
}

function writeMpHead(message: Uint8Array, offset: number, type: number, valueBytes: number): number {
  message[offset] = attributeType.FLAG_OPTIONAL | attributeType.FLAG_EXTENDED_LENGTH;
  message[offset + 1] = type;
  return writeUint16(message, offset + 2, valueBytes);
}

function writeRoutes(message: Uint8Array, start: number, writer: RouteWriter, index: number, next: number): number {
  let offset = start;
  for (let route = index; route < next; route++) offset = writer.write(route, message, offset);
  return offset;
}

/** The offset behind the leading attributes whose type is below the given one. */
function endOfTypesBelow(attributeBytes: Uint8Array, type: number): number {
  let offset = 0;
  while (offset < attributeBytes.length && (attributeBytes[offset + 1] ?? 0) < type) {
    const extended = ((attributeBytes[offset] ?? 0) & attributeType.FLAG_EXTENDED_LENGTH) !== 0;
    const lengthBytes = extended
      ? ((attributeBytes[offset + 2] ?? 0) << 8) | (attributeBytes[offset + 3] ?? 0)
      : (attributeBytes[offset + 2] ?? 0);
    offset += (extended ? 4 : 3) + lengthBytes;
  }
  return offset;
}
