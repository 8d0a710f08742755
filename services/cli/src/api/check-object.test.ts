import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { checkObject } from "./check-object.ts";

const check = (type: string, content: JsonObject) => checkObject({ type, content });
const network = (more: JsonObject) => check("virtual-network", { fq_name: ["d", "p", "n"], ...more });

test("a right object has no problem, its parent by name, and its parts apart", () => {
  const { wanted, problems, warnings } = network({
    mtu: 1400,
    router_external: null,
    network_policy_refs: [{ to: "d:p:policy", attr: { sequence: { major: 1, minor: 0 } } }],
  });
  expect([problems, warnings]).toEqual([[], []]);
  expect(wanted).toMatchObject({ parent: { type: "project", fqName: ["d", "p"] }, uuid: undefined });
  expect(wanted?.properties).toEqual(
    new Map<string, unknown>([
      ["mtu", 1400],
      ["router_external", null],
    ]),
  );
  const attr = { sequence: { major: 1, minor: 0 } };
  expect(wanted?.references.get("network_policy_refs")).toEqual([
    { toType: "network-policy", to: ["d", "p", "policy"], uuid: undefined, attr },
  ]);
});

test("names may be lists or texts, a list keeps its colons", () => {
  expect(check("domain", { fq_name: "d" }).wanted?.fqName).toEqual(["d"]);
  expect(check("instance-ip", { fq_name: ["test:0"] }).wanted?.fqName).toEqual(["test:0"]);
});

describe("is left out with a warning", () => {
  test.each<[string, JsonObject, RegExp]>([
    [
      "an unknown property",
      { mtuu: 1 },
      /mtuu is no property of a virtual-network and is left out; did you mean mtu\?$/,
    ],
    ["a property without its prefix", { mac_learning: true }, /mac_learning is no property/],
    [
      "references to a type that it has none to",
      { domain_refs: [] },
      /domain_refs is no property of a virtual-network/,
    ],
    ["what the system numbers", { virtual_network_network_id: 4 }, /virtual_network_network_id is the system's/],
  ])("%s", (_, more, warning) => {
    const { wanted, problems, warnings } = network(more);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
    expect([...(wanted?.properties.keys() ?? []), ...(wanted?.references.keys() ?? [])]).toEqual([]);
  });
});

test("a whole object as a read gives it is taken without a word", () => {
  const read = { uuid: "1025226c-0013-4830-b16e-089393dabe50", name: "n", href: "x", parent_type: "project" };
  const lists = { routing_instances: [], instance_ip_back_refs: [], parent_uuid: "y", parent_href: "z" };
  const { problems, warnings } = network({ ...read, ...lists, id_perms: { enable: true }, perms2: { owner: "me" } });
  expect([problems, warnings]).toEqual([[], []]);
});

describe("is a problem that names object and key", () => {
  test.each<[string, JsonObject, RegExp]>([
    ["a value of the wrong kind", { mtu: "x" }, /^virtual-network d:p:n: mtu: an integer is wanted/],
    [
      "a field that a complex type does not have",
      { virtual_network_properties: { alow_transit: true } },
      /virtual_network_properties\.alow_transit: is no field of VirtualNetworkType; did you mean allow_transit\?/,
    ],
    ["a reference to nothing", { network_policy_refs: [{}] }, /network_policy_refs\[0\]: to is wanted/],
    ["references that are no list", { network_policy_refs: {} }, /network_policy_refs: a list is wanted/],
    [
      "a bad uuid of a reference",
      { network_policy_refs: [{ uuid: "x" }] },
      /network_policy_refs\[0\]\.uuid: x is none/,
    ],
    ["an attribute where there is none", { tag_refs: [{ to: ["t"], attr: {} }] }, /a reference to a tag has none/],
    ["a bad uuid", { uuid: "x" }, /uuid x is none/],
    [
      "a parent that it cannot have",
      { parent_type: "domain" },
      /parent_type domain: a virtual-network is below project/,
    ],
    ["a name that is too short", { fq_name: ["n"] }, /the name of its project is wanted in front/],
    ["no name", { fq_name: null }, /virtual-network: fq_name is wanted/],
  ])("%s", (_, more, problem) => {
    expect(network(more).problems).toEqual([expect.stringMatching(problem)]);
  });

  test("a type of several parents without the parent's", () => {
    const { problems } = check("floating-ip", { fq_name: ["d", "p", "n", "pool", "f"] });
    expect(problems).toEqual([expect.stringContaining("parent_type is needed: one of floating-ip-pool, instance-ip")]);
  });
});
