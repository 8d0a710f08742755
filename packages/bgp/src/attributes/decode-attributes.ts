import { concatBytes } from "../octets.ts";
import type { UpdateProblem } from "../update/update.ts";
import { type AttributeContext, attributeDecoder } from "./attribute-decoders.ts";
import type { AttributeDraft } from "./attribute-draft.ts";
import type { RawAttribute, ScannedAttributes } from "./attribute-scan.ts";
import * as attributeType from "./attribute-type.ts";

/** The attributes of an UPDATE, read and judged, MP_REACH_NLRI and MP_UNREACH_NLRI set aside. */
export interface DecodedAttributes {
  readonly draft: AttributeDraft;
  readonly reach: RawAttribute | undefined;
  readonly unreach: RawAttribute | undefined;
  /** True where there are attributes besides MP_UNREACH_NLRI. */
  readonly describesRoutes: boolean;
  /** A good attribute is missing now: the routes must be withdrawn (RFC 7606 section 2). */
  readonly withdraw: readonly UpdateProblem[];
  /** Attributes that were left out without harm to the routes. */
  readonly discarded: readonly UpdateProblem[];
  /** What no part of the UPDATE survives. */
  readonly fatal: FatalAttribute | undefined;
  /** The octets of the attributes that were kept, NEXT_HOP apart; made when first asked for. */
  keptBytes(): Uint8Array;
}

/** An attribute that ends the session whatever stands beside it (RFC 7606 section 3). */
export interface FatalAttribute {
  readonly kind: "duplicate-mp" | "unknown-well-known";
  readonly attribute: RawAttribute;
}

/** Reads attributes that were scanned; every value of theirs is tried before anything is decided (RFC 7606 section 3). */
export function decodeAttributes(
  bytes: Uint8Array,
  scanned: ScannedAttributes,
  context: AttributeContext,
): DecodedAttributes {
  const draft: AttributeDraft = { unknown: [] };
  const seen = new Set<number>();
  const kept: RawAttribute[] = [];
  const withdraw: UpdateProblem[] = [];
  const discarded: UpdateProblem[] = [];
  let reach: RawAttribute | undefined;
  let unreach: RawAttribute | undefined;
  let fatal: FatalAttribute | undefined;
  if (scanned.overrun) withdraw.push({ attributeType: 0, reason: "attribute longer than the list of attributes" });
  for (const attribute of scanned.attributes) {
    const { type } = attribute;
    const isMp = type === attributeType.MP_REACH_NLRI || type === attributeType.MP_UNREACH_NLRI;
    if (seen.has(type)) {
      if (isMp) fatal ??= { kind: "duplicate-mp", attribute };
      else discarded.push({ attributeType: type, reason: "attribute stands twice" });
      continue;
    }
    seen.add(type);
    if (wrongFlags(attribute)) withdraw.push({ attributeType: type, reason: "attribute flags conflict with the type" });
    if (type === attributeType.MP_REACH_NLRI) reach = attribute;
    else if (type === attributeType.MP_UNREACH_NLRI) unreach = attribute;
    else {
      const fault = decodeOne(bytes, attribute, draft, context);
      if (fault === "unknown-well-known") fatal ??= { kind: fault, attribute };
      else if (fault === "withdraw") withdraw.push({ attributeType: type, reason: "attribute is malformed" });
      else if (fault === "discard")
        discarded.push({ attributeType: type, reason: "attribute is malformed or unwanted" });
      else if (fault === undefined && type !== attributeType.NEXT_HOP) kept.push(attribute);
    }
  }
  const describesRoutes = scanned.overrun || seen.size > (unreach === undefined ? 0 : 1);
  const keptBytes = () => joinAttributes(bytes, kept);
  return { draft, reach, unreach, describesRoutes, withdraw, discarded, fatal, keptBytes };
}

function decodeOne(
  bytes: Uint8Array,
  attribute: RawAttribute,
  draft: AttributeDraft,
  context: AttributeContext,
): "withdraw" | "discard" | "unknown-well-known" | "leave-out" | undefined {
  const decoder = attributeDecoder(attribute.type);
  if (decoder !== undefined) return decoder(bytes, attribute, draft, context);
  if ((attribute.flags & attributeType.FLAG_OPTIONAL) === 0) return "unknown-well-known";
  // RFC 4271 section 5: an unknown attribute that is not transitive is ignored without a word.
  if ((attribute.flags & attributeType.FLAG_TRANSITIVE) === 0) return "leave-out";
  const value = bytes.slice(attribute.start, attribute.end);
  draft.unknown.push({ flags: attribute.flags & ~attributeType.FLAG_EXTENDED_LENGTH, type: attribute.type, value });
  return undefined;
}

function wrongFlags({ flags, type }: RawAttribute): boolean {
  const expected = attributeType.attributeFlags(type);
  const mask = attributeType.FLAG_OPTIONAL | attributeType.FLAG_TRANSITIVE;
  return expected !== undefined && (flags & mask) !== expected;
}

function joinAttributes(bytes: Uint8Array, attributes: readonly RawAttribute[]): Uint8Array {
  return concatBytes(attributes.map(({ headStart, end }) => bytes.subarray(headStart, end)));
}
