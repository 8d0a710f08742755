import type { Rule } from "./flow.ts";
import type { Numbers } from "./learnt-numbers.ts";
import { bgpAsAServiceRule, bgpClientRule, bgpServerRule } from "./rules/bgp-as-a-service.ts";
import { linksRule } from "./rules/links.ts";
import { loadBalancerRule } from "./rules/load-balancer.ts";
import { logicalRouterRule } from "./rules/logical-router.ts";
import { networkRule } from "./rules/network.ts";
import { ownTargetRule } from "./rules/own-target.ts";
import { policyViewRule } from "./rules/policy-view.ts";
import { routeAggregateRule, routingPolicyRule } from "./rules/routes-of-services.ts";
import { securityGroupRule } from "./rules/security-group.ts";
import { serviceChainRule } from "./rules/service-chain.ts";
import { serviceInstanceRule } from "./rules/service-instance.ts";
import { sourceNatRule } from "./rules/source-nat.ts";
import { staticRoutesRule } from "./rules/static-routes.ts";
import { subnetsRule } from "./rules/subnets.ts";
import { systemRule } from "./rules/system.ts";

/** All rules in the order in which they run: each reads only what those before it write. */
export function allRules(numbers: Numbers): readonly Rule[] {
  return [
    systemRule,
    ownTargetRule(numbers.targets),
    subnetsRule,
    policyViewRule,
    logicalRouterRule(numbers.targets),
    sourceNatRule,
    serviceInstanceRule,
    serviceChainRule(numbers),
    routingPolicyRule,
    routeAggregateRule,
    staticRoutesRule,
    bgpAsAServiceRule,
    bgpClientRule(numbers.bgpPorts),
    bgpServerRule,
    loadBalancerRule,
    networkRule,
    securityGroupRule,
    linksRule,
  ];
}
