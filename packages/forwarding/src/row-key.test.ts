import { expect, test } from "vitest";
import { createForwarder } from "./forwarder.ts";
import { inApplicationOrder } from "./order.ts";
import type { TableDelta } from "./tables.ts";

const route: TableDelta = {
  kind: "route",
  row: { vrf: 1, prefix: { address: 0, length: 0 }, nextHop: 1, label: 0, originNetwork: 0, groupSet: 0 },
};
const nextHop: TableDelta = { kind: "next-hop", row: { id: 1, action: { kind: "discard" } } };

test("what is referred to comes first, removals the other way round", () => {
  const removals: TableDelta[] = [
    { kind: "next-hop-remove", id: 9 },
    { kind: "route-remove", vrf: 1, prefix: { address: 0, length: 8 } },
  ];
  const ordered = inApplicationOrder([...removals, route, nextHop]).map(({ kind }) => kind);
  expect(ordered).toEqual(["next-hop", "route", "route-remove", "next-hop-remove"]);
});

test("a sweep removes the rows that nothing named since the mark", () => {
  const forwarder = createForwarder();
  forwarder.apply([route, nextHop]);
  forwarder.mark();
  forwarder.apply([nextHop]);
  expect(forwarder.sweep()).toBe(1);
  expect(forwarder.tableSizes()).toMatchObject({ route: 0, "next-hop": 1 });
});

test.each<[string, TableDelta]>([
  ["label 15", { kind: "label", row: { label: 15, nextHop: 1 } }],
  ["1025 rules", { kind: "acl", row: { id: 1, rules: Array.from({ length: 1025 }, () => rule()) } }],
  ["no member", { kind: "next-hop", row: { id: 1, action: { kind: "ecmp", members: [] } } }],
  ["65 groups", { kind: "group-set", row: { id: 1, groups: Array.from({ length: 65 }, (_, index) => index) } }],
])("%s is refused with the row's name", (_what, delta) => {
  expect(() => createForwarder().apply([delta])).toThrowError(/label 15|acl 1|next hop 1|group set 1/);
});

function rule() {
  const ports = { first: 0, last: 65_535 };
  const any = { kind: "any" } as const;
  return {
    pass: true,
    source: any,
    destination: any,
    protocol: "any",
    sourcePorts: ports,
    destinationPorts: ports,
  } as const;
}
