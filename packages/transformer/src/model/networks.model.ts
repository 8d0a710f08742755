import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import fc from "fast-check";
import { intent, to } from "./world.model.ts";

/** Names of networks; one has a ':' of its own. */
export const NETWORKS = ["a", "b", "c", "d:e"];
/** Names of policies. */
export const POLICIES = ["x", "y", "z"];
/** Names of bgpvpns. */
export const VPNS = ["v"];
const GROUPS = ["g", "h"];

const named = fc
  .constantFrom(...NETWORKS.map((name) => `d:p:${name}`), "any", "any", "local", "local")
  .map((virtual_network): JsonObject => ({ virtual_network }));
const address: fc.Arbitrary<JsonObject> = fc.oneof(
  { arbitrary: named, weight: 8 },
  fc.constantFrom(...POLICIES).map((name) => ({ network_policy: `d:p:${name}` })),
  fc.constantFrom(8, 16).map((ip_prefix_len) => ({ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len } })),
  fc.constant({ virtual_network: "d:p:a", subnet_list: [{ ip_prefix: "10.0.0.0", ip_prefix_len: 24 }] }),
  fc.constantFrom<JsonObject>({}, { security_group: "d:p:g" }),
);
const ports: fc.Arbitrary<JsonValue> = fc.array(
  fc.constantFrom<JsonObject>({ start_port: -1, end_port: -1 }, { start_port: 80, end_port: 90 }, { start_port: 22 }),
  { maxLength: 2 },
);
const rule: fc.Arbitrary<JsonObject> = fc.record({
  direction: fc.constantFrom(">", "<>"),
  protocol: fc.constantFrom("tcp", "any", "icmp", "47"),
  src_addresses: fc.array(address, { minLength: 1, maxLength: 2 }),
  dst_addresses: fc.array(address, { minLength: 1, maxLength: 2 }),
  src_ports: ports,
  dst_ports: ports,
  action_list: fc.constantFrom<JsonObject>(
    { simple_action: "pass" },
    { simple_action: "pass" },
    { simple_action: "pass" },
    { simple_action: "pass" },
    { simple_action: "pass", log: true },
    { simple_action: "deny" },
    { simple_action: "pass", apply_service: ["d:p:s"] },
    {},
  ),
});
const policyRef = fc.record({ name: fc.constantFrom(...POLICIES), major: fc.nat(3), minor: fc.nat(2) });
/** Networks with policies in any sequence, and with lists of targets. */
export const network: fc.Arbitrary<ConfigObject> = fc
  .record({
    name: fc.constantFrom(...NETWORKS),
    policies: fc.uniqueArray(policyRef, { selector: ({ name }) => name, maxLength: 3, size: "max" }),
    targets: fc.uniqueArray(fc.constantFrom("target:1:1", "target:1:2"), { maxLength: 2 }),
    vpns: fc.subarray(VPNS, { maxLength: 1 }),
    list: fc.constantFrom("route_target_list", "import_route_target_list", "export_route_target_list"),
  })
  .map(({ name, policies, targets, list, vpns }) => {
    const refs: ReturnType<typeof to>[] = policies.map(({ name: policy, major, minor }) => {
      return to("network-policy", policy, { sequence: { major, minor } });
    });
    refs.push(...vpns.map((vpn) => to("bgpvpn", vpn)));
    return intent("virtual-network", name, refs, { [list]: { route_target: targets } });
  });
/** Policies with rules of every form. */
export const policy: fc.Arbitrary<ConfigObject> = fc
  .record({ name: fc.constantFrom(...POLICIES), policy_rule: fc.array(rule, { maxLength: 3 }) })
  .map(({ name, policy_rule }) => intent("network-policy", name, [], { network_policy_entries: { policy_rule } }));
const groupRule: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.constantFrom<JsonObject>(
      { security_group: "d:p:g" },
      { security_group: "d:p:h" },
      { security_group: "local" },
      { subnet: { ip_prefix: "0.0.0.0", ip_prefix_len: 0 } },
      {},
    ),
    fc.boolean(),
  )
  .map(([far, inwards]) => {
    const local = { security_group: "local" };
    const [from, to] = inwards ? [far, local] : [local, far];
    return { direction: ">", protocol: "tcp", src_addresses: [from], dst_addresses: [to] };
  });
const group = fc
  .record({ name: fc.constantFrom(...GROUPS), policy_rule: fc.array(groupRule, { maxLength: 3 }) })
  .map(({ name, policy_rule }) =>
    intent("security-group", name, [], {
      security_group_id: 8_000_000 + GROUPS.indexOf(name),
      security_group_entries: { policy_rule },
    }),
  );
/** The AS: of two octets or of four. */
export const system: fc.Arbitrary<ConfigObject> = fc
  .constantFrom(64512, 65001, 4_200_000_000)
  .map((autonomous_system) => intent("global-system-config", "default", [], { autonomous_system }));
/** Objects of networks and their policies, by how often they are put. */
export const networkPuts = [
  { arbitrary: network, weight: 5 },
  { arbitrary: policy, weight: 4 },
  { arbitrary: group, weight: 2 },
  { arbitrary: system, weight: 1 },
];

/** What can be removed of them: type and name. */
export const networkNames = [
  ...NETWORKS.map((name) => ["virtual-network", name] as const),
  ...POLICIES.map((name) => ["network-policy", name] as const),
  ...GROUPS.map((name) => ["security-group", name] as const),
];
