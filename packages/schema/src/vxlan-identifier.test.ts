import { expect, test } from "vitest";
import type { JsonValue } from "./json.ts";
import { vxlanIdentifier } from "./vxlan-identifier.ts";

function vni(id: JsonValue, configured?: JsonValue, mode?: string): number | undefined {
  const properties = {
    virtual_network_network_id: id,
    virtual_network_properties: configured === undefined ? null : { vxlan_network_identifier: configured },
  };
  const none = { parentType: undefined, parentUuid: undefined, refs: [], derived: false, epoch: 0n, revision: 1n };
  return vxlanIdentifier({ type: "virtual-network", uuid: "n", fqName: ["n"], properties, ...none }, mode);
}

test("a network's VNI is its network id, or what it is given where the mode says so", () => {
  expect(vni(5)).toBe(5);
  expect(vni(5, 77)).toBe(5);
  expect(vni(5, 77, "automatic")).toBe(5);
  expect(vni(5, 77, "configured")).toBe(77);
  expect(vni(5, undefined, "configured")).toBeUndefined();
});

test("what is no VNI of 24 bits is none", () => {
  for (const id of [0, -1, 1 << 24, 1.5, "x", null, {}, 1n << 40n]) expect(vni(id)).toBeUndefined();
  expect(vni(0xffffff)).toBe(0xffffff);
  expect(vni(7n)).toBe(7);
});
