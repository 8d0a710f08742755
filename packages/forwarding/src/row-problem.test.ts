import { expect, test } from "vitest";
import { MAX_ACL_RULES, MAX_ECMP_MEMBERS, MAX_GROUPS, MAX_INTERFACE_ID, rowProblem } from "./row-problem.ts";
import type { AclRule, InterfaceRow, TableDelta } from "./tables.ts";

const prefix = (length: number) => ({ address: 0, length });
const rule: AclRule = {
  pass: true,
  source: { kind: "any" },
  destination: { kind: "any" },
  protocol: "any",
  sourcePorts: { first: 0, last: 65_535 },
  destinationPorts: { first: 0, last: 65_535 },
};
const row: InterfaceRow = {
  id: 1,
  device: "tap0",
  vrf: 1,
  mac: 1,
  nextHop: 1,
  network: 1,
  groupSet: 0,
  networkAcl: 0,
  ingressAcl: 0,
  egressAcl: 0,
  subnet: prefix(24),
  mtuBytes: 1_450,
};
const vif = (changes: Partial<InterfaceRow>): TableDelta => ({ kind: "interface", row: { ...row, ...changes } });
const route = (length: number): TableDelta => ({
  kind: "route",
  row: { vrf: 1, prefix: prefix(length), nextHop: 1, label: 0, originNetwork: 1, groupSet: 0 },
});
const label = (number: number): TableDelta => ({ kind: "label", row: { label: number, nextHop: 1 } });
const groups = (id: number, count: number): TableDelta => ({
  kind: "group-set",
  row: { id, groups: Array.from({ length: count }, (_, index) => index + 1) },
});
const acl = (id: number, count: number): TableDelta => ({
  kind: "acl",
  row: { id, rules: Array.from({ length: count }, () => rule) },
});
const ecmp = (id: number, count: number): TableDelta => ({
  kind: "next-hop",
  row: { id, action: { kind: "ecmp", members: Array.from({ length: count }, () => ({ nextHop: 1, label: 0 })) } },
});

test.each<[string, TableDelta]>([
  ["the highest interface", vif({ id: MAX_INTERFACE_ID })],
  ["the longest device name", vif({ device: "x".repeat(15) })],
  ["the default route", route(0)],
  ["a host route", route(32)],
  ["the lowest label", label(16)],
  ["the highest label", label(0xfffff)],
  ["the largest set", groups(1, MAX_GROUPS)],
  ["the empty set", groups(1, 0)],
  ["the longest ACL", acl(1, MAX_ACL_RULES)],
  ["an ACL without rules, which denies", acl(1, 0)],
  ["the widest spread", ecmp(1, MAX_ECMP_MEMBERS)],
  ["any removal", { kind: "acl-remove", id: 0 }],
])("%s can be held", (_what, delta) => expect(rowProblem(delta)).toBeUndefined());

test.each<[TableDelta, RegExp]>([
  [vif({ id: 0 }), /^interface 0: not 1 to/],
  [vif({ id: MAX_INTERFACE_ID + 1 }), /^interface 4352/],
  [vif({ device: "" }), /"" is no device name/],
  [vif({ device: "x".repeat(16) }), /no device name/],
  [vif({ device: "a/b" }), /"a\/b" is no device name/],
  [vif({ subnet: prefix(33) }), /^prefix length 33/],
  [route(33), /^prefix length 33/],
  [route(-1), /^prefix length -1/],
  [label(15), /^label 15/],
  [label(0x100000), /^label 1048576/],
  [groups(1, MAX_GROUPS + 1), /^group set 1: more than 64/],
  [groups(0, 1), /^group set 0: ids begin at 1/],
  [acl(1, MAX_ACL_RULES + 1), /^acl 1: more than 1024/],
  [acl(0, 1), /^acl 0: ids begin at 1/],
  [ecmp(1, 0), /^next hop 1: 0 members/],
  [ecmp(1, MAX_ECMP_MEMBERS + 1), /^next hop 1: 17 members/],
  [ecmp(0, 1), /^next hop 0: ids begin at 1/],
])("what cannot be held is named: case %#", (delta, problem) => expect(rowProblem(delta)).toMatch(problem));
