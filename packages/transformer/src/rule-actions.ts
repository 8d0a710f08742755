import { type JsonObject, record } from "@contrail/schema";
import { text, texts } from "./json-read.ts";

/** Fields of a rule's action list that go into the ACL as they are, beside the simple action. */
const CARRIED = ["log", "alert", "mirror_to", "qos_action", "assign_routing_instance", "host_based_service"] as const;

/** "pass" or "deny"; undefined where a rule says neither, and then it matches nothing. A rule with services passes. */
export function simpleAction(rule: JsonObject): string | undefined {
  const given = text(record(rule.action_list).simple_action);
  return given ?? (texts(record(rule.action_list).apply_service).length > 0 ? "pass" : undefined);
}

/** Names of the services that a rule sends traffic through, from source to destination; none for one that denies. */
export function servicesOf(rule: JsonObject): readonly string[] {
  return simpleAction(rule) === "deny" ? [] : texts(record(rule.action_list).apply_service);
}

/** The action list of the ACL's rule: the simple action, and what is done beside it. */
export function aclActions(rule: JsonObject): JsonObject {
  const given = record(rule.action_list);
  const carried = CARRIED.flatMap((key) => {
    const value = given[key];
    return value === undefined || value === null || value === false ? [] : [[key, value] as const];
  });
  return { simple_action: simpleAction(rule) ?? "deny", ...Object.fromEntries(carried) };
}
