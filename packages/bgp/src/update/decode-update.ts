import type { AttributeContext } from "../attributes/attribute-decoders.ts";
import { finishAttributes } from "../attributes/attribute-draft.ts";
import { type RawAttribute, scanAttributes } from "../attributes/attribute-scan.ts";
import { MP_REACH_NLRI, NEXT_HOP } from "../attributes/attribute-type.ts";
import { type DecodedAttributes, decodeAttributes } from "../attributes/decode-attributes.ts";
import { decodeRoutes, reachOf, unreachOf } from "../families/family-routes.ts";
import type { FamilyName } from "../family.ts";
import { type Notification, notification, UPDATE_ERROR } from "../message/notification.ts";
import { readUint16 } from "../octets.ts";
import { decodeMpReach, decodeMpUnreach } from "./mp-routes.ts";
import type { FamilyRoutes, Reach, Unreach, Update, UpdateProblem } from "./update.ts";

/** What the reading of UPDATEs on a session depends on. */
export interface UpdateContext extends AttributeContext {
  /** What both sides offered; routes of other families are ignored. */
  readonly families: readonly FamilyName[];
}

/** What is to be done with an UPDATE (RFC 7606 section 2). */
export type UpdateVerdict =
  /** Apply it. `discarded` attributes were left out, which harms no route. */
  | { readonly kind: "update"; readonly update: Update; readonly discarded: readonly UpdateProblem[] }
  | { readonly kind: "end-of-rib"; readonly family: FamilyName }
  /** Apply it: all routes that it named are in `update.unreach`. */
  | { readonly kind: "treat-as-withdraw"; readonly update: Update; readonly problems: readonly UpdateProblem[] }
  | { readonly kind: "session-reset"; readonly notification: Notification; readonly problem: UpdateProblem };

/** Most octets of an offending attribute that a notification gives back. */
const MAX_NOTIFICATION_DATA = 2048;

/**
 * Reads the body of an UPDATE (RFC 4271 section 4.3):
 *
 *   | length (16) | withdrawn routes | length (16) | attributes | announced routes |
 *
 * First everything is parsed, then it is judged; any octets give a verdict, and none throws.
 */
export function decodeUpdate(body: Uint8Array, context: UpdateContext): UpdateVerdict {
  const withdrawnEnd = 2 + readUint16(body, 0);
  if (withdrawnEnd + 2 > body.length) return reset(1, 0, "withdrawn routes are longer than the message");
  const attributesEnd = withdrawnEnd + 2 + readUint16(body, withdrawnEnd);
  if (attributesEnd > body.length) return reset(1, 0, "attributes are longer than the message");
  const withdrawn = decodeRoutes("inet", body, 2, withdrawnEnd);
  const announced = decodeRoutes("inet", body, attributesEnd, body.length);
  if (withdrawn === undefined || announced === undefined) return reset(10, 0, "not a list of IPv4 prefixes");
  const attributes = decodeAttributes(body, scanAttributes(body, withdrawnEnd + 2, attributesEnd), context);
  const { fatal } = attributes;
  if (fatal?.kind === "duplicate-mp") return reset(1, fatal.attribute.type, "attribute stands twice");
  if (fatal !== undefined) return resetWith(body, fatal.attribute, 2, "unknown well-known attribute");
  return judge(body, withdrawn, announced, attributes, context);
}

function judge(
  body: Uint8Array,
  withdrawn: FamilyRoutes,
  announced: FamilyRoutes,
  attributes: DecodedAttributes,
  { families }: UpdateContext,
): UpdateVerdict {
  const mpReach = attributes.reach && decodeMpReach(body, attributes.reach, families);
  if (attributes.reach !== undefined && mpReach?.kind === "malformed") {
    return resetWith(body, attributes.reach, 9, "MP_REACH_NLRI is malformed");
  }
  const mpUnreach = attributes.unreach && decodeMpUnreach(body, attributes.unreach, families);
  if (attributes.unreach !== undefined && mpUnreach?.kind === "malformed") {
    return resetWith(body, attributes.unreach, 9, "MP_UNREACH_NLRI is malformed");
  }
  const unreach: Unreach[] = [];
  if (withdrawn.routes.length > 0 && families.includes("inet")) unreach.push(withdrawn);
  if (mpUnreach?.kind === "routes" && mpUnreach.unreach.routes.length > 0) unreach.push(mpUnreach.unreach);
  const endOfRib = endOfRibFamily(body, attributes, mpUnreach?.kind === "routes" ? mpUnreach.unreach : undefined);
  if (endOfRib !== undefined && families.includes(endOfRib) && unreach.length === 0 && announced.routes.length === 0) {
    return { kind: "end-of-rib", family: endOfRib };
  }
  const reach: Reach[] = [];
  const nextHop = attributes.draft.nextHop;
  if (announced.routes.length > 0 && families.includes("inet")) reach.push(reachOf(announced, nextHop ?? 0));
  if (mpReach?.kind === "routes" && mpReach.reach.routes.length > 0) reach.push(mpReach.reach);
  const namesRoutes = announced.routes.length > 0 || mpReach?.kind === "ignored" || reach.length > 0;
  const problems = [...attributes.withdraw];
  if (namesRoutes) problems.push(...missingAttributes(attributes, announced.routes.length > 0));
  if (mpReach?.kind === "routes" && mpReach.martian) {
    problems.push({ attributeType: MP_REACH_NLRI, reason: "next hop is no router's address" });
  }
  return conclude(attributes, unreach, reach, problems, namesRoutes);
}

function conclude(
  attributes: DecodedAttributes,
  unreach: readonly Unreach[],
  reach: readonly Reach[],
  problems: readonly UpdateProblem[],
  namesRoutes: boolean,
): UpdateVerdict {
  const [problem] = problems;
  if (problem !== undefined) {
    // RFC 7606 section 5.2: without announced routes nobody knows which routes the broken attributes were for.
    if (!namesRoutes && attributes.describesRoutes) return reset(1, problem.attributeType, problem.reason);
    const update = { unreach: [...unreach, ...reach.map(unreachOf)], reach: [], announced: undefined };
    return { kind: "treat-as-withdraw", update, problems };
  }
  const finished = reach.length > 0 ? finishAttributes(attributes.draft) : undefined;
  const announced = finished && { attributes: finished, bytes: attributes.keptBytes() };
  return { kind: "update", update: { unreach, reach, announced }, discarded: attributes.discarded };
}

/** RFC 4724 section 2: an empty UPDATE, or one with nothing but an MP_UNREACH_NLRI without routes. */
function endOfRibFamily(
  body: Uint8Array,
  attributes: DecodedAttributes,
  mpUnreach: Unreach | undefined,
): FamilyName | undefined {
  if (body.length === 4) return "inet";
  const alone = !attributes.describesRoutes && attributes.withdraw.length === 0;
  return alone && mpUnreach !== undefined && mpUnreach.routes.length === 0 ? mpUnreach.family : undefined;
}

function missingAttributes({ draft, withdraw }: DecodedAttributes, needsNextHop: boolean): UpdateProblem[] {
  const reported = new Set(withdraw.map(({ attributeType }) => attributeType));
  const missing: number[] = [];
  if (draft.origin === undefined) missing.push(1);
  if (draft.asPath === undefined) missing.push(2);
  if (needsNextHop && draft.nextHop === undefined) missing.push(NEXT_HOP);
  return missing
    .filter((type) => !reported.has(type))
    .map((attributeType) => ({ attributeType, reason: "well-known attribute is missing" }));
}

function reset(subcode: number, attributeType: number, reason: string): UpdateVerdict {
  return {
    kind: "session-reset",
    notification: notification(UPDATE_ERROR, subcode),
    problem: { attributeType, reason },
  };
}

function resetWith(body: Uint8Array, attribute: RawAttribute, subcode: number, reason: string): UpdateVerdict {
  const data = body.slice(attribute.headStart, Math.min(attribute.end, attribute.headStart + MAX_NOTIFICATION_DATA));
  return {
    kind: "session-reset",
    notification: notification(UPDATE_ERROR, subcode, data),
    problem: { attributeType: attribute.type, reason },
  };
}
