import { type JsonObject, type JsonValue, list, record } from "@contrail/schema";
import { text } from "./json-read.ts";

/** One side of a rule as it stands in an ACL: address and ports. */
export interface MatchSide {
  readonly address: JsonObject;
  readonly port: JsonValue;
}

/** Every port. */
export const ALL_PORTS: JsonObject = { start_port: -1, end_port: -1 };

const PROTOCOLS: Readonly<Record<string, string>> = { icmp: "1", tcp: "6", udp: "17", icmp6: "58" };

/** A protocol as it stands in a network's ACL: a number as text, or "any". */
export function protocolOf(rule: JsonObject): string {
  const given = (text(rule.protocol) ?? "any").toLowerCase();
  return PROTOCOLS[given] ?? given;
}

/** Ranges of ports; one without an end is its start alone. */
export function portsOf(value: JsonValue | undefined): readonly JsonValue[] {
  const given = list(value).map((item) => {
    const { start_port = -1, end_port = start_port } = record(item);
    return { start_port, end_port };
  });
  return given.length === 0 ? [ALL_PORTS] : given;
}

/** A rule of an ACL (AclRuleType) without its uuid. */
export function aclRule(
  protocol: string,
  source: MatchSide,
  destination: MatchSide,
  action_list: JsonObject,
  ethertype?: string,
): JsonObject {
  return {
    match_condition: {
      protocol,
      src_address: source.address,
      src_port: source.port,
      dst_address: destination.address,
      dst_port: destination.port,
      ...(ethertype === undefined ? {} : { ethertype }),
    },
    action_list,
  };
}

/** A rule for all traffic between two networks ("any": all of them). */
export function wholeRule(from: string, to: string, simple_action: string): JsonObject {
  const side = (virtual_network: string): MatchSide => ({ address: { virtual_network }, port: ALL_PORTS });
  return aclRule("any", side(from), side(to), { simple_action });
}
