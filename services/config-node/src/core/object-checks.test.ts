import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { checkObject } from "./object-checks.ts";

const AS = 64512;

function object(type: string, properties: JsonObject): ConfigObject {
  return {
    type,
    uuid: "u",
    fqName: ["d", "p", "n"],
    parentType: "project",
    parentUuid: "p",
    revision: 0n,
    refs: [],
    properties,
    derived: false,
    epoch: 0n,
  };
}

const network = (...route_target: string[]): ConfigObject =>
  object("virtual-network", { import_route_target_list: { route_target } });

describe("a route target", () => {
  test.each([
    "target:64512:7999999",
    "target:65000:8000000",
    "target:1:4294967295",
    "target:10.0.0.1:65535",
    "target:4200000000:65535",
  ])("%s is taken", (text) => {
    expect(checkObject(network(text), AS)).toEqual(network(text));
  });

  test.each([
    "target:1",
    "target:1:2:3",
    "origin:1:2",
    "target:a:2",
    "target:1:-1",
    "target:1:4294967296",
    "target:10.0.0.1:65536",
    "target:4200000000:65536",
    "target:4294967296:1",
    "",
  ])("%j has no valid form", (text) => {
    expect(() => checkObject(network(text), AS)).toThrow(/^Route target must be of the format.*import_route_target/);
  });

  test("of the range that the system gives to networks is refused: it would open another tenant's network", () => {
    const text = /^Configured route target must use ASN that is different from global ASN or .* less than 8000000/;
    expect(() => checkObject(network("target:64512:8000000"), AS)).toThrow(text);
    expect(() => checkObject(network("target:4200000000:8000"), 4_200_000_000)).toThrow(/less than 8000:/);
    expect(() => checkObject(network("target:64512:8000000"), 65000)).not.toThrow();
  });
});

interface RuleChange {
  readonly [field: string]: unknown;
}

function withRule(type: "network-policy" | "security-group", change: RuleChange): ConfigObject {
  const side = type === "security-group" ? { security_group: "local" } : { virtual_network: "any" };
  const rule = {
    protocol: "tcp",
    src_addresses: [side],
    dst_addresses: [{ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 8 } }],
    src_ports: [{ start_port: -1, end_port: -1 }],
    dst_ports: [{ start_port: 80, end_port: 80 }],
    ...change,
  };
  const field = type === "security-group" ? "security_group_entries" : "network_policy_entries";
  return object(type, { [field]: { policy_rule: [rule as JsonObject] } });
}

describe.each(["network-policy", "security-group"] as const)("a rule of a %s", (type) => {
  test.each<[string, RuleChange]>([
    ["as it is", {}],
    ["a protocol's number", { protocol: "132" }],
    ["a protocol in capitals", { protocol: "TCP" }],
    ["a range of ports", { dst_ports: [{ start_port: 0, end_port: 65535 }] }],
    ["an IPv6 prefix", { dst_addresses: [{ subnet: { ip_prefix: "2001:db8::", ip_prefix_len: 32 } }] }],
  ])("is taken: %s", (_what, change) => {
    expect(() => checkObject(withRule(type, change), AS)).not.toThrow();
  });

  test.each<[string, RuleChange, RegExp]>([
    ["an unknown protocol", { protocol: "smoke" }, /policy_rule\[0\]\.protocol: smoke/],
    ["a protocol beyond 255", { protocol: "256" }, /protocol/],
    ["ports the wrong way round", { dst_ports: [{ start_port: 90, end_port: 80 }] }, /dst_ports\[0\]: 90 to 80/],
    ["a port beyond 65535", { src_ports: [{ start_port: 1, end_port: 70000 }] }, /src_ports\[0\]/],
    ["a port below -1", { src_ports: [{ start_port: -2, end_port: 1 }] }, /src_ports\[0\]/],
    [
      "no prefix",
      { dst_addresses: [{ subnet: { ip_prefix: "ten", ip_prefix_len: 8 } }] },
      /dst_addresses\[0\]\.subnet: ten/,
    ],
    [
      "too long a prefix",
      { src_addresses: [{ security_group: "local", subnet_list: [{ ip_prefix: "10.0.0.0", ip_prefix_len: 33 }] }] },
      /src_addresses\[0\]\.subnet/,
    ],
  ])("is refused with its field: %s", (_what, change, text) => {
    expect(() => checkObject(withRule(type, change), AS)).toThrow(text);
  });
});

test("a security group's rule needs a local side", () => {
  const far = [{ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 8 } }];
  expect(() => checkObject(withRule("security-group", { src_addresses: far }), AS)).toThrow(
    /At least one of source or destination addresses must be 'local'/,
  );
});

test("a MAC address is put into its usual form, or refused", () => {
  const vmi = (mac: string) =>
    object("virtual-machine-interface", { virtual_machine_interface_mac_addresses: { mac_address: [mac] } });
  expect(checkObject(vmi("02-00-00-00-00-AB"), AS)).toEqual(vmi("02:00:00:00:00:ab"));
  for (const mac of ["02:00:00:00:00", "02:00:00:00:00:zz", "", "02:00:00:00:00:00:00"]) {
    expect(() => checkObject(vmi(mac), AS)).toThrow(/^virtual_machine_interface_mac_addresses/);
  }
});

describe("rules that stand for more than an ACL holds", () => {
  const many = (count: number, value: JsonValue): JsonValue[] => Array(count).fill(value) as JsonValue[];
  const local = { security_group: "local" };
  const port = { start_port: 1, end_port: 1 };

  test.each<[string, JsonObject]>([
    ["ports", { src_ports: many(40, port), dst_ports: many(40, port) }],
    ["both directions", { direction: "<>", dst_ports: many(600, port) }],
    ["prefixes", { dst_addresses: [{ subnet_list: many(1_025, { ip_prefix: "10.0.0.0", ip_prefix_len: 8 }) }] }],
    [
      "a product that no number holds",
      {
        src_ports: many(900, port),
        dst_ports: many(900, port),
        src_addresses: many(900, local),
        dst_addresses: many(900, local),
      },
    ],
  ])("%s: refused with the rule named", (_what, change) => {
    expect(() => checkObject(withRule("network-policy", change), AS)).toThrow(
      /network_policy_entries\.policy_rule\[0\]: its addresses and ports make \d+ rules/,
    );
  });

  test("1,024 of a policy are taken, and 2,048 of a group, which has two ACLs", () => {
    const policy = withRule("network-policy", { dst_ports: many(1_024, port) });
    expect(checkObject(policy, AS)).toBe(policy);
    const group = withRule("security-group", { dst_ports: many(2_048, port) });
    expect(checkObject(group, AS)).toBe(group);
  });
});
