import type { ConfigObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { createGraph } from "./graph.ts";
import { networkSubnets } from "./network-subnets.ts";

function object(type: string, uuid: string, more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, revision: 1n, refs: [], properties: {} };
  return { type, uuid, fqName: [uuid], derived: false, epoch: 0n, ...none, ...more };
}

test("subnets of a network are its own and those of its address managers, in order; other references have none", () => {
  const graph = createGraph();
  const shared = { ipam_subnets: { subnets: [{ default_gateway: "10.2.0.1" }] } };
  graph.apply({ kind: "upsert", object: object("network-ipam", "flat", { properties: shared }) });
  const to = (toType: string, toUuid: string, ipam_subnets: readonly string[]) => {
    const attr = { ipam_subnets: ipam_subnets.map((default_gateway) => ({ default_gateway })) };
    return { toType, toUuid, toFqName: [toUuid], attr };
  };
  const refs = [
    to("network-ipam", "unknown", ["10.1.0.1"]),
    to("network-policy", "flat", ["10.9.0.1"]),
    to("network-ipam", "flat", ["10.3.0.1"]),
  ];
  const found = networkSubnets(graph, object("virtual-network", "red", { refs }));
  expect(found.map((subnet) => subnet.default_gateway)).toEqual(["10.1.0.1", "10.3.0.1", "10.2.0.1"]);
});

test("what is no list, or no object in one, is no subnet that says anything", () => {
  const refs = [
    { toType: "network-ipam", toUuid: "a", toFqName: ["a"], attr: { ipam_subnets: "10.1.0.0/16" } },
    { toType: "network-ipam", toUuid: "b", toFqName: ["b"], attr: { ipam_subnets: [7, null] } },
  ];
  expect(networkSubnets(createGraph(), object("virtual-network", "red", { refs }))).toEqual([{}, {}]);
});
