import { expect, test } from "vitest";
import type { JsonObject } from "./json.ts";
import { type ObjectType, objectType, struct } from "./model.ts";
import { type ModelTables, newerPart } from "./newer-parts.ts";

/** The model as a faked next version has it: more properties, a field of a complex type, a link and a type. */
const NETWORK: ObjectType = {
  name: "virtual-network",
  parents: ["project"],
  properties: {
    mtu: { type: "integer" },
    mtu_v6: { type: "integer", since: 2 },
    virtual_network_properties: { type: "VirtualNetworkType" },
    shapes: { type: "Shape", list: true },
  },
  links: [
    { to: "network-policy", attribute: "Sequence" },
    { to: "new-thing", since: 1 },
  ],
};
const NEXT: ModelTables = {
  objectType: (name) =>
    ({ "virtual-network": NETWORK, "new-thing": { ...NETWORK, name: "new-thing", since: 1 } })[name] ??
    objectType(name),
  struct: (name) =>
    ({
      VirtualNetworkType: { rpf: { type: "string" }, urpf: { type: "string", since: 1 } },
      Shape: { side: { type: "Sequence" } },
      Sequence: { major: { type: "integer" }, patch: { type: "integer", since: 1 } },
    })[name] ?? struct(name),
};

function part(minor: number, properties: JsonObject, refs: readonly [string, JsonObject | null][] = []) {
  const references = refs.map(([toType, attr]) => ({ toType, toUuid: "u", toFqName: ["u"], attr }));
  return newerPart({ type: "virtual-network", properties, refs: references }, minor, NEXT);
}

test("parts that came later are found wherever they stand, with their path", () => {
  expect(part(1, { mtu: 1, mtu_v6: 2 })).toEqual({ path: "mtu_v6", since: 2 });
  expect(part(0, { virtual_network_properties: { rpf: "enable", urpf: "x" } })).toEqual({
    path: "virtual_network_properties.urpf",
    since: 1,
  });
  expect(part(0, { shapes: [{ side: { major: 1 } }, { side: { major: 1, patch: 2 } }] })).toEqual({
    path: "shapes.side.patch",
    since: 1,
  });
  expect(part(0, {}, [["new-thing", null]])).toEqual({ path: "new_thing_refs", since: 1 });
  expect(part(0, {}, [["network-policy", { patch: 0 }]])).toEqual({ path: "network_policy_refs.attr.patch", since: 1 });
  expect(newerPart({ type: "new-thing", properties: {}, refs: [] }, 0, NEXT)).toEqual({ path: "new-thing", since: 1 });
});

test("what a version has, or nobody knows, is no newer part", () => {
  expect(part(2, { mtu_v6: 2, virtual_network_properties: { urpf: "x" } }, [["new-thing", null]])).toBeUndefined();
  expect(part(0, { mtu: 1, unheard_of: { patch: 1 }, shapes: [null, { side: null }] })).toBeUndefined();
  expect(newerPart({ type: "unheard-of", properties: { mtu_v6: 1 }, refs: [] }, 0, NEXT)).toBeUndefined();
  expect(part(0, { virtual_network_properties: { urpf: null } })).toBeUndefined();
});
