import type { Rule } from "./flow.ts";
import type { Numbers } from "./learnt-numbers.ts";
import { logicalRouterRule } from "./rules/logical-router.ts";
import { networkRule } from "./rules/network.ts";
import { ownTargetRule } from "./rules/own-target.ts";
import { policyViewRule } from "./rules/policy-view.ts";
import { securityGroupRule } from "./rules/security-group.ts";
import { systemRule } from "./rules/system.ts";

/** All rules in the order in which they run: each reads only what those before it write. */
export function allRules(numbers: Numbers): readonly Rule[] {
  return [
    systemRule,
    ownTargetRule(numbers.targets),
    policyViewRule,
    logicalRouterRule(numbers.targets),
    networkRule,
    securityGroupRule,
  ];
}
