import type { JsonObject } from "@contrail/schema";
import { wholeRule } from "./acl-rule.ts";
import { record } from "./json-read.ts";
import type { NetworkRule } from "./network-rules.ts";
import { ruleUuid } from "./rule-uuid.ts";

/** Name of the routing instance that takes a chain's traffic in a network; undefined while there is no such chain. */
export type ChainInstance = (chain: string) => string | undefined;

/**
 * The ACL of a network: its rules, those of service chains with the instance that takes the traffic (and without them
 * while the chain is not there: traffic that must be looked at does not pass unseen), and rules for the networks that
 * share a logical router with it: routing between them was asked for, and the denial of all others must not stop it.
 */
export function networkAcl(
  network: string,
  rules: readonly NetworkRule[],
  routerPeers: readonly string[],
  chainInstance: ChainInstance,
): readonly JsonObject[] {
  const made = rules.flatMap(({ rule, chain }) => {
    if (chain === undefined) return [rule];
    const assign_routing_instance = chainInstance(chain);
    if (assign_routing_instance === undefined) return [];
    return [{ ...rule, action_list: { ...record(rule.action_list), assign_routing_instance } }];
  });
  // One rule alone denies all: there was more than an ACL may hold.
  if (made.length < 2) return made;
  return [...made.slice(0, -2), ...routerPeers.flatMap((peer) => peerRules(network, peer)), ...made.slice(-2)];
}

function peerRules(network: string, peer: string): JsonObject[] {
  const rules = [wholeRule(network, peer, "pass"), wholeRule(peer, network, "pass")];
  return rules.map((rule) => ({ ...rule, rule_uuid: ruleUuid(`${network} router ${JSON.stringify(rule)}`) }));
}
