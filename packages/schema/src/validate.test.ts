import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "./json.ts";
import { objectType, objectTypes, type Property, struct } from "./model.ts";
import { checkProperty } from "./validate.ts";

const property = (type: string, name: string): Property => {
  const found = objectType(type)?.properties[name];
  if (found === undefined) throw new Error(`${type} has no ${name}`);
  return found;
};

test("the model has the 126 object types, and every type that it names exists", () => {
  expect(objectTypes()).toHaveLength(126);
  for (const type of objectTypes()) {
    for (const parent of type.parents) expect(objectType(parent), parent).toBeDefined();
    for (const link of type.links) expect(objectType(link.to), link.to).toBeDefined();
    for (const { type: name } of Object.values(type.properties)) {
      expect(["string", "integer", "uint64", "boolean"].includes(name) || struct(name) !== undefined).toBe(true);
    }
  }
});

describe("a bad value is refused with its path", () => {
  test.each<[string, string, JsonValue, RegExp]>([
    ["virtual-network", "router_external", "yes", /^router_external: true or false/],
    ["virtual-network", "virtual_network_properties", { forwarding_mode: "l9" }, /forwarding_mode: "l9" is not one of/],
    ["virtual-network", "virtual_network_properties", { colour: 1 }, /properties\.colour: is no field of/],
    ["virtual-network", "route_target_list", { route_target: "target:1:1" }, /route_target: a list is wanted/],
    ["virtual-network", "mtu", 1.5, /^mtu: an integer/],
    ["virtual-network", "mtu", 9_000_000, /^mtu: 9000000 is not in/],
    ["virtual-network", "external_ipam", null, /^external_ipam: true or false is wanted, not null/],
  ])("%s %s %j", (type, name, value, text) => {
    expect(() => checkProperty(property(type, name), value, name)).toThrow(text);
  });
});

test("null fields of a complex type are left out, empty lists are kept", () => {
  const checked = checkProperty(property("virtual-network", "route_target_list"), { route_target: [] }, "p");
  expect(checked).toEqual({ route_target: [] });
  const properties = property("virtual-network", "virtual_network_properties");
  expect(checkProperty(properties, { rpf: null, mirror_destination: true }, "p")).toEqual({ mirror_destination: true });
});

test("any JSON is kept or refused with a bad_request, and what was kept passes again", () => {
  const all = objectTypes().flatMap((type) => Object.values(type.properties));
  const pick = fc.integer({ min: 0, max: all.length - 1 });
  fc.assert(
    fc.property(pick, fc.jsonValue(), (index, value) => {
      const chosen = all[index];
      if (chosen === undefined) return;
      try {
        // fc.jsonValue gives what JsonValue lists.
        const kept = checkProperty(chosen, value as JsonValue, "p");
        expect(checkProperty(chosen, kept, "p")).toEqual(kept);
      } catch (reason) {
        expect(reason).toMatchObject({ code: "schema.bad_request" });
      }
    }),
    { numRuns: 2_000 },
  );
});
