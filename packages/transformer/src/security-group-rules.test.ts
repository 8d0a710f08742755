import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { securityGroupAcls } from "./security-group-rules.ts";

const LOCAL = { security_group: "local" };
const PREFIX = { subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 8 } };

function group(...policy_rule: readonly JsonObject[]): ConfigObject {
  return {
    type: "security-group",
    uuid: "g",
    fqName: ["d", "p", "g"],
    parentType: "project",
    parentUuid: "x",
    revision: 1n,
    refs: [],
    properties: { security_group_entries: { policy_rule } },
    derived: false,
    epoch: 0n,
  };
}

function rule(from: JsonObject, to: JsonObject, more: JsonObject = {}): JsonObject {
  return { direction: ">", protocol: "tcp", src_addresses: [from], dst_addresses: [to], ...more };
}

const idOf = (name: string): string | undefined => ({ "d:p:g": "8000001", "d:p:web": "8000002" })[name];

/** Match conditions of the ingress and of the egress ACL. */
function compile(...rules: readonly JsonObject[]): { ingress: JsonObject[]; egress: JsonObject[] } {
  const [ingress, egress] = securityGroupAcls(group(...rules), idOf).map(({ fqName, properties }) => {
    const entries = properties.access_control_list_entries as { readonly acl_rule: readonly JsonObject[] } & JsonObject;
    return [fqName.at(-1), entries.acl_rule.map((item) => item.match_condition as JsonObject)] as const;
  });
  expect([ingress?.[0], egress?.[0]]).toEqual(["ingress-access-control-list", "egress-access-control-list"]);
  return { ingress: [...(ingress?.[1] ?? [])], egress: [...(egress?.[1] ?? [])] };
}

test("a group without rules has two empty ACLs: nothing passes", () => {
  expect(compile()).toEqual({ ingress: [], egress: [] });
});

describe("the far side of a rule", () => {
  test.each<[string, JsonObject, JsonValue]>([
    ["a prefix", PREFIX, PREFIX],
    ["a list of prefixes", { subnet_list: [PREFIX.subnet] }, { subnet_list: [PREFIX.subnet] }],
    ["another group", { security_group: "d:p:web" }, { security_group: "8000002" }],
    ["the group itself", { security_group: "d:p:g" }, { security_group: "8000001" }],
    ["local: the group itself", LOCAL, { security_group: "8000001" }],
    ["any group", { security_group: "any" }, { security_group: "-1" }],
  ])("%s", (_what, far, wanted) => {
    expect(compile(rule(far, LOCAL)).ingress.map(({ src_address }) => src_address)).toEqual([wanted]);
    if (far !== LOCAL) {
      expect(compile(rule(LOCAL, far)).egress.map(({ dst_address }) => dst_address)).toEqual([wanted]);
    }
  });

  test.each<[string, JsonObject]>([
    ["a group that does not exist", { security_group: "d:p:no" }],
    ["nothing", {}],
    ["a network", { virtual_network: "d:p:n" }],
  ])("%s matches nobody", (_what, far) => {
    expect(compile(rule(far, LOCAL), rule(LOCAL, far))).toEqual({ ingress: [], egress: [] });
  });
});

test("a rule without a local side is in neither ACL", () => {
  expect(compile(rule(PREFIX, PREFIX))).toEqual({ ingress: [], egress: [] });
});

test("ports are combined, a range without an end is its start, none are all", () => {
  const ports = { src_ports: [{ start_port: 1, end_port: 2 }], dst_ports: [{ start_port: 22 }, { start_port: 0 }] };
  const { ingress } = compile(rule(PREFIX, LOCAL, ports));
  expect(ingress.map(({ src_port, dst_port }) => [src_port, dst_port])).toEqual([
    [
      { start_port: 1, end_port: 2 },
      { start_port: 22, end_port: 22 },
    ],
    [
      { start_port: 1, end_port: 2 },
      { start_port: 0, end_port: 65535 },
    ],
  ]);
  expect(compile(rule(PREFIX, LOCAL)).ingress[0]).toMatchObject({
    src_port: { start_port: 0, end_port: 65535 },
    dst_port: { start_port: 0, end_port: 65535 },
  });
});

test("protocol and ethertype are carried, IPv4 where none is given", () => {
  const { ingress } = compile(rule(PREFIX, LOCAL), rule(PREFIX, LOCAL, { protocol: "icmp6", ethertype: "IPv6" }));
  expect(ingress.map(({ protocol, ethertype }) => [protocol, ethertype])).toEqual([
    ["6", "IPv4"],
    ["58", "IPv6"],
  ]);
});

test("an ACL that would have more rules than there may be has none; the other one stays", () => {
  const ports = Array.from({ length: 300 }, (_, port) => ({ start_port: port, end_port: port }));
  const { ingress, egress } = compile(
    rule(PREFIX, LOCAL, { src_ports: ports, dst_ports: ports }),
    rule(LOCAL, PREFIX, { dst_ports: [{ start_port: 80, end_port: 80 }] }),
  );
  expect(ingress).toEqual([]);
  expect(egress).toHaveLength(1);
});
