import { type PathAttributes, prependAs } from "@contrail/bgp";
import type { ListUpdate, TermUpdate } from "./routing-policy.ts";

/** Attributes as a term leaves them; the same object where it changes nothing. */
export function updated(attributes: PathAttributes, update: TermUpdate): PathAttributes {
  const { localPreference, med, asPath, communities, extendedCommunities } = update;
  if (Object.values(update).every((value) => value === undefined)) return attributes;
  return {
    ...attributes,
    localPreference: localPreference ?? attributes.localPreference,
    med: med ?? attributes.med,
    asPath: [...(asPath ?? [])].reverse().reduce(prependAs, attributes.asPath),
    communities: changed(attributes.communities, communities),
    extendedCommunities: changed(attributes.extendedCommunities, extendedCommunities),
  };
}

function changed<Value>(before: readonly Value[], update: ListUpdate<Value> | undefined): readonly Value[] {
  if (update === undefined) return before;
  const kept = (update.set ?? before).filter((value) => !update.remove.includes(value));
  return [...new Set([...kept, ...update.add])];
}
