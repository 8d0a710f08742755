import { asPathContains, formatCommunity, formatExtendedCommunity, type PathAttributes } from "@contrail/bgp";
import { contains, type IpPrefix, isMoreSpecific } from "../ip-prefix.ts";
import type { ListMatch, PrefixMatch, RouteProtocol, TermMatch } from "./routing-policy.ts";

/** What a term is compared with. */
export interface PolicyRoute {
  readonly prefix: IpPrefix;
  readonly protocols: readonly RouteProtocol[];
  readonly attributes: PathAttributes;
}

const DEFAULT_LOCAL_PREFERENCE = 100;

/** True where all conditions of a term hold for a route. */
export function matches(match: TermMatch, { prefix, protocols, attributes }: PolicyRoute): boolean {
  const { communities, extendedCommunities, asPath, localPreference, family } = match;
  return (
    (match.protocols?.some((protocol) => protocols.includes(protocol)) ?? true) &&
    (family === undefined || (family === "inet") === (typeof prefix.address === "number")) &&
    (match.prefixes?.some((each) => matchesPrefix(each, prefix)) ?? true) &&
    (communities === undefined || matchesList(communities, attributes.communities, communityTexts)) &&
    (extendedCommunities === undefined ||
      matchesList(extendedCommunities, attributes.extendedCommunities, extendedTexts)) &&
    (asPath?.some((autonomousSystem) => asPathContains(attributes.asPath, autonomousSystem)) ?? true) &&
    (localPreference ?? attributes.localPreference ?? DEFAULT_LOCAL_PREFERENCE) ===
      (attributes.localPreference ?? DEFAULT_LOCAL_PREFERENCE)
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
  const texts = expressions.length === 0 ? [] : given.flatMap(textsOf);
  const found = [
    ...values.map((value) => given.includes(value)),
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
