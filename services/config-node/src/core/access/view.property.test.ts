import { createGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ADMINISTRATOR, type Caller } from "../caller.ts";
import { accessBits, LINK, READ, WRITE } from "./object-access.ts";
import { tenantId } from "./tenant.ts";
import { View } from "./view.ts";

const uuid = (digit: number) => `${String(digit).repeat(8)}-0000-4000-8000-000000000000`;
const [DOMAIN, OURS, THEIRS, LISTS] = [uuid(1), uuid(2), uuid(3), uuid(9)];

function object(type: string, id: string, parentUuid: string | undefined, properties: object = {}): ConfigObject {
  const base = { parentType: undefined, revision: 1n, refs: [], derived: false, epoch: 0n };
  return { type, uuid: id, fqName: [id], parentUuid, ...base, properties: properties as ConfigObject["properties"] };
}

function graphOf(...objects: readonly ConfigObject[]) {
  const graph = createGraph();
  const all = [object("domain", DOMAIN, undefined), object("project", OURS, DOMAIN), object("project", THEIRS, DOMAIN)];
  for (const each of [...all, ...objects]) graph.apply({ kind: "upsert", object: each });
  return graph;
}

const tenant = { roles: ["member"], projectUuid: OURS, domainUuid: DOMAIN, readsAll: false };
const caller: Caller = { name: "us", mark: undefined, tenant };

const bits = fc.integer({ min: 0, max: 7 });
const spelled = (id: string) => fc.constantFrom(id, id.toUpperCase(), tenantId(id));
const share = fc.record({
  tenant: fc.oneof(
    spelled(OURS),
    spelled(THEIRS).map((id) => `tenant:${id}`),
    spelled(DOMAIN).map((id) => `domain:${id}`),
    fc.constantFrom("", "tenant:", "domain:", "*", "domain:*", `group:${OURS}`),
  ),
  tenant_access: bits,
});
const perms2 = fc.record({
  owner: fc.oneof(spelled(OURS), spelled(THEIRS), fc.constantFrom("cloud-admin", "")),
  owner_access: bits,
  global_access: bits,
  share: fc.array(share, { maxLength: 4 }),
});

test("perms2 give a tenant what its own lines give, and no line of another gives anything", () => {
  const met = new Map<string, number>();
  fc.assert(
    fc.property(perms2, fc.constantFrom(OURS, THEIRS), (perms, home) => {
      const made = object("virtual-network", uuid(5), home, { perms2: perms });
      const graph = graphOf(made);
      const isOurs = perms.owner === "cloud-admin" ? home === OURS : tenantId(perms.owner) === tenantId(OURS);
      const named = new Set([tenantId(OURS), `tenant:${tenantId(OURS)}`, `domain:${tenantId(DOMAIN)}`]);
      const shares = perms.share.filter((line) => named.has(tenantId(line.tenant)));
      const wanted = [
        perms.global_access,
        isOurs ? perms.owner_access : 0,
        ...shares.map((line) => line.tenant_access),
      ];
      const expected = wanted.reduce((sum, each) => sum | each, 0);
      met.set(
        isOurs ? "owner" : shares.length > 0 ? "shared" : "stranger",
        1 + (met.get(isOurs ? "owner" : shares.length > 0 ? "shared" : "stranger") ?? 0),
      );
      expect(accessBits(graph, made, tenant)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
  process.stderr.write(`perms2: ${JSON.stringify(Object.fromEntries(met))}\n`);
  expect([...met.keys()].sort()).toEqual(["owner", "shared", "stranger"]);
});

test("an object with an empty perms2 of another project gives nothing, one of the own project everything", () => {
  const graph = graphOf();
  expect(accessBits(graph, object("virtual-network", uuid(5), THEIRS), tenant)).toBe(0);
  expect(accessBits(graph, object("virtual-network", uuid(5), OURS), tenant)).toBe(READ | WRITE | LINK);
});

test("is_shared gives everybody what it takes to use a network, and no more", () => {
  const shared = object("virtual-network", uuid(5), THEIRS, { is_shared: true });
  expect(accessBits(graphOf(shared), shared, tenant)).toBe(READ | LINK);
});

const roles = fc.array(fc.constantFrom("member", "operator", "*", "guest"), { minLength: 1, maxLength: 3 });
const crud = fc.constantFrom("", "C", "R", "U", "D", "CR", "CRUD", "r");
const rule = fc.record({
  rule_object: fc.constantFrom("virtual-network", "virtual_network", "network-policy", "*"),
  rule_field: fc.constantFrom("", "*", "mtu", "route_target_list"),
  rule_perms: fc.array(fc.record({ role_name: fc.constantFrom("member", "operator", "*"), role_crud: crud }), {
    maxLength: 2,
  }),
});

test("nobody may what no rule gives; guarded fields need a rule of their own; the administrator may everything", () => {
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 6 }),
      roles,
      fc.constantFrom("C", "R", "U", "D" as const),
      (rules, has, operation) => {
        const list = {
          ...object("api-access-list", LISTS, uuid(8), { api_access_list_entries: { rbac_rule: rules } }),
          parentType: "global-system-config",
        };
        const graph = graphOf(list);
        const view = new View(graph, { ...caller, tenant: { ...tenant, roles: has } });
        const gives = ({ rule_perms }: (typeof rules)[number]): boolean =>
          rule_perms.some(
            ({ role_name, role_crud }) =>
              role_crud.toUpperCase().includes(operation) && (role_name === "*" || has.includes(role_name)),
          );
        const anything = rules.some(gives);
        for (const field of ["", "mtu", "route_target_list"]) {
          if (!anything) expect(view.allows(operation, "virtual-network", field)).toBe(false);
          expect(new View(graph, ADMINISTRATOR).allows(operation, "virtual-network", field)).toBe(true);
        }
        const named = rules.some(
          (each) => each.rule_object.startsWith("virtual") && each.rule_field === "route_target_list" && gives(each),
        );
        if (operation !== "R" && !named)
          expect(view.allows(operation, "virtual-network", "route_target_list")).toBe(false);
        if (operation !== "R") expect(view.allows(operation, "api-access-list")).toBe(false);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("the rule that fits best counts alone", () => {
  const rules = [
    { rule_object: "*", rule_field: "*", rule_perms: [{ role_name: "*", role_crud: "CRUD" }] },
    { rule_object: "virtual-network", rule_field: "", rule_perms: [{ role_name: "member", role_crud: "R" }] },
    { rule_object: "virtual-network", rule_field: "mtu", rule_perms: [{ role_name: "member", role_crud: "U" }] },
  ];
  const list = object("api-access-list", LISTS, OURS, { api_access_list_entries: { rbac_rule: rules } });
  const view = new View(graphOf({ ...list, parentType: "project" }), caller);
  expect(view.allows("U", "network-policy")).toBe(true);
  expect(view.allows("U", "virtual-network")).toBe(false);
  expect([view.allows("U", "virtual-network", "mtu"), view.allows("R", "virtual-network", "mtu")]).toEqual([
    true,
    false,
  ]);
  expect([...view.unreadableFields("virtual-network")]).toEqual(["mtu"]);
});

test("lists of another project count for nobody else", () => {
  const rules = [{ rule_object: "*", rule_field: "", rule_perms: [{ role_name: "*", role_crud: "CRUD" }] }];
  const list = object("api-access-list", LISTS, THEIRS, { api_access_list_entries: { rbac_rule: rules } });
  expect(new View(graphOf({ ...list, parentType: "project" }), caller).allows("R", "virtual-network")).toBe(false);
});
