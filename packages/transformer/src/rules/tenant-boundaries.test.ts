import type { ConfigObject, JsonObject } from "@contrail/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTransformer, type Transformer } from "../transformer.ts";

/** Networks of the projects "a" and "b", each with a policy of its own, and what their owners have said. */
interface Tenancy {
  readonly project: string;
  readonly name: string;
  /** What the policy names as the other side: names as "a/1", or "any". */
  readonly wants: readonly string[];
  readonly perms2?: JsonObject;
  readonly isShared?: boolean;
}

const nameOf = (path: string): string => (path === "any" ? "any" : `d:${path.replace("/", ":")}`);

function base(type: string, project: string, name: string): ConfigObject {
  return {
    type,
    uuid: `${type}-${project}-${name}`,
    fqName: ["d", project, name],
    parentType: "project",
    parentUuid: uuidOf(project),
    revision: 1n,
    refs: [],
    properties: {},
    derived: false,
    epoch: 0n,
  };
}

/** A uuid with dashes; clients name tenants without them too. */
function uuidOf(project: string): string {
  return `0000000${project}-0000-4000-8000-000000000000`;
}

function objectsOf({ project, name, wants, perms2 = {}, isShared = false }: Tenancy): readonly ConfigObject[] {
  const policy_rule = wants.map((other) => ({
    direction: "<>",
    protocol: "any",
    src_addresses: [{ virtual_network: "local" }],
    src_ports: [{ start_port: -1, end_port: -1 }],
    dst_addresses: [{ virtual_network: nameOf(other) }],
    dst_ports: [{ start_port: -1, end_port: -1 }],
    action_list: { simple_action: "pass" },
  }));
  const policy = base("network-policy", project, name);
  const network = base("virtual-network", project, name);
  const ref = { toType: "network-policy", toUuid: policy.uuid, toFqName: policy.fqName, attr: {} };
  return [
    { ...policy, properties: { network_policy_entries: { policy_rule } } },
    { ...network, refs: [ref], properties: { perms2, ...(isShared ? { is_shared: true } : {}) } },
  ];
}

function transformed(objects: readonly ConfigObject[]): Transformer {
  const transformer = createTransformer();
  for (const object of objects) transformer.apply({ kind: "upsert", object });
  return transformer;
}

/** Networks as "a/1" whose routing instances one's own is connected with. */
function connections(transformer: Transformer, { project, name }: Tenancy): readonly string[] {
  const instance = transformer.desired().get(`routing-instance d:${project}:${name}:${name}`);
  const refs = instance?.refs.filter(({ toType }) => toType === "routing-instance") ?? [];
  return refs.map(({ toFqName }) => toFqName.slice(1, 3).join("/")).sort();
}

function pair(first: Partial<Tenancy>, second: Partial<Tenancy>): readonly (readonly string[])[] {
  const [one, two] = [
    { project: "a", name: "1", wants: [], ...first },
    { project: "b", name: "2", wants: [], ...second },
  ];
  const transformer = transformed([...objectsOf(one), ...objectsOf(two)]);
  return [connections(transformer, one), connections(transformer, two)];
}

const NONE = [[], []];
const BOTH = [["b/2"], ["a/1"]];
const withB = { share: [{ tenant: uuidOf("b"), tenant_access: 5 }] };
const withA = { share: [{ tenant: uuidOf("a").replaceAll("-", ""), tenant_access: 1 }] };

describe("networks of two tenants are", () => {
  test.each<[string, Partial<Tenancy>, Partial<Tenancy>, readonly (readonly string[])[]]>([
    ["apart where one names the other", { wants: ["b/2"] }, {}, NONE],
    ["apart where one says any, and the other names it", { wants: ["any"] }, { wants: ["a/1"] }, NONE],
    ["apart where both say any", { wants: ["any"] }, { wants: ["any"] }, NONE],
    ["apart where both say any and one is shared", { wants: ["any"], isShared: true }, { wants: ["any"] }, NONE],
    ["connected where both name each other", { wants: ["b/2"] }, { wants: ["a/1"] }, BOTH],
    ["connected where any is shared with who names it", { wants: ["any"], perms2: withB }, { wants: ["a/1"] }, BOTH],
    ["connected where any is shared with all", { wants: ["any"], isShared: true }, { wants: ["a/1"] }, BOTH],
    [
      "apart where any may be read, not used",
      { wants: ["any"], perms2: { global_access: 4 } },
      { wants: ["a/1"] },
      NONE,
    ],
    ["connected where both any are shared", { wants: ["any"], perms2: withB }, { wants: ["any"], perms2: withA }, BOTH],
  ])("%s", (_what, first, second, expected) => {
    expect(pair(first, second)).toEqual(expected);
  });

  test("networks of one project that say any are connected, as before", () => {
    expect(pair({ wants: ["any"] }, { project: "a", wants: ["any"] })).toEqual([["a/2"], ["a/1"]]);
    expect(pair({ wants: ["any"] }, { project: "a", wants: ["a/1"] })).toEqual([["a/2"], ["a/1"]]);
  });
});

const PATHS = ["a/1", "a/2", "b/1", "b/2"];
const share = fc.constantFrom<JsonObject>({}, withA, withB, { global_access: 7 }, { global_access: 4 });
const tenancies = fc.tuple(
  ...PATHS.map((path) => {
    const [project = "", name = ""] = path.split("/");
    const wants = fc.subarray(["any", ...PATHS]);
    return fc.record({ project: fc.constant(project), name: fc.constant(name), wants, perms2: share });
  }),
);

/** The owner of a network has agreed to a connection with one of another tenant: he named it, or shared his. */
function hasAgreed({ wants, perms2 }: Tenancy, other: Tenancy): boolean {
  if (wants.includes(`${other.project}/${other.name}`)) return true;
  const isShared = perms2?.global_access === 7 || perms2 === (other.project === "a" ? withA : withB);
  return wants.includes("any") && isShared;
}

test("no instance takes another tenant's routes unless both owners have agreed, and all that agreed are connected", () => {
  let [across, apart] = [0, 0];
  fc.assert(
    fc.property(tenancies, fc.boolean(), (all, isReversed) => {
      const objects = all.flatMap(objectsOf);
      const transformer = transformed(isReversed ? objects.toReversed() : objects);
      for (const one of all) {
        const found = connections(transformer, one);
        for (const other of all.filter(({ project }) => project !== one.project)) {
          const agreed = hasAgreed(one, other) && hasAgreed(other, one);
          expect(found.includes(`${other.project}/${other.name}`)).toBe(agreed);
          if (agreed) across++;
          else apart++;
        }
        const instance = transformer.desired().get(`routing-instance d:${one.project}:${one.name}:${one.name}`);
        expect(instance?.refs.filter(({ toType }) => toType === "route-target")).toHaveLength(1);
      }
    }),
    { numRuns: 1_000 },
  );
  process.stderr.write(`tenants: ${across} connections across, ${apart} pairs apart\n`);
  expect(across).toBeGreaterThan(500);
});

test("a rule that names a shared policy does not tell one tenant of another's networks that have it", () => {
  const shared = base("network-policy", "c", "shared");
  const refTo = (policy: ConfigObject) => ({
    toType: "network-policy",
    toUuid: policy.uuid,
    toFqName: policy.fqName,
    attr: {},
  });
  const [spy, network] = objectsOf({ project: "a", name: "1", wants: [] });
  const [, mine] = objectsOf({ project: "a", name: "2", wants: [] });
  const [, theirs] = objectsOf({ project: "b", name: "secret", wants: [] });
  if (spy === undefined || network === undefined || mine === undefined || theirs === undefined) throw new Error("none");
  const policy_rule = [
    {
      direction: "<>",
      protocol: "any",
      src_addresses: [{ virtual_network: "local" }],
      dst_addresses: [{ network_policy: "d:c:shared" }],
      action_list: { simple_action: "pass" },
    },
  ];
  const transformer = transformed([
    shared,
    { ...spy, properties: { network_policy_entries: { policy_rule } } },
    network,
    ...[mine, theirs].map((each) => ({ ...each, refs: [refTo(shared)] })),
  ]);
  const acl = JSON.stringify(transformer.desired().get("access-control-list d:a:1:1"));
  expect([acl.includes("d:a:2"), acl.includes("secret")]).toEqual([true, false]);
});

test("a group of another tenant that is not shared is nobody in a rule: its number is not told", () => {
  const group = (project: string, name: string, number: number, properties: JsonObject = {}): ConfigObject => ({
    ...base("security-group", project, name),
    properties: { security_group_id: number, ...properties },
  });
  const rule = {
    direction: ">",
    protocol: "any",
    ethertype: "IPv4",
    src_addresses: [{ security_group: "d:b:theirs" }],
    dst_addresses: [{ security_group: "local" }],
  };
  const mine = group("a", "mine", 8_000_001, { security_group_entries: { policy_rule: [rule] } });
  const rules = (theirs: JsonObject) => {
    const transformer = transformed([mine, group("b", "theirs", 8_000_002, theirs)]);
    return JSON.stringify(
      transformer.desired().get("access-control-list d:a:mine:ingress-access-control-list"),
    ).includes("8000002");
  };
  expect([rules({}), rules({ perms2: withA })]).toEqual([false, true]);
});
