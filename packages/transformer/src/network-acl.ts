import { type JsonObject, record } from "@contrail/schema";
import { wholeRule } from "./acl-rule.ts";
import { text } from "./json-read.ts";
import type { NetworkRule } from "./network-rules.ts";
import { ruleUuid } from "./rule-uuid.ts";

/** Where mirrored packets go. */
export interface Analyzer {
  readonly address: string;
  /** Name of the routing instance that the address lies in. */
  readonly instance: string;
}

/** What the ACL of a network depends on beside its policies. */
export interface AclContext {
  /** Networks that share a logical router with it. */
  readonly routerPeers: readonly string[];
  /** Name of the routing instance that takes a chain's traffic in a network; undefined while there is no such chain. */
  chainInstance(chain: string): string | undefined;
  /** An analyzer by the name of its service-instance; undefined while it has no address. */
  analyzer(name: string): Analyzer | undefined;
}

const ANALYZER_PORT = 8_099;

/**
 * The ACL of a network: its rules, those of service chains with the instance that takes the traffic (and without them
 * while the chain is not there: traffic that must be looked at does not pass unseen), and rules for the networks that
 * share a logical router with it: routing between them was asked for, and the denial of all others must not stop it.
 */
export function networkAcl(network: string, rules: readonly NetworkRule[], context: AclContext): readonly JsonObject[] {
  const made = rules.flatMap(({ rule, chain }) => {
    const action_list = withAnalyzer(record(rule.action_list), context);
    if (chain === undefined) return [{ ...rule, action_list }];
    const assign_routing_instance = context.chainInstance(chain);
    return assign_routing_instance === undefined
      ? []
      : [{ ...rule, action_list: { ...action_list, assign_routing_instance } }];
  });
  // One rule alone denies all: there was more than an ACL may hold.
  if (made.length < 2) return made;
  const peers = context.routerPeers.flatMap((peer) => peerRules(network, peer));
  return [...made.slice(0, -2), ...peers, ...made.slice(-2)];
}

/** Names of the services that the rules mirror to. */
export function analyzersOf(rules: readonly NetworkRule[]): readonly string[] {
  const names = rules.flatMap(({ rule }) => analyzerName(record(rule.action_list)) ?? []);
  return [...new Set(names)].sort();
}

/** Mirroring to a service by name needs its address: without one there is no mirroring yet. */
function withAnalyzer(actions: JsonObject, context: AclContext): JsonObject {
  const name = analyzerName(actions);
  if (name === undefined) return actions;
  const { mirror_to, ...others } = actions;
  const analyzer = context.analyzer(name);
  if (analyzer === undefined) return others;
  const target = { analyzer_ip_address: analyzer.address, routing_instance: analyzer.instance };
  return { ...others, mirror_to: { udp_port: ANALYZER_PORT, ...record(mirror_to), ...target } };
}

function analyzerName(actions: JsonObject): string | undefined {
  const name = text(record(actions.mirror_to).analyzer_name);
  return name === "" ? undefined : name;
}

function peerRules(network: string, peer: string): JsonObject[] {
  const rules = [wholeRule(network, peer, "pass"), wholeRule(peer, network, "pass")];
  return rules.map((rule) => ({ ...rule, rule_uuid: ruleUuid(`${network} router ${JSON.stringify(rule)}`) }));
}
