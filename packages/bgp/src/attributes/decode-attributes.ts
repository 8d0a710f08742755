import { concatBytes } from "../octets.ts";
import type { UpdateProblem } from "../update/update.ts";
import type { AttributeContext } from "./attribute-codec.ts";
import { attributeCodec } from "./attribute-codecs.ts";
import { type AttributeDraft, emptyDraft } from "./attribute-draft.ts";
import { attributeFlagsConflict, type RawAttribute, type ScannedAttributes } from "./attribute-scan.ts";
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
  /** Those that were kept, NEXT_HOP apart; see keptBytes. */
  readonly kept: readonly RawAttribute[];
}

/** An attribute that ends the session whatever stands beside it (RFC 7606 section 3). */
export interface FatalAttribute {
  readonly kind: "duplicate-mp" | "unknown-well-known";
  readonly attribute: RawAttribute;
}

/** The same while it is being filled. */
interface Judging {
  draft: AttributeDraft;
  reach: RawAttribute | undefined;
  unreach: RawAttribute | undefined;
  describesRoutes: boolean;
  withdraw: UpdateProblem[];
  discarded: UpdateProblem[];
  fatal: FatalAttribute | undefined;
  kept: RawAttribute[];
}

/** Reads attributes that were scanned; every value of theirs is tried before anything is decided (RFC 7606 section 3). */
export function decodeAttributes(
  bytes: Uint8Array,
  scanned: ScannedAttributes,
  context: AttributeContext,
): DecodedAttributes {
  const judging: Judging = {
    draft: emptyDraft(),
    reach: undefined,
    unreach: undefined,
    describesRoutes: scanned.overrun,
    withdraw: [],
    discarded: [],
    fatal: undefined,
    kept: [],
  };
  if (scanned.overrun) {
    judging.withdraw.push({ attributeType: 0, reason: "attribute longer than the list of attributes" });
  }
  // A bit for each type.
  const seen = new Uint8Array(32);
  for (const attribute of scanned.attributes) {
    const { type } = attribute;
    const [octet, bit] = [type >>> 3, 1 << (type & 7)];
    const again = ((seen[octet] ?? 0) & bit) !== 0;
    seen[octet] = (seen[octet] ?? 0) | bit;
    if (type === attributeType.MP_REACH_NLRI || type === attributeType.MP_UNREACH_NLRI) {
      setAside(attribute, judging, again);
    } else if (again) judging.discarded.push({ attributeType: type, reason: "attribute stands twice" });
    else judgeOne(bytes, attribute, judging, context);
  }
  return judging;
}

/** The octets of the attributes that were kept: a copy. */
export function keptBytes(bytes: Uint8Array, { kept }: DecodedAttributes): Uint8Array {
  const [first] = kept;
  const last = kept.at(-1);
  if (first === undefined || last === undefined) return new Uint8Array(0);
  // Most often they stand one behind the other.
  const inOnePiece = kept.every(({ headStart }, index) => index === 0 || headStart === kept[index - 1]?.end);
  if (inOnePiece) return bytes.slice(first.headStart, last.end);
  return concatBytes(kept.map(({ headStart, end }) => bytes.subarray(headStart, end)));
}

function setAside(attribute: RawAttribute, judging: Judging, again: boolean): void {
  if (again) judging.fatal ??= { kind: "duplicate-mp", attribute };
  else if (attribute.type === attributeType.MP_UNREACH_NLRI) judging.unreach = attribute;
  else {
    judging.reach = attribute;
    judging.describesRoutes = true;
  }
}

function judgeOne(bytes: Uint8Array, attribute: RawAttribute, judging: Judging, context: AttributeContext): void {
  const { type } = attribute;
  const { draft, withdraw, discarded, kept } = judging;
  judging.describesRoutes = true;
  const codec = attributeCodec(type);
  if (codec === undefined) {
    judgeUnknown(bytes, attribute, judging);
    return;
  }
  if (attributeFlagsConflict(attribute, codec.flags)) {
    withdraw.push({ attributeType: type, reason: "attribute flags conflict with the type" });
  }
  const fault = codec.decode(bytes, attribute.start, attribute.end, draft, context);
  if (fault === "withdraw") withdraw.push({ attributeType: type, reason: "attribute is malformed" });
  else if (fault === "discard") discarded.push({ attributeType: type, reason: "attribute is malformed or unwanted" });
  else if (type !== attributeType.NEXT_HOP) kept.push(attribute);
}

function judgeUnknown(bytes: Uint8Array, attribute: RawAttribute, judging: Judging): void {
  const { flags, type, start, end } = attribute;
  if ((flags & attributeType.FLAG_OPTIONAL) === 0) judging.fatal ??= { kind: "unknown-well-known", attribute };
  // RFC 4271 section 5: an unknown attribute that is not transitive is ignored without a word.
  else if ((flags & attributeType.FLAG_TRANSITIVE) !== 0) {
    const kept = flags & ~attributeType.FLAG_EXTENDED_LENGTH;
    judging.draft.unknown.push({ flags: kept, type, value: bytes.slice(start, end) });
    judging.kept.push(attribute);
  }
}
