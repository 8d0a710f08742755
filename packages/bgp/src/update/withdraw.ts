import { MP_REACH_NLRI } from "../attributes/attribute-type.ts";
import { pickRoutes, unreachOf } from "../families/family-routes.ts";
import { neverUnusable } from "../families/route-codec.ts";
import { familyCodec } from "../family.ts";
import type { Reach, Unreach, Update, UpdateProblem } from "./update.ts";

/** The UPDATE with all of its routes withdrawn (RFC 7606 section 2). */
export function withdrawAll(unreach: readonly Unreach[], reach: readonly Reach[]): Update {
  return { unreach: [...unreach, ...reach.map(unreachOf)], reach: [], announced: undefined };
}

/** The UPDATE with those routes withdrawn that contradict its attributes; undefined where none does. */
export function withoutUnusable(
  update: Update,
): { readonly update: Update; readonly problems: readonly UpdateProblem[] } | undefined {
  const { announced } = update;
  if (announced === undefined) return undefined;
  const gone: Reach[] = [];
  const good: Reach[] = [];
  for (const reach of update.reach) {
    const { isUnusable } = familyCodec(reach.family);
    if (isUnusable === neverUnusable) {
      good.push(reach);
      continue;
    }
    const bad = pickRoutes(reach, (route) => isUnusable(route, announced.attributes));
    if (bad.routes.length > 0) gone.push(bad);
    const rest =
      bad.routes.length === 0 ? reach : pickRoutes(reach, (route) => !isUnusable(route, announced.attributes));
    if (rest.routes.length > 0) good.push(rest);
  }
  if (gone.length === 0) return undefined;
  const unreach = [...update.unreach, ...gone.map(unreachOf)];
  const problems = [{ attributeType: MP_REACH_NLRI, reason: "routes contradict their attributes" }];
  return { update: { unreach, reach: good, announced: good.length > 0 ? announced : undefined }, problems };
}
