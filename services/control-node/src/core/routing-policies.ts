import { parseCommunity, parseRouteTarget } from "@contrail/bgp";
import type { ConfigGraph } from "@contrail/graph";
import {
  type ListMatch,
  type ListUpdate,
  type PolicyTerm,
  type PrefixMatch,
  parseTextPattern,
  type RouteProtocol,
  type RoutingPolicy,
  type TermMatch,
  type TermUpdate,
  type TextPattern,
  textPattern,
} from "@contrail/rib";
import { type ConfigObject, filledText, integerIn, type JsonObject, type JsonValue, record } from "@contrail/schema";
import { parseIpPrefix } from "./ip-text.ts";
import { integersIn, listOf, textsOf } from "./json-read.ts";

const MAX_NUMBER = 0xffffffff;
const PROTOCOLS: readonly RouteProtocol[] = [
  "bgp",
  "xmpp",
  "interface",
  "interface-static",
  "service-interface",
  "static",
  "service-chain",
  "aggregate",
  "bgpaas",
];
/** Conditions on what only network devices have; no route here meets them. */
const DEVICE_CONDITIONS = ["external", "route_filter", "nlri_route_type"] as const;
/** Bits between a route target and a site of origin with the same value (RFC 4360 sections 4 and 5). */
const TARGET_TO_ORIGIN = 1n << 48n;

/** Values of any kind in the policies of one instance: every route of it is compared with them. */
const MAX_VALUES = 4_096;
/** Expressions in the policies of one instance. */
const MAX_EXPRESSIONS = 16;

/** Policies that are named of those that an instance has too many of. */
const MAX_PROBLEMS = 32;
/** Characters of an expression that are shown. */
const MAX_SHOWN = 64;

/** A policy of an instance that does not count, or not with all that it says, and why. */
export interface PolicyProblem {
  /** fq_name joined by ':'. */
  readonly policy: string;
  readonly reason: string;
}

/** The policies of an instance, and what of them does not count. */
export interface InstancePolicies {
  readonly policies: readonly RoutingPolicy[];
  readonly problems: readonly PolicyProblem[];
}

/**
 * The policies that refer to an instance, in their sequence there ("major.minor"); of one sequence by name. The one
 * with which they would come to more than an instance may have is left out, with all that follow.
 */
export function instancePolicies(graph: ConfigGraph, instance: ConfigObject): InstancePolicies {
  const found = graph.linked(instance.uuid, "routing-policy").flatMap((policy) => {
    const ref = policy.refs.find(({ toUuid }) => toUuid === instance.uuid);
    // Policies of this kind are for the configuration of network devices.
    if (ref === undefined || policy.properties.term_type === "network-device") return [];
    const sequence = filledText(record(ref.attr).sequence) ?? "";
    const [major = 0, minor = 0] = sequence.split(".").map((part) => Number(part) || 0);
    return [{ policy, major, minor, name: policy.fqName.join(":") }];
  });
  const inSequence = found.sort((a, b) => a.major - b.major || a.minor - b.minor || (a.name < b.name ? -1 : 1));
  const policies: RoutingPolicy[] = [];
  const problems: PolicyProblem[] = [];
  let [values, expressions] = [0, 0];
  for (const { policy, name } of inSequence) {
    // Before it is read: what a tenant has written may be long.
    values += valuesIn(graph, policy.properties.routing_policy_entries);
    if (values > MAX_VALUES) return leftOut(`${MAX_VALUES} values`);
    const terms = termsOf(graph, policy);
    expressions += terms.reduce((sum, { match }) => sum + expressionsIn(match).length, 0);
    if (expressions > MAX_EXPRESSIONS) return leftOut(`${MAX_EXPRESSIONS} expressions`);
    policies.push({ terms });
    problems.push(...unreadable(policy, terms).map((reason) => ({ policy: name, reason })));
  }
  return { policies, problems };

  function leftOut(most: string): InstancePolicies {
    const [first, ...following] = inSequence.slice(policies.length, policies.length + MAX_PROBLEMS);
    const reason = `left out: with it the policies of the instance would have more than ${most}`;
    if (first !== undefined) problems.push({ policy: first.name, reason });
    for (const { name } of following) problems.push({ policy: name, reason: "left out: it follows one that is" });
    return { policies, problems };
  }
}

/** By policy as it is configured: that is asked for far more often than it changes. */
const UNREADABLE = new WeakMap<ConfigObject, readonly string[]>();

function unreadable(policy: ConfigObject, terms: readonly PolicyTerm[]): readonly string[] {
  let found = UNREADABLE.get(policy);
  if (found === undefined) {
    const texts = terms.flatMap(({ match }) => expressionsIn(match)).map(({ text }) => text);
    found = texts
      .filter((text) => parseTextPattern(text) === undefined)
      .map(
        (text) => `matches nothing: ${JSON.stringify(text.slice(0, MAX_SHOWN))} is no expression, or too large a one`,
      );
    UNREADABLE.set(policy, found);
  }
  return found;
}

/** Values on all levels, and prefixes of interface route tables that are named; counting ends at the bound. */
function valuesIn(graph: ConfigGraph, written: JsonValue | undefined): number {
  const values: unknown[] = [written];
  let prefixes = 0;
  for (const value of values) {
    if (typeof value === "string") prefixes += tableSize(graph, value);
    else if (typeof value === "object" && value !== null) for (const item of Object.values(value)) values.push(item);
    if (values.length + prefixes > MAX_VALUES) break;
  }
  return values.length + prefixes;
}

/** Routes of an interface route table; none where the text does not name one. */
function tableSize(graph: ConfigGraph, uuid: string): number {
  return listOf(record(graph.get(uuid)?.properties.interface_route_table_routes).route).length;
}

function expressionsIn({ communities, extendedCommunities }: TermMatch): readonly TextPattern[] {
  return [...(communities?.expressions ?? []), ...(extendedCommunities?.expressions ?? [])];
}

/** PolicyStatementType. */
function termsOf(graph: ConfigGraph, { properties }: ConfigObject): readonly PolicyTerm[] {
  return listOf(record(properties.routing_policy_entries).term).flatMap((term) => {
    const match = termMatch(graph, record(term.term_match_condition));
    if (match === undefined) return [];
    const actions = record(term.term_action_list);
    return [{ match, update: termUpdate(record(actions.update)), action: actionOf(actions) }];
  });
}

function actionOf({ action, action_next_value: next }: JsonObject): PolicyTerm["action"] {
  if (action === "accept" || action === "reject") return action;
  return next === "policy" ? "next-policy" : "next-term";
}

/** TermMatchConditionType; undefined where no route can meet it. */
function termMatch(graph: ConfigGraph, condition: JsonObject): TermMatch | undefined {
  if (DEVICE_CONDITIONS.some((name) => isGiven(condition[name]))) return undefined;
  const family = filledText(condition.family);
  if (family !== undefined && family !== "inet" && family !== "inet6") return undefined;
  const protocols = textsOf(condition.protocol);
  const prefixes = [...listOf(condition.prefix).flatMap(prefixMatch), ...listedPrefixes(graph, condition)];
  const hasPrefixes = isGiven(condition.prefix) || isGiven(condition.prefix_list);
  const asPath = integersIn(condition.as_path, 1, MAX_NUMBER);
  const community = filledText(condition.community);
  const communities = [...(community === undefined ? [] : [community]), ...textsOf(condition.community_list)];
  const extended = textsOf(condition.extcommunity_list);
  return {
    protocols: protocols.length === 0 ? undefined : PROTOCOLS.filter((each) => protocols.includes(each)),
    prefixes: hasPrefixes ? prefixes : undefined,
    communities: listMatch(communities, parseCommunity, condition.community_match_all),
    extendedCommunities: listMatch(extended, extendedCommunity, condition.extcommunity_match_all),
    asPath: asPath.length === 0 ? undefined : asPath,
    localPreference: integerIn(condition.local_pref, 1, MAX_NUMBER),
    family,
  };
}

/** PrefixMatchType. */
function prefixMatch(entry: JsonObject): readonly PrefixMatch[] {
  const prefix = parseIpPrefix(filledText(entry.prefix) ?? "");
  return prefix === undefined ? [] : [{ prefix, kind: kindOf(entry.prefix_type) }];
}

function kindOf(value: JsonValue | undefined): PrefixMatch["kind"] {
  return value === "longer" || value === "orlonger" ? value : "exact";
}

/** The prefixes of the interface route tables that a condition names (PrefixListMatchType). */
function listedPrefixes(graph: ConfigGraph, condition: JsonObject): readonly PrefixMatch[] {
  return listOf(condition.prefix_list).flatMap((entry) =>
    textsOf(entry.interface_route_table_uuid).flatMap((uuid) => {
      const routes = record(graph.get(uuid)?.properties.interface_route_table_routes);
      return listOf(routes.route).flatMap(({ prefix = null }) => {
        return prefixMatch({ prefix, prefix_type: entry.prefix_type ?? null });
      });
    }),
  );
}

/** Values, and expressions where a text is no value; what is neither is met by nothing. */
function listMatch<Value>(
  texts: readonly string[],
  parse: (text: string) => Value | undefined,
  all: JsonValue | undefined,
): ListMatch<Value> | undefined {
  if (texts.length === 0) return undefined;
  const values = texts.flatMap((text) => parse(text) ?? []);
  const others = texts.filter((text) => parse(text) === undefined);
  return { values, expressions: others.map(textPattern), all: all === true };
}

/** ActionUpdateType. */
function termUpdate(update: JsonObject): TermUpdate {
  const asPath = integersIn(record(record(update.as_path).expand).asn_list, 1, MAX_NUMBER);
  return {
    localPreference: integerIn(update.local_pref, 1, MAX_NUMBER),
    med: integerIn(update.med, 1, MAX_NUMBER),
    asPath: asPath.length === 0 ? undefined : asPath,
    communities: listUpdate(record(update.community), parseCommunity),
    extendedCommunities: listUpdate(record(update.extcommunity), extendedCommunity),
  };
}

/** ActionCommunityType and ActionExtCommunityType. */
function listUpdate<Value>(
  actions: JsonObject,
  parse: (text: string) => Value | undefined,
): ListUpdate<Value> | undefined {
  const read = (name: string): readonly Value[] =>
    textsOf(record(actions[name]).community).flatMap((text) => parse(text) ?? []);
  const [set, remove, add] = [read("set"), read("remove"), read("add")];
  if (set.length + remove.length + add.length === 0) return undefined;
  return { set: set.length === 0 ? undefined : set, remove, add };
}

/** "target:64512:1", "soo:64512:1" or eight octets as "0x…"; undefined where it is none. */
function extendedCommunity(text: string): bigint | undefined {
  if (/^0x[0-9a-fA-F]{1,16}$/.test(text)) return BigInt(text);
  const [, kind, value = ""] = /^(target|soo|origin):(.*)$/.exec(text) ?? [];
  const target = kind === undefined ? undefined : parseRouteTarget(value);
  return kind === "target" || target === undefined ? target : target + TARGET_TO_ORIGIN;
}

function isGiven(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return false;
  return Array.isArray(value) ? value.length > 0 : true;
}
