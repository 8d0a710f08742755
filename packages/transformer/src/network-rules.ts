import { type ConfigObject, type JsonObject, type JsonValue, list, record } from "@contrail/schema";
import { aclRule, type MatchSide, portsOf, protocolOf, wholeRule } from "./acl-rule.ts";
import { text } from "./json-read.ts";
import { aclActions, servicesOf, simpleAction } from "./rule-actions.ts";
import { RuleBudget } from "./rule-budget.ts";
import { RuleCover } from "./rule-cover.ts";
import { ruleUuid } from "./rule-uuid.ts";
import { type ServiceRequest, serviceRequest } from "./service-request.ts";

/**
 * What a network's policies say, seen from the network: the networks that it wants to be connected with, the service
 * chains that it wants, and the rules of its ACL.
 */
export interface NetworkRules {
  /** fq_names joined by ':', or "any". */
  readonly wants: ReadonlySet<string>;
  readonly requests: readonly ServiceRequest[];
  readonly aclRules: readonly NetworkRule[];
}

/** A rule of a network's ACL. One of a service chain stands for nothing until the chain is there (chain: its id). */
export interface NetworkRule {
  readonly rule: JsonObject;
  readonly chain?: string;
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
 * count. A rule without an action, and an address that names neither network nor prefix, match nothing: what is not
 * understood opens nothing. Nor does what stands for more rules than an ACL may have: then the network is connected with
 * nobody, and its ACL denies.
 */
export function networkRules(
  network: string,
  policies: readonly ConfigObject[],
  networksOfPolicy: NetworksOfPolicy,
): NetworkRules {
  const made = new MadeRules(network);
  const budget = new RuleBudget();
  for (const [rule, source, destination] of ruleSides(network, policies, networksOfPolicy)) {
    if (!budget.takesPair()) break;
    if (!concerns(source, network) && !concerns(destination, network)) continue;
    const request = serviceRequest(rule, source.network, destination.network);
    if (servicesOf(rule).length > 0 && request === undefined) continue;
    if (request !== undefined) budget.wantsChains(made.request(request));
    else if (simpleAction(rule) === "pass") made.want(remotes(source, destination, network));
    for (const item of directed(rule, source, destination)) {
      if (!budget.takesRule(item)) break;
      made.add(item, request?.id);
    }
  }
  if (budget.exceeded) return { wants: new Set(), requests: [], aclRules: implicitRules(network).slice(-1) };
  return policies.length === 0 ? { wants: new Set(), requests: [], aclRules: [] } : made.result();
}

/** What has been made for a network so far. */
class MadeRules {
  readonly #network: string;
  readonly #wants = new Set<string>();
  readonly #requests = new Map<string, ServiceRequest>();
  readonly #rules: NetworkRule[] = [];
  readonly #keys = new Set<string>();
  readonly #cover = new RuleCover();

  constructor(network: string) {
    this.#network = network;
  }

  want(names: readonly string[]): void {
    for (const name of names) if (name !== this.#network) this.#wants.add(name);
  }

  /** Gives the number of requests so far. */
  request(request: ServiceRequest): number {
    return this.#requests.set(request.id, request).size;
  }

  add(item: JsonObject, chain: string | undefined): void {
    const key = JSON.stringify(chain === undefined ? item : [item, chain]);
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    // A chain may not be there: its rules cover nothing, and nothing covers them.
    if (chain === undefined && this.#cover.covers(item)) return;
    const rule = { ...item, rule_uuid: ruleUuid(`${this.#network} ${key}`) };
    this.#rules.push(chain === undefined ? { rule } : { rule, chain });
  }

  result(): NetworkRules {
    const aclRules = [...this.#rules, ...implicitRules(this.#network)];
    return { wants: this.#wants, requests: [...this.#requests.values()], aclRules };
  }
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
      if (simpleAction(rule) === undefined) continue;
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
  const policy_rule = rules.filter((rule) => simpleAction(record(rule)) === "deny");
  return { ...policy, properties: { ...policy.properties, network_policy_entries: { policy_rule } } };
}

/** The tail of every network's ACL: traffic inside the network passes, everything else is denied. */
function implicitRules(network: string): NetworkRule[] {
  const own = { ...wholeRule(network, network, "pass"), rule_uuid: "00000000-0000-0000-0000-000000000001" };
  const any = { ...wholeRule("any", "any", "deny"), rule_uuid: "00000000-0000-0000-0000-000000000002" };
  return [{ rule: own }, { rule: any }];
}

/** The rule for one pair of sides, and for direction <> the same with the sides (addresses and ports) changed over. */
function* directed(rule: JsonObject, source: Side, destination: Side): Iterable<JsonObject> {
  const [protocol, actions, ethertype] = [protocolOf(rule), aclActions(rule), text(rule.ethertype)];
  for (const sourcePort of portsOf(rule.src_ports)) {
    for (const destinationPort of portsOf(rule.dst_ports)) {
      const from: MatchSide = { address: address(source), port: sourcePort };
      const to: MatchSide = { address: address(destination), port: destinationPort };
      yield aclRule(protocol, from, to, actions, ethertype);
      if (rule.direction === "<>") yield aclRule(protocol, to, from, actions, ethertype);
    }
  }
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

function address(side: Side): JsonObject {
  return {
    ...(side.network === undefined ? {} : { virtual_network: side.network }),
    ...(side.subnet === undefined ? {} : { subnet: side.subnet }),
  };
}
