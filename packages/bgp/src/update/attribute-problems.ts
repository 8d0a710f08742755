import { AS_PATH, MP_REACH_NLRI, NEXT_HOP, ORIGIN } from "../attributes/attribute-type.ts";
import type { DecodedAttributes } from "../attributes/decode-attributes.ts";
import { isMartian } from "../ip-address.ts";
import type { MpReach } from "./mp-routes.ts";
import type { UpdateProblem } from "./update.ts";

const NO_ROUTER = "next hop is no router's address";

/** Everything for which an UPDATE's announced routes must be withdrawn. */
export function attributeProblems(
  attributes: DecodedAttributes,
  routes: {
    /** IPv4 routes stand behind the attributes: NEXT_HOP is theirs. */
    readonly inet: boolean;
    /** The UPDATE announces something, be it of a family that was not agreed on. */
    readonly namesRoutes: boolean;
    readonly mpReach: MpReach | undefined;
  },
): readonly UpdateProblem[] {
  const { draft, withdraw } = attributes;
  const { inet, mpReach } = routes;
  // RFC 4760 section 3: beside MP_REACH_NLRI alone, NEXT_HOP is ignored.
  const ignored = mpReach !== undefined && !inet;
  const problems = ignored ? withdraw.filter(({ attributeType }) => attributeType !== NEXT_HOP) : [...withdraw];
  if (routes.namesRoutes) problems.push(...missing(attributes, inet));
  if (inet && draft.nextHop !== undefined && isMartian(draft.nextHop)) {
    problems.push({ attributeType: NEXT_HOP, reason: NO_ROUTER });
  }
  if (mpReach?.kind === "routes" && mpReach.martian) {
    problems.push({ attributeType: MP_REACH_NLRI, reason: NO_ROUTER });
  }
  return problems;
}

/** Mandatory attributes that did not come, apart from those whose fault is known already (RFC 7606 section 3 d). */
function missing({ draft, withdraw }: DecodedAttributes, needsNextHop: boolean): UpdateProblem[] {
  const types: number[] = [];
  if (draft.origin === undefined) types.push(ORIGIN);
  if (draft.asPath === undefined) types.push(AS_PATH);
  if (needsNextHop && draft.nextHop === undefined) types.push(NEXT_HOP);
  return types
    .filter((type) => !withdraw.some(({ attributeType }) => attributeType === type))
    .map((attributeType) => ({ attributeType, reason: "well-known attribute is missing" }));
}
