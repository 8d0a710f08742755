import { type ConfigObject, type JsonObject, type JsonValue, list, record } from "@contrail/schema";
import type { DerivedObject } from "./derived.ts";
import { text } from "./json-read.ts";
import { RuleBudget } from "./rule-budget.ts";
import { ruleUuid } from "./rule-uuid.ts";

/** security_group_id of a group by its name (joined by ':'); undefined while there is no such group. */
export type GroupId = (name: string) => string | undefined;

const PROTOCOLS: Readonly<Record<string, string>> = { icmp: "1", tcp: "6", udp: "17", icmp6: "58" };
const ALL_PORTS: JsonObject = { start_port: 0, end_port: 65535 };

/**
 * The two ACLs of a security group. A rule whose destination is local goes to the ingress one, whose source is local to
 * the egress one; the far side is a prefix, the id of a group (that of the group itself where it is local too), or "-1"
 * for any. A rule that names a group that does not exist, or whose far side names neither group nor prefix, is left out:
 * it matches nobody. One of the two that would have more rules than an ACL may have has none.
 */
export function securityGroupAcls(group: ConfigObject, groupId: GroupId): DerivedObject[] {
  const own = groupId(group.fqName.join(":"));
  const ingress = new RuleList();
  const egress = new RuleList();
  const pairs = new RuleBudget();
  for (const rule of rulesOf(group)) {
    for (const source of list(rule.src_addresses).map(record)) {
      for (const destination of list(rule.dst_addresses).map(record)) {
        if (!pairs.takesPair()) break;
        if (isLocal(destination)) ingress.add(compile(rule, farSide(source, own, groupId), {}));
        else if (isLocal(source)) egress.add(compile(rule, {}, farSide(destination, own, groupId)));
      }
    }
  }
  const acl = (name: string, rules: readonly JsonValue[]): DerivedObject => ({
    type: "access-control-list",
    fqName: [...group.fqName, name],
    parentType: "security-group",
    refs: [],
    properties: { access_control_list_entries: { dynamic: false, acl_rule: rules } },
  });
  const made = ({ rules }: RuleList): readonly JsonValue[] => (pairs.exceeded ? [] : rules);
  return [acl("ingress-access-control-list", made(ingress)), acl("egress-access-control-list", made(egress))];
}

/** The rules of one ACL as they are made; none once there are too many. */
class RuleList {
  readonly budget = new RuleBudget();
  readonly #rules: JsonValue[] = [];

  get rules(): readonly JsonValue[] {
    return this.budget.exceeded ? [] : this.#rules;
  }

  add(made: Iterable<JsonValue>): void {
    for (const rule of made) {
      if (!this.budget.takesRule(rule)) return;
      this.#rules.push(rule);
    }
  }
}

function* compile(
  rule: JsonObject,
  source: JsonObject | undefined,
  destination: JsonObject | undefined,
): Iterable<JsonValue> {
  if (source === undefined || destination === undefined) return;
  const given = (text(rule.protocol) ?? "any").toLowerCase();
  // A range without an end is its start alone.
  const ports = (value: JsonValue | undefined): readonly JsonValue[] => {
    const ranges = list(value).map((item) => {
      const { start_port = 0, end_port = item === null || start_port === 0 ? 65535 : start_port } = record(item);
      return { start_port, end_port };
    });
    return ranges.length === 0 ? [ALL_PORTS] : ranges;
  };
  const destinationPorts = ports(rule.dst_ports);
  for (const sourcePort of ports(rule.src_ports)) {
    for (const destinationPort of destinationPorts) {
      const match = {
        protocol: PROTOCOLS[given] ?? given,
        src_address: source,
        src_port: sourcePort,
        dst_address: destination,
        dst_port: destinationPort,
        ethertype: text(rule.ethertype) ?? "IPv4",
      };
      const made = { match_condition: match, action_list: { simple_action: "pass" } };
      yield { ...made, rule_uuid: text(rule.rule_uuid) ?? ruleUuid(JSON.stringify(made)) };
    }
  }
}

function farSide(side: JsonObject, own: string | undefined, groupId: GroupId): JsonObject | undefined {
  const name = text(side.security_group);
  if (name === "any") return { security_group: "-1" };
  if (name !== undefined) {
    const id = name === "local" ? own : groupId(name);
    return id === undefined ? undefined : { security_group: id };
  }
  if (side.subnet !== undefined && side.subnet !== null) return { subnet: side.subnet };
  if (list(side.subnet_list).length > 0) return { subnet_list: list(side.subnet_list) };
  return undefined;
}

function isLocal(side: JsonObject): boolean {
  return side.security_group === "local";
}

function rulesOf(group: ConfigObject): readonly JsonObject[] {
  return list(record(group.properties.security_group_entries).policy_rule).map(record);
}
