import { scanAttributes } from "../attributes/attribute-scan.ts";
import { concatBytes, readUint16, writeUint16 } from "../octets.ts";

/** Where chance comes from: the same numbers give the same run. */
export interface FuzzRandom {
  /** A whole number, at least 0, less than the bound. */
  below(bound: number): number;
}

/** Octets that mean something somewhere: lengths, flags, types, borders. */
const TELLING = [
  0, 1, 2, 3, 4, 8, 12, 16, 20, 24, 32, 33, 48, 64, 70, 88, 96, 97, 112, 120, 127, 128, 132, 192, 208, 254, 255,
];
const MAX_BODY_BYTES = 4096 - 19;

/** The body with one to four things wrong: anywhere, or inside one attribute with all lengths made right again. */
export function mutate(body: Uint8Array, other: Uint8Array, isUpdate: boolean, random: FuzzRandom): Uint8Array {
  if (isUpdate && random.below(2) === 0) return mutateAttribute(body, other, random);
  let result = body;
  for (let count = 1 + random.below(4); count > 0; count--) result = mutateOctets(result, other, random);
  return result.subarray(0, MAX_BODY_BYTES);
}

/** One change of some octets: another bit, another value, fewer, more, or some of another message. */
function mutateOctets(bytes: Uint8Array, other: Uint8Array, random: FuzzRandom): Uint8Array {
  const at = random.below(bytes.length + 1);
  const count = 1 + random.below(8);
  const value = random.below(2) === 0 ? random.below(256) : (TELLING[random.below(TELLING.length)] ?? 0);
  switch (random.below(6)) {
    case 0:
      return replaceOctet(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)));
    case 1:
      return replaceOctet(bytes, at, value);
    case 2:
      return concatBytes([bytes.subarray(0, at), bytes.subarray(at + count)]);
    case 3:
      return concatBytes([bytes.subarray(0, at), new Uint8Array(count).fill(value), bytes.subarray(at)]);
    case 4:
      return concatBytes([bytes.subarray(0, at), bytes.subarray(at, at + 4 * count), bytes.subarray(at)]);
    default: {
      const from = random.below(other.length + 1);
      return concatBytes([bytes.subarray(0, at), other.subarray(from, from + 8 * count), bytes.subarray(at)]);
    }
  }
}

/** An UPDATE one of whose attributes was changed, left out, doubled, or put in from another; its lengths are right. */
function mutateAttribute(body: Uint8Array, other: Uint8Array, random: FuzzRandom): Uint8Array {
  const parts = partsOfUpdate(body);
  const others = partsOfUpdate(other)?.attributes ?? [];
  if (parts === undefined) return mutateOctets(body, other, random);
  const attributes = [...parts.attributes];
  const at = random.below(attributes.length + 1);
  const chosen = attributes[at];
  const strange = others[random.below(others.length + 1)];
  switch (random.below(5)) {
    case 0:
      attributes.splice(at, 1);
      break;
    case 1:
      if (chosen !== undefined) attributes.splice(random.below(attributes.length), 0, chosen);
      break;
    case 2:
      if (strange !== undefined) attributes.splice(at, random.below(2), strange);
      break;
    default:
      if (chosen !== undefined)
        attributes[at] = withValue(chosen, (value) => mutateOctets(value, other, random), random);
  }
  return joinUpdate(parts.withdrawn, attributes, parts.routes).subarray(0, MAX_BODY_BYTES);
}

interface UpdateParts {
  readonly withdrawn: Uint8Array;
  readonly attributes: readonly Uint8Array[];
  readonly routes: Uint8Array;
}

function partsOfUpdate(body: Uint8Array): UpdateParts | undefined {
  const withdrawnEnd = 2 + readUint16(body, 0);
  const attributesEnd = withdrawnEnd + 2 + readUint16(body, withdrawnEnd);
  if (body.length < 4 || attributesEnd > body.length) return undefined;
  const { attributes } = scanAttributes(body, withdrawnEnd + 2, attributesEnd);
  return {
    withdrawn: body.subarray(2, withdrawnEnd),
    attributes: attributes.map(({ headStart, end }) => body.subarray(headStart, end)),
    routes: body.subarray(attributesEnd),
  };
}

/** An attribute with another value and, now and then, other flags; always with extended length. */
function withValue(attribute: Uint8Array, change: (value: Uint8Array) => Uint8Array, random: FuzzRandom): Uint8Array {
  const headBytes = ((attribute[0] ?? 0) & 0x10) !== 0 ? 4 : 3;
  const value = change(attribute.subarray(headBytes));
  const flags = random.below(16) === 0 ? random.below(256) : (attribute[0] ?? 0);
  const head = new Uint8Array([flags | 0x10, attribute[1] ?? 0, 0, 0]);
  writeUint16(head, 2, value.length);
  return concatBytes([head, value]);
}

function joinUpdate(withdrawn: Uint8Array, attributes: readonly Uint8Array[], routes: Uint8Array): Uint8Array {
  const list = concatBytes(attributes);
  const body = new Uint8Array(4 + withdrawn.length + list.length + routes.length);
  writeUint16(body, 0, withdrawn.length);
  body.set(withdrawn, 2);
  writeUint16(body, 2 + withdrawn.length, list.length);
  body.set(list, 4 + withdrawn.length);
  body.set(routes, 4 + withdrawn.length + list.length);
  return body;
}

function replaceOctet(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  if (at < copy.length) copy[at] = value;
  return copy;
}
