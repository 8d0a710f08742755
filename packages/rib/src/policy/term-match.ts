import { asPathContains, formatCommunity, formatExtendedCommunity, type PathAttributes } from "@contrail/bgp";
import { contains, type IpPrefix, isMoreSpecific } from "../ip-prefix.ts";
import type { ListMatch, PrefixMatch, RouteProtocol, TermMatch } from "./routing-policy.ts";

const DEFAULT_LOCAL_PREFERENCE = 100;
/** Communities of a route that expressions are compared with, the first of them: a peer may say thousands. */
const MAX_COMPARED = 32;

/** True where the conditions hold that are about a route and not about its attributes. */
export function matchesRoute(match: TermMatch, prefix: IpPrefix, protocols: readonly RouteProtocol[]): boolean {
  const { family } = match;
  return (
    (match.protocols?.some((protocol) => protocols.includes(protocol)) ?? true) &&
    (family === undefined || (family === "inet") === (typeof prefix.address === "number")) &&
    (match.prefixes?.some((each) => matchesPrefix(each, prefix)) ?? true)
  );
}

/** True where the conditions hold that are about attributes; worth remembering, as it may take milliseconds. */
export function matchesAttributes(match: TermMatch, attributes: PathAttributes): boolean {
  const { communities, extendedCommunities, asPath, localPreference } = match;
  return (
    (localPreference ?? attributes.localPreference ?? DEFAULT_LOCAL_PREFERENCE) ===
      (attributes.localPreference ?? DEFAULT_LOCAL_PREFERENCE) &&
    (asPath?.some((autonomousSystem) => asPathContains(attributes.asPath, autonomousSystem)) ?? true) &&
    (communities === undefined || matchesList(communities, attributes.communities, communityTexts)) &&
    (extendedCommunities === undefined ||
      matchesList(extendedCommunities, attributes.extendedCommunities, extendedTexts))
  );
}

function matchesPrefix({ prefix, kind }: PrefixMatch, given: IpPrefix): boolean {
  const isSame = given.length === prefix.length && contains(prefix, given.address);
  switch (kind) {
    case "exact":
      return isSame;
    case "longer":
      return isMoreSpecific(given, prefix);
    case "orlonger":
      return isSame || isMoreSpecific(given, prefix);
  }
}

function matchesList<Value>(
  { values, expressions, all }: ListMatch<Value>,
  given: readonly Value[],
  textsOf: (value: Value) => readonly string[],
): boolean {
  const present = new Set(given);
  const texts = expressions.length === 0 ? [] : given.slice(0, MAX_COMPARED).flatMap(textsOf);
  const found = [
    ...values.map((value) => present.has(value)),
    ...expressions.map((expression) => texts.some((text) => expression.matches(text))),
  ];
  return all ? found.every(Boolean) && found.length > 0 : found.some(Boolean);
}

function communityTexts(community: number): readonly string[] {
  return [formatCommunity(community)];
}

function extendedTexts(community: bigint): readonly string[] {
  return [formatExtendedCommunity(community), community.toString(16)];
}
