import { neighbourAs } from "../attributes/as-path.ts";
import { finishAttributes } from "../attributes/attribute-draft.ts";
import { type RawAttribute, scanAttributes } from "../attributes/attribute-scan.ts";
import { AS_PATH, MP_REACH_NLRI, MP_UNREACH_NLRI } from "../attributes/attribute-type.ts";
import { type DecodedAttributes, decodeAttributes, keptBytes } from "../attributes/decode-attributes.ts";
import { decodeRoutes, reachOf } from "../families/family-routes.ts";
import type { FamilyName } from "../family.ts";
import { type Notification, notification } from "../message/notification.ts";
import { UPDATE_ERROR } from "../message/notification-codes.ts";
import { readUint16 } from "../octets.ts";
import { attributeProblems } from "./attribute-problems.ts";
import { decodeMpReach, decodeMpUnreach, hasPathIds, type MpReach, type MpUnreach } from "./mp-routes.ts";
import type { FamilyRoutes, Reach, Unreach, UpdateProblem } from "./update.ts";
import type { UpdateContext } from "./update-context.ts";
import type { UpdateVerdict } from "./update-verdict.ts";
import { withdrawAll, withoutUnusable } from "./withdraw.ts";

/** Most octets of an offending attribute that a notification gives back. */
const MAX_NOTIFICATION_DATA = 2048;

/** Everything that an UPDATE holds, parsed. */
interface Parsed {
  readonly body: Uint8Array;
  readonly withdrawn: FamilyRoutes;
  readonly announced: FamilyRoutes;
  readonly attributes: DecodedAttributes;
  readonly mpReach: MpReach | undefined;
  readonly mpUnreach: MpUnreach | undefined;
}

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
  const addPath = hasPathIds(context, "inet");
  const withdrawn = decodeRoutes("inet", body, 2, withdrawnEnd, addPath)?.routes;
  const announced = decodeRoutes("inet", body, attributesEnd, body.length, addPath)?.routes;
  if (withdrawn === undefined || announced === undefined) return reset(10, 0, "not a list of IPv4 prefixes");
  const attributes = decodeAttributes(body, scanAttributes(body, withdrawnEnd + 2, attributesEnd), context);
  const { fatal } = attributes;
  if (fatal?.kind === "duplicate-mp") return reset(1, fatal.attribute.type, "attribute stands twice");
  if (fatal !== undefined) {
    const data = dataOf(body, fatal.attribute);
    return reset(2, fatal.attribute.type, "unknown well-known attribute", data);
  }
  const mpReach = attributes.reach && decodeMpReach(body, attributes.reach, context);
  if (mpReach?.kind === "malformed") return unreadable(body, attributes.reach, mpReach.family, context);
  const mpUnreach = attributes.unreach && decodeMpUnreach(body, attributes.unreach, context);
  if (mpUnreach?.kind === "malformed") return unreadable(body, attributes.unreach, mpUnreach.family, context);
  return judge({ body, withdrawn, announced, attributes, mpReach, mpUnreach }, context);
}

function judge(parsed: Parsed, { families, firstAs }: UpdateContext): UpdateVerdict {
  const { body, withdrawn, announced, attributes, mpReach, mpUnreach } = parsed;
  const unreach: Unreach[] = [];
  if (withdrawn.routes.length > 0 && families.includes("inet")) unreach.push(withdrawn);
  if (mpUnreach?.kind === "routes" && mpUnreach.unreach.routes.length > 0) unreach.push(mpUnreach.unreach);
  const endOfRib = endOfRibFamily(parsed);
  if (endOfRib !== undefined && families.includes(endOfRib)) return { kind: "end-of-rib", family: endOfRib };
  const reach: Reach[] = [];
  const inet = announced.routes.length > 0;
  if (inet && families.includes("inet")) reach.push(reachOf(announced, attributes.draft.nextHop ?? 0));
  if (mpReach?.kind === "routes" && mpReach.reach.routes.length > 0) reach.push(mpReach.reach);
  const namesRoutes =
    inet || reach.length > 0 || mpReach?.kind === "ignored" || (mpReach?.kind === "routes" && mpReach.skipped > 0);
  const problems = attributeProblems(attributes, { inet, namesRoutes, mpReach });
  const [problem] = problems;
  if (problem !== undefined) {
    // RFC 7606 section 5.2: without announced routes nobody knows which routes the broken attributes were for.
    if (!namesRoutes && attributes.describesRoutes) return reset(1, problem.attributeType, problem.reason);
    return { kind: "treat-as-withdraw", update: withdrawAll(unreach, reach), problems };
  }
  const finished = reach.length > 0 ? finishAttributes(attributes.draft) : undefined;
  if (finished !== undefined && firstAs !== undefined && neighbourAs(finished.asPath) !== firstAs) {
    const strange = [{ attributeType: AS_PATH, reason: "path does not begin with the peer's AS" }];
    return { kind: "treat-as-withdraw", update: withdrawAll(unreach, reach), problems: strange };
  }
  const update = {
    unreach,
    reach,
    announced: finished && { attributes: finished, bytes: keptBytes(body, attributes) },
  };
  const usable = withoutUnusable(update);
  if (usable !== undefined) return { kind: "treat-as-withdraw", ...usable };
  return { kind: "update", update, discarded: discardedParts(parsed) };
}

/** RFC 4724 section 2: an empty UPDATE, or one with nothing but an MP_UNREACH_NLRI without routes. */
function endOfRibFamily({ body, withdrawn, announced, attributes, mpUnreach }: Parsed): FamilyName | undefined {
  if (body.length === 4) return "inet";
  if (withdrawn.routes.length > 0 || announced.routes.length > 0) return undefined;
  if (attributes.describesRoutes || mpUnreach?.kind !== "routes") return undefined;
  // Routes of an unknown type are routes all the same.
  const { unreach, skipped } = mpUnreach;
  return unreach.routes.length === 0 && skipped === 0 ? unreach.family : undefined;
}

function discardedParts({ attributes, mpReach, mpUnreach }: Parsed): readonly UpdateProblem[] {
  const skipped: UpdateProblem[] = [];
  const reason = "route of an unknown type";
  if (mpReach?.kind === "routes" && mpReach.skipped > 0) skipped.push({ attributeType: MP_REACH_NLRI, reason });
  if (mpUnreach?.kind === "routes" && mpUnreach.skipped > 0) skipped.push({ attributeType: MP_UNREACH_NLRI, reason });
  return skipped.length === 0 ? attributes.discarded : [...attributes.discarded, ...skipped];
}

/** RFC 7606 section 3 j: routes that cannot be found cannot be withdrawn. */
function unreadable(
  body: Uint8Array,
  attribute: RawAttribute | undefined,
  family: FamilyName | undefined,
  { unreadableRoutes, families }: UpdateContext,
): UpdateVerdict {
  const problem = { attributeType: attribute?.type ?? 0, reason: "MP attribute is malformed" };
  const sent = notification(UPDATE_ERROR, 9, attribute && dataOf(body, attribute));
  const spared = unreadableRoutes === "disable-family" && families.length > 1;
  if (spared && family !== undefined) return { kind: "disable-family", family, notification: sent, problem };
  return { kind: "session-reset", notification: sent, problem };
}

function reset(subcode: number, attributeType: number, reason: string, data?: Uint8Array): UpdateVerdict {
  const sent: Notification = notification(UPDATE_ERROR, subcode, data);
  return { kind: "session-reset", notification: sent, problem: { attributeType, reason } };
}

function dataOf(body: Uint8Array, { headStart, end }: RawAttribute): Uint8Array {
  return body.slice(headStart, Math.min(end, headStart + MAX_NOTIFICATION_DATA));
}
