import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import type { CurrentState } from "./current-state.ts";
import { keyOf, type ObjectName } from "./object-name.ts";
import { checkFile, planFile } from "./plan.ts";
import type { GivenObject } from "./read-documents.ts";

type Row = readonly [type: string, object: JsonObject & { readonly fq_name: readonly string[] }];

function plan(given: readonly Row[], there: readonly Row[] = [], taken: Readonly<Record<string, ObjectName>> = {}) {
  const stored = new Map(there.map(([type, object]) => [keyOf({ type, fqName: object.fq_name }), object]));
  const current: CurrentState = {
    find: (name) => stored.get(keyOf(name)),
    withUuid: (type, uuid) => there.find(([of, object]) => of === type && object.uuid === uuid)?.[1],
    takenBy: (uuid) => taken[uuid],
  };
  const objects = given.map(([type, content]): GivenObject => ({ type, content }));
  return planFile(checkFile(objects), current);
}

const UUID = "1025226c-0013-4830-b16e-089393dabe50";
const PROJECT: Row = ["project", { fq_name: ["d", "p"] }];
const network = (more: JsonObject = {}): Row => ["virtual-network", { fq_name: ["d", "p", "n"], ...more }];

test("objects are created in the order that their parents and references ask for", () => {
  const { objects, problems } = plan([
    network({ network_policy_refs: [{ to: ["d", "p", "q"] }] }),
    ["network-policy", { fq_name: ["d", "p", "q"] }],
    PROJECT,
    ["domain", { fq_name: ["d"] }],
  ]);
  expect(problems).toEqual([]);
  expect(objects.map(({ wanted }) => wanted.type)).toEqual(["domain", "project", "network-policy", "virtual-network"]);
});

test("a ring of references has one list that follows later", () => {
  const feature = (name: string, to: string): Row => [
    "feature",
    { fq_name: ["g", name], feature_refs: [{ to: ["g", to] }] },
  ];
  const { objects, problems } = plan(
    [feature("a", "b"), feature("b", "a")],
    [["global-system-config", { fq_name: ["g"] }]],
  );
  expect(problems).toEqual([]);
  expect(objects.filter(({ later }) => later.size > 0)).toHaveLength(1);
});

test("what is there is compared, and waits for nobody", () => {
  const { objects } = plan([network({ mtu: 1500 })], [PROJECT, network({ uuid: "u-n", mtu: 1400 })]);
  expect(objects).toMatchObject([{ stored: { uuid: "u-n" }, changes: [{ key: "mtu", before: 1400, after: 1500 }] }]);
});

test("a group that is born with its project need be neither there nor in the file", () => {
  const port: Row = [
    "virtual-machine-interface",
    { fq_name: ["d", "p", "i"], parent_type: "project", security_group_refs: [{ to: ["d", "p", "default"] }] },
  ];
  expect(plan([PROJECT, port], [["domain", { fq_name: ["d"] }]]).problems).toEqual([]);
});

describe("is found before anything is written", () => {
  const reference = (to: JsonObject): Row => network({ network_policy_refs: [to] });
  test.each<[string, Row[], Row[], RegExp]>([
    ["a missing parent", [network()], [], /its parent project d:p is neither there nor in the file$/],
    ["a missing target", [reference({ to: ["d", "p", "q"] })], [PROJECT], /network-policy d:p:q is neither there nor/],
    [
      "a target's unknown uuid",
      [reference({ uuid: UUID })],
      [PROJECT],
      /network-policy 1025226c.* is neither there nor/,
    ],
    ["an object that stands twice", [network(), network({ mtu: 1400 })], [PROJECT], /n stands twice in the file$/],
    [
      "a uuid that stands twice",
      [network({ uuid: UUID }), ["project", { fq_name: ["d", "p"], uuid: UUID }]],
      [["domain", { fq_name: ["d"] }]],
      /have one uuid/,
    ],
    [
      "another uuid than it has",
      [network({ uuid: UUID })],
      [PROJECT, network({ uuid: "other" })],
      /with the uuid other, not/,
    ],
    [
      "a change of what the system made",
      [network({ mtu: 1 })],
      [PROJECT, network({ id_perms: { creator: "transformer" } })],
      /is made by the system/,
    ],
    [
      "a change of what is given at the creation",
      [["instance-ip", { fq_name: ["i"], instance_ip_address: "10.0.0.1" }]],
      [["instance-ip", { fq_name: ["i"], instance_ip_address: "10.0.0.2" }]],
      /instance_ip_address is given at the creation/,
    ],
  ])("%s", (_, given, there, problem) => {
    expect(plan(given, there).problems).toEqual([expect.stringMatching(problem)]);
  });

  test("a uuid that another object has", () => {
    const { problems } = plan([network({ uuid: UUID })], [PROJECT], { [UUID]: { type: "domain", fqName: ["x"] } });
    expect(problems).toEqual([expect.stringContaining(`its uuid ${UUID} is that of domain x`)]);
  });
});

test("of several files, texts name the one that is meant", () => {
  const [type, content] = network({ mtu: "x" });
  const twice = [PROJECT, PROJECT].map(([type, content], index) => ({ type, content, file: `${index}.yaml` }));
  const { problems } = checkFile([{ type, content, file: "a.yaml" }, ...twice]);
  expect(problems).toEqual([
    expect.stringMatching(/^a\.yaml: virtual-network .*mtu/),
    expect.stringMatching(/^0\.yaml: project .* is in 1\.yaml as well$/),
  ]);
});

test("a target that the file creates may be named by the uuid that the file gives it", () => {
  const policy: Row = ["network-policy", { fq_name: ["d", "p", "q"], uuid: UUID }];
  const { objects, problems } = plan([network({ network_policy_refs: [{ uuid: UUID }] }), policy], [PROJECT]);
  expect(problems).toEqual([]);
  expect(objects.map(({ wanted }) => wanted.type)).toEqual(["network-policy", "virtual-network"]);
});
