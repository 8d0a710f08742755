import { expect, test } from "vitest";
import type { Model } from "./read-model.ts";
import { renderClientTypes } from "./render-client-types.ts";

const MODEL: Model = {
  objectTypes: {
    network: {
      name: "network",
      parents: ["project"],
      properties: {
        mode: { type: "string", values: ["l2", "l3"] },
        "vlan-ids": { type: "integer", list: true },
        kinds: { type: "string", list: true, values: ["a", "b"] },
        shared: { type: "boolean" },
        rule: { type: "RuleType" },
      },
      links: [{ to: "virtual-DNS", attribute: "RuleType" }, { to: "tag" }],
    },
    project: { name: "project", parents: ["config-root", "domain"], properties: {}, links: [] },
    tag: { name: "tag", parents: [], properties: {}, links: [] },
    "virtual-DNS": { name: "virtual-DNS", parents: [], properties: {}, links: [] },
  },
  structs: {
    ObjectBase: { uuid: { type: "string" }, display_name: { type: "string" } },
    RuleType: { counter: { type: "uint64" }, next: { type: "RuleType", list: true } },
  },
};
const text = renderClientTypes(MODEL).replaceAll(/\s+/g, " ");

test("scalars, allowed values, lists and complex types have types of their own", () => {
  expect(text).toContain("export type RuleType = { readonly counter?: bigint; readonly next?: readonly RuleType[]; };");
  expect(text).toContain('readonly mode?: "l2" | "l3"; readonly "vlan-ids"?: readonly number[];');
  expect(text).toContain(
    'readonly kinds?: readonly ("a" | "b")[]; readonly shared?: boolean; readonly rule?: RuleType;',
  );
});

test("references stand under the key of their target, with the link's attribute", () => {
  expect(text).toContain("readonly virtual_DNS_refs?: readonly Reference<RuleType>[];");
  expect(text).toContain("readonly tag_refs?: readonly Reference<null>[];");
  expect(text).toContain('readonly links: { readonly "virtual-DNS": RuleType; readonly "tag": null };');
});

test("a row of the map knows children, back references and parents", () => {
  expect(text).toContain('readonly "project": { readonly written: Project; readonly incoming: { readonly networks?:');
  expect(text).toContain("readonly incoming: { readonly network_back_refs?: readonly StoredReference<RuleType>[]; };");
  expect(text).toContain('readonly parents: "config-root" | "domain";');
  expect(text).toContain("readonly parents: never;");
});

test("identity is no property that a client writes", () => {
  expect(text).toContain("export type ObjectBase = { readonly display_name?: string; };");
});

test("two types of one name are refused", () => {
  const structs = { ...MODEL.structs, VirtualDNS: {} };
  expect(() => renderClientTypes({ ...MODEL, structs })).toThrow("two types would be named VirtualDNS");
});
