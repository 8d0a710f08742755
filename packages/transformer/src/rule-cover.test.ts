import { type JsonObject, record } from "@contrail/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { aclRule } from "./acl-rule.ts";
import { RuleCover } from "./rule-cover.ts";

const PREFIX = { ip_prefix: "10.0.0.0", ip_prefix_len: 8 };

interface Packet {
  readonly network: string;
  readonly inPrefix: boolean;
  readonly protocol: string;
  readonly port: number;
}

/** Whether a rule matches a packet, by its destination. */
function matches(rule: JsonObject, packet: Packet): boolean {
  const match = record(rule.match_condition);
  const { virtual_network, subnet } = record(match.dst_address);
  const { start_port, end_port } = record(match.dst_port);
  return (
    (virtual_network === undefined || virtual_network === "any" || virtual_network === packet.network) &&
    (subnet === undefined || packet.inPrefix) &&
    (match.protocol === "any" || match.protocol === packet.protocol) &&
    (start_port === -1 || (Number(start_port) <= packet.port && packet.port <= Number(end_port)))
  );
}

const rule = fc
  .record({
    address: fc.constantFrom<JsonObject>(
      { virtual_network: "a" },
      { virtual_network: "any" },
      { virtual_network: "a", subnet: PREFIX },
      { subnet: PREFIX },
    ),
    protocol: fc.constantFrom("any", "6"),
    ports: fc.constantFrom([-1, -1], [1, 4], [2, 3], [4, 5]),
    simple_action: fc.constantFrom("pass", "deny"),
  })
  .map(({ address, protocol, ports: [start_port = 0, end_port = 0], simple_action }) => {
    const all = { address: { virtual_network: "any" }, port: { start_port: -1, end_port: -1 } };
    return aclRule(protocol, all, { address, port: { start_port, end_port } }, { simple_action });
  });
const packets: readonly Packet[] = ["a", "b"].flatMap((network) =>
  [true, false].flatMap((inPrefix) =>
    ["6", "17"].flatMap((protocol) => [1, 2, 4, 5].map((port) => ({ network, inPrefix, protocol, port }))),
  ),
);

test("rules that are left out decide nothing: every packet meets the same action first", () => {
  let dropped = 0;
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 12, size: "max" }), (rules) => {
      const cover = new RuleCover();
      const kept = rules.filter((item) => !cover.covers(item));
      dropped += rules.length - kept.length;
      for (const packet of packets) {
        const first = (list: readonly JsonObject[]) => list.find((item) => matches(item, packet))?.action_list;
        expect(first(kept)).toEqual(first(rules));
      }
    }),
    { numRuns: 300 },
  );
  process.stderr.write(`rule cover: ${dropped} rules left out\n`);
  expect(dropped).toBeGreaterThan(100);
});
