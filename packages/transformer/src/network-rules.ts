import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { list, record, text } from "./json-read.ts";
import { RuleBudget } from "./rule-budget.ts";
import { ruleUuid } from "./rule-uuid.ts";

/**
 * What a network's policies say, seen from the network: the networks that it wants to be connected with, and the rules
 * of its ACL.
 */
export interface NetworkRules {
  /** fq_names joined by ':', or "any". */
  readonly wants: ReadonlySet<string>;
  readonly aclRules: readonly JsonValue[];
}

/** A side of a rule with names resolved: "any", a network's name, or undefined for a bare prefix; it has one of both. */
interface Side {
  readonly network: string | undefined;
  readonly subnet: JsonValue | undefined;
}

/** Networks that refer to a policy, by the policy's name. */
export type NetworksOfPolicy = (policy: string) => Iterable<string>;

/**
 * Rules of a network from its policies in the order of their sequence. Only rules that have the network on one side
 * count. Rules that send traffic through services are not compiled here; a rule without an action, and an address that
 * names neither network nor prefix, match nothing: what is not understood opens nothing. Nor does what stands for more
 * rules than an ACL may have: then the network is connected with nobody, and its ACL denies.
 */
export function networkRules(
  network: string,
  policies: readonly ConfigObject[],
  networksOfPolicy: NetworksOfPolicy,
): NetworkRules {
  const wants = new Set<string>();
  const aclRules = new Map<string, JsonValue>();
  const budget = new RuleBudget();
  for (const [rule, source, destination] of ruleSides(network, policies, networksOfPolicy)) {
    if (!budget.takesPair()) break;
    if (!concerns(source, network) && !concerns(destination, network)) continue;
    if (passes(rule)) for (const remote of remotes(source, destination, network)) wants.add(remote);
    for (const made of directed(rule, source, destination)) {
      if (!budget.takesRule(made)) break;
      const key = JSON.stringify(made);
      if (!aclRules.has(key)) aclRules.set(key, { ...made, rule_uuid: ruleUuid(`${network} ${key}`) });
    }
  }
  if (budget.exceeded) return { wants: new Set(), aclRules: implicitRules(network).slice(-1) };
  wants.delete(network);
  return { wants, aclRules: policies.length === 0 ? [] : [...aclRules.values(), ...implicitRules(network)] };
}

/** Each rule of the policies with each pair of its addresses. */
function* ruleSides(
  network: string,
  policies: readonly ConfigObject[],
  networksOfPolicy: NetworksOfPolicy,
): Iterable<readonly [rule: JsonObject, source: Side, destination: Side]> {
  for (const policy of policies) {
    for (const item of list(record(policy.properties.network_policy_entries).policy_rule)) {
      const rule = record(item);
      if (actionOf(rule) === undefined || list(record(rule.action_list).apply_service).length > 0) continue;
      const destinations = sides(rule.dst_addresses, network, networksOfPolicy);
      for (const source of sides(rule.src_addresses, network, networksOfPolicy)) {
        for (const destination of destinations) yield [rule, source, destination];
      }
    }
  }
}

/** A policy that holds at times only, as it is taken: it opens nothing, and what it denies is denied always. */
export function denyingPart(policy: ConfigObject): ConfigObject {
  const rules = list(record(policy.properties.network_policy_entries).policy_rule);
  const policy_rule = rules.filter((rule) => actionOf(record(rule)) === "deny");
  return { ...policy, properties: { ...policy.properties, network_policy_entries: { policy_rule } } };
}

/** The tail of every network's ACL: traffic inside the network passes, everything else is denied. */
function implicitRules(network: string): JsonValue[] {
  const own = { virtual_network: network };
  const any = { virtual_network: "any" };
  return [
    {
      ...aclRule("any", own, ALL_PORTS, own, ALL_PORTS, "pass", undefined),
      rule_uuid: "00000000-0000-0000-0000-000000000001",
    },
    {
      ...aclRule("any", any, ALL_PORTS, any, ALL_PORTS, "deny", undefined),
      rule_uuid: "00000000-0000-0000-0000-000000000002",
    },
  ];
}

/**
 * The rules of a network with those for the networks that share a logical router with it: routing between them was asked
 * for, and the denial of all others must not stop it. A network without rules needs none.
 */
export function withRouterPeers(
  network: string,
  rules: readonly JsonValue[],
  peers: readonly string[],
): readonly JsonValue[] {
  if (rules.length < 2) return rules;
  const own = { virtual_network: network };
  const passing = peers.flatMap((peer) => {
    const other = { virtual_network: peer };
    return [
      aclRule("any", own, ALL_PORTS, other, ALL_PORTS, "pass", undefined),
      aclRule("any", other, ALL_PORTS, own, ALL_PORTS, "pass", undefined),
    ];
  });
  const made = passing.map((rule) => ({ ...rule, rule_uuid: ruleUuid(`${network} router ${JSON.stringify(rule)}`) }));
  return [...rules.slice(0, -2), ...made, ...rules.slice(-2)];
}

const ALL_PORTS: JsonObject = { start_port: -1, end_port: -1 };
const PROTOCOLS: Readonly<Record<string, string>> = { icmp: "1", tcp: "6", udp: "17", icmp6: "58" };

/** The rule for one pair of sides, and for direction <> the same with the sides (addresses and ports) changed over. */
function* directed(rule: JsonObject, source: Side, destination: Side): Iterable<JsonObject> {
  const action = actionOf(rule) ?? "deny";
  const given = (text(rule.protocol) ?? "any").toLowerCase();
  const protocol = PROTOCOLS[given] ?? given;
  const ethertype = text(rule.ethertype);
  for (const sourcePort of ports(rule.src_ports)) {
    for (const destinationPort of ports(rule.dst_ports)) {
      const [from, to] = [address(source), address(destination)];
      yield aclRule(protocol, from, sourcePort, to, destinationPort, action, ethertype);
      if (rule.direction === "<>") yield aclRule(protocol, to, destinationPort, from, sourcePort, action, ethertype);
    }
  }
}

function aclRule(
  protocol: string,
  source: JsonObject,
  sourcePort: JsonValue,
  destination: JsonObject,
  destinationPort: JsonValue,
  action: string,
  ethertype: string | undefined,
): JsonObject {
  return {
    match_condition: {
      protocol,
      src_address: source,
      src_port: sourcePort,
      dst_address: destination,
      dst_port: destinationPort,
      ...(ethertype === undefined ? {} : { ethertype }),
    },
    action_list: { simple_action: action },
  };
}

function sides(value: JsonValue | undefined, network: string, networksOfPolicy: NetworksOfPolicy): Side[] {
  return list(value).flatMap((item): Side[] => {
    const given = record(item);
    const policy = text(given.network_policy);
    if (policy !== undefined)
      return [...networksOfPolicy(policy)].sort().map((name) => ({ network: name, subnet: undefined }));
    const name = text(given.virtual_network);
    const resolved = name === "local" ? network : name;
    const subnets = list(given.subnet_list);
    if (subnets.length > 0) return subnets.map((subnet) => ({ network: resolved, subnet }));
    const subnet = given.subnet ?? undefined;
    return resolved === undefined && subnet === undefined ? [] : [{ network: resolved, subnet }];
  });
}

/** True where a side can be the network itself: it names it, or "any", or it is a bare prefix. */
function concerns(side: Side, network: string): boolean {
  return side.network === network || side.network === "any" || side.network === undefined;
}

function remotes(source: Side, destination: Side, network: string): string[] {
  const found: string[] = [];
  if (concerns(source, network) && destination.network !== undefined) found.push(destination.network);
  if (concerns(destination, network) && source.network !== undefined) found.push(source.network);
  return found;
}

function passes(rule: JsonObject): boolean {
  return actionOf(rule) === "pass";
}

function actionOf(rule: JsonObject): string | undefined {
  return text(record(rule.action_list).simple_action);
}

function address(side: Side): JsonObject {
  return {
    ...(side.network === undefined ? {} : { virtual_network: side.network }),
    ...(side.subnet === undefined ? {} : { subnet: side.subnet }),
  };
}

/** Ranges of ports; one without an end is its start alone. */
function ports(value: JsonValue | undefined): readonly JsonValue[] {
  const given = list(value).map((item) => {
    const { start_port = -1, end_port = start_port } = record(item);
    return { start_port, end_port };
  });
  return given.length === 0 ? [ALL_PORTS] : given;
}
