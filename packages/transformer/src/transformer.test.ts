import type { ConfigChange, ConfigObject, JsonObject } from "@contrail/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DerivedObject } from "./derived.ts";
import { createTransformer, type Transformer } from "./transformer.ts";

function object(type: string, name: string, changes: Partial<ConfigObject> = {}): ConfigObject {
  return {
    type,
    uuid: `${type}-${name}`,
    fqName: ["d", "p", name],
    parentType: "project",
    parentUuid: "p",
    revision: 1n,
    refs: [],
    properties: {},
    derived: false,
    epoch: 0n,
    ...changes,
  };
}

function network(name: string, policies: readonly string[] = [], properties: JsonObject = {}): ConfigObject {
  const refs = policies.map((policy, major) => ({
    toType: "network-policy",
    toUuid: `network-policy-${policy}`,
    toFqName: ["d", "p", policy],
    attr: { sequence: { major, minor: 0 } },
  }));
  return object("virtual-network", name, { refs, properties });
}

interface RuleInput {
  readonly from: string;
  readonly to: string;
  readonly direction?: string;
  readonly protocol?: string;
  readonly port?: number;
  readonly action?: string;
}

function policy(name: string, ...rules: readonly RuleInput[]): ConfigObject {
  const side = (text: string): JsonObject =>
    text.startsWith("@")
      ? { network_policy: `d:p:${text.slice(1)}` }
      : { virtual_network: /^(any|local)$/.test(text) ? text : `d:p:${text}` };
  const policy_rule = rules.map(({ from, to, direction = "<>", protocol = "any", port, action = "pass" }) => ({
    direction,
    protocol,
    src_addresses: [side(from)],
    src_ports: [{ start_port: -1, end_port: -1 }],
    dst_addresses: [side(to)],
    dst_ports: [{ start_port: port ?? -1, end_port: port ?? -1 }],
    action_list: { simple_action: action },
  }));
  return object("network-policy", name, { properties: { network_policy_entries: { policy_rule } } });
}

const upsert = (value: ConfigObject): ConfigChange => ({ kind: "upsert", object: value });
const remove = ({ type, uuid, fqName }: ConfigObject): ConfigChange => ({
  kind: "remove",
  type,
  uuid,
  fqName,
  revision: 9n,
});

function transform(...objects: readonly ConfigObject[]): Transformer {
  const transformer = createTransformer();
  for (const item of objects) transformer.apply(upsert(item));
  return transformer;
}

function connections(transformer: Transformer, name: string): string[] {
  const instance = transformer.desired().get(`routing-instance d:p:${name}:${name}`);
  const refs = instance?.refs.filter((ref) => ref.toType === "routing-instance") ?? [];
  return refs.map((ref) => ref.toFqName.at(-1) ?? "");
}

function aclOf(transformer: Transformer, name: string): string[] {
  const acl = transformer.desired().get(`access-control-list d:p:${name}:${name}`);
  const entries = acl?.properties.access_control_list_entries as { acl_rule: JsonObject[] } | undefined;
  return (entries?.acl_rule ?? []).map((rule) => {
    const match = rule.match_condition as Record<
      string,
      JsonObject & { virtual_network?: string; start_port?: number }
    >;
    const short = (side: { virtual_network?: string } | undefined): string =>
      String(side?.virtual_network).replace("d:p:", "");
    const action = (rule.action_list as JsonObject).simple_action;
    const ports = `${match.src_port?.start_port}>${match.dst_port?.start_port}`;
    return `${short(match.src_address)}>${short(match.dst_address)} ${String(match.protocol)} ${ports} ${String(action)}`;
  });
}

describe("a network", () => {
  test("has a routing instance of its own name with the lowest free route target", () => {
    const transformer = transform(network("a"), network("b"));
    const instance = transformer.desired().get("routing-instance d:p:b:b");
    expect(instance?.refs).toEqual([{ toType: "route-target", toFqName: ["target:64512:8000001"], attr: {} }]);
    expect(instance?.properties).toEqual({ routing_instance_is_default: true });
    expect(transformer.desired().has("access-control-list d:p:a:a")).toBe(false);
  });

  test("imports and exports the targets that its lists name", () => {
    const lists = {
      route_target_list: { route_target: ["target:1:1"] },
      import_route_target_list: { route_target: ["target:1:2", "target:1:3"] },
      export_route_target_list: { route_target: ["target:1:3", "target:1:4"] },
    };
    const refs =
      transform(network("a", [], lists))
        .desired()
        .get("routing-instance d:p:a:a")?.refs ?? [];
    expect(refs.map((ref) => [ref.toFqName[0], ref.attr])).toEqual([
      ["target:64512:8000000", {}],
      ["target:1:1", {}],
      ["target:1:2", { import_export: "import" }],
      ["target:1:3", {}],
      ["target:1:4", { import_export: "export" }],
    ]);
  });

  test("keeps its route target over a restart, whatever order things come in", () => {
    const derived = { ...object("routing-instance", "b"), fqName: ["d", "p", "b", "b"], derived: true };
    const ref = { toType: "route-target", toUuid: "x", toFqName: ["target:64512:8000007"], attr: {} };
    const transformer = transform({ ...derived, refs: [ref] }, network("a"), network("b"));
    expect(transformer.desired().get("routing-instance d:p:b:b")?.refs[0]?.toFqName).toEqual(["target:64512:8000007"]);
  });
});

test("a removed network's number is given again once its instance is gone from the store", () => {
  const first = network("a");
  const transformer = transform(first);
  settleAll(transformer);
  transformer.apply(remove(first));
  transformer.apply(upsert(network("b")));
  const targetOf = (name: string) =>
    transformer.desired().get(`routing-instance d:p:${name}:${name}`)?.refs[0]?.toFqName[0];
  expect(targetOf("b")).toBe("target:64512:8000001");
  settleAll(transformer);
  transformer.apply(upsert(network("c")));
  expect(targetOf("c")).toBe("target:64512:8000000");
});

describe("a policy", () => {
  test("connects two networks when both have it, and only then", () => {
    const rule = policy("x", { from: "a", to: "b" });
    expect(connections(transform(rule, network("a", ["x"]), network("b")), "a")).toEqual([]);
    const both = transform(rule, network("a", ["x"]), network("b", ["x"]), network("c"));
    expect([connections(both, "a"), connections(both, "b"), connections(both, "c")]).toEqual([["b"], ["a"], []]);
  });

  test("of one direction lets only that one through, in the ACLs of both", () => {
    const rule = policy("x", { from: "a", to: "b", direction: ">", protocol: "tcp", port: 80 });
    const transformer = transform(rule, network("a", ["x"]), network("b", ["x"]));
    expect(aclOf(transformer, "a")).toEqual(["a>b 6 -1>80 pass", "a>a any -1>-1 pass", "any>any any -1>-1 deny"]);
    expect(aclOf(transformer, "b")).toEqual(["a>b 6 -1>80 pass", "b>b any -1>-1 pass", "any>any any -1>-1 deny"]);
  });

  test("of both directions has the rule and its mirror image", () => {
    const rule = policy("x", { from: "a", to: "b", protocol: "tcp", port: 80 });
    const transformer = transform(rule, network("a", ["x"]), network("b", ["x"]));
    expect(aclOf(transformer, "b").slice(0, 2)).toEqual(["a>b 6 -1>80 pass", "b>a 6 80>-1 pass"]);
  });

  test("that denies connects nothing and stands in the ACL", () => {
    const transformer = transform(
      policy("x", { from: "a", to: "b", action: "deny" }),
      network("a", ["x"]),
      network("b", ["x"]),
    );
    expect(connections(transformer, "a")).toEqual([]);
    expect(aclOf(transformer, "a")[0]).toBe("a>b any -1>-1 deny");
  });

  test("with any connects all networks that have it", () => {
    const transformer = transform(
      policy("x", { from: "any", to: "any" }),
      ...["a", "b", "c"].map((name) => network(name, ["x"])),
    );
    expect(connections(transformer, "a")).toEqual(["b", "c"]);
  });

  test("with local and another policy's networks", () => {
    const hub = policy("hub", { from: "local", to: "@leaf" });
    const leaf = policy("leaf", { from: "local", to: "a" });
    const transformer = transform(hub, leaf, network("a", ["hub"]), network("b", ["leaf"]), network("c", ["leaf"]));
    expect([connections(transformer, "a"), connections(transformer, "b")]).toEqual([["b", "c"], ["a"]]);
  });

  test("with a timer opens nothing, and denies always", () => {
    const rules = [
      { from: "a", to: "b" },
      { from: "a", to: "b", action: "deny", protocol: "tcp" },
    ];
    const timed = (name: string): ConfigObject => {
      const made = network(name, ["x"]);
      const refs = made.refs.map((ref) => ({ ...ref, attr: { timer: { start_time: "12:00:00" } } }));
      return { ...made, refs };
    };
    const transformer = transform(policy("x", ...rules), timed("a"), timed("b"));
    expect(connections(transformer, "a")).toEqual([]);
    expect(aclOf(transformer, "a").map((rule) => rule.split(" ").at(-1))).toEqual(["deny", "deny", "pass", "deny"]);
  });

  test("order of several policies is that of their sequence", () => {
    const first = policy("y", { from: "a", to: "b", protocol: "tcp", action: "deny" });
    const second = policy("x", { from: "a", to: "b", protocol: "tcp" });
    expect(aclOf(transform(first, second, network("a", ["y", "x"]), network("b", ["x"])), "a")[0]).toContain("deny");
  });
});

test("a security group becomes an ingress and an egress ACL with group ids", () => {
  const rule = (from: JsonObject, to: JsonObject): JsonObject => ({
    direction: ">",
    protocol: "tcp",
    src_addresses: [from],
    dst_addresses: [to],
  });
  const any = { subnet: { ip_prefix: "0.0.0.0", ip_prefix_len: 0 } };
  const local = { security_group: "local" };
  const policy_rule = [
    rule({ security_group: "d:p:web" }, local),
    rule(local, any),
    rule({ security_group: "d:p:no" }, local),
  ];
  const group = object("security-group", "db", {
    properties: { security_group_id: 8000001, security_group_entries: { policy_rule } },
  });
  const web = object("security-group", "web", { properties: { security_group_id: 8000002 } });
  const wanted = transform(group, web).desired();
  const matches = (name: string) => {
    const acl = wanted.get(`access-control-list d:p:db:${name}`)?.properties.access_control_list_entries as {
      acl_rule: JsonObject[];
    };
    return acl.acl_rule.map(({ match_condition: match }) => [
      (match as JsonObject).src_address,
      (match as JsonObject).dst_address,
    ]);
  };
  expect(matches("ingress-access-control-list")).toEqual([[{ security_group: "8000002" }, {}]]);
  expect(matches("egress-access-control-list")).toEqual([[{}, any]]);
});

describe("any order, any batching", () => {
  const names = ["a", "b", "c"];
  const side = fc.constantFrom("a", "b", "c", "any", "local", "@x");
  const rule = fc.record({
    from: side,
    to: side,
    direction: fc.constantFrom(">", "<>"),
    action: fc.constantFrom("pass", "deny"),
  });
  const change = fc.oneof(
    fc
      .record({ name: fc.constantFrom(...names), policies: fc.uniqueArray(fc.constantFrom("x", "y")) })
      .map(({ name, policies }) => network(name, policies)),
    fc
      .record({ name: fc.constantFrom("x", "y"), rules: fc.array(rule, { maxLength: 3 }) })
      .map(({ name, rules }) => policy(name, ...rules)),
  );
  const steps = fc.array(fc.record({ object: change, gone: fc.boolean(), settle: fc.boolean() }), { maxLength: 25 });

  test("ends in the same output as a full rebuild", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const incremental = createTransformer();
        // A rebuild finds the routing instances in the store, and with them the numbers of their route targets.
        const now = new Map<string, ConfigObject>();
        for (const name of names) incremental.apply(upsert(network(name)));
        for (const name of names) now.set(network(name).uuid, network(name));
        incremental.desired();
        for (const { object: item, gone, settle } of list) {
          const removes = gone && item.type === "network-policy";
          incremental.apply(removes ? remove(item) : upsert(item));
          if (removes) now.delete(item.uuid);
          else now.set(item.uuid, item);
          if (settle) settleAll(incremental);
        }
        const rebuilt = createTransformer();
        for (const item of incremental.desired().values())
          if (item.type === "routing-instance") rebuilt.apply(upsert(stored(item)));
        for (const item of now.values()) rebuilt.apply(upsert(item));
        expect(incremental.desired()).toEqual(rebuilt.desired());
        settleAll(incremental);
        expect(incremental.pending()).toEqual({ upserts: [], links: [], removes: [] });
      }),
      { numRuns: 300 },
    );
  });

  test("removing everything leaves nothing to want and nothing in the store", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const transformer = createTransformer();
        for (const { object: item } of list) transformer.apply(upsert(item));
        settleAll(transformer);
        for (const { object: item } of list) transformer.apply(remove(item));
        expect(transformer.desired().size).toBe(0);
        expect(settleAll(transformer)).toEqual(new Set());
      }),
      { numRuns: 100 },
    );
  });
});

/** Carries out what is pending, as the store would; gives what the store holds afterwards of what was written. */
function settleAll(transformer: Transformer): Set<string> {
  const store = stores.get(transformer) ?? new Map<string, DerivedObject>();
  stores.set(transformer, store);
  const { upserts, removes } = transformer.pending();
  for (const item of upserts) {
    store.set(`${item.type} ${item.fqName.join(":")}`, item);
    const refs = item.refs.map((ref) => ({ ...ref, toUuid: ref.toFqName.join() }));
    transformer.apply(
      upsert({ ...object(item.type, ""), ...item, uuid: item.fqName.join(), refs, parentUuid: "", derived: true }),
    );
  }
  for (const name of removes) {
    store.delete(`${name.type} ${name.fqName.join(":")}`);
    transformer.apply({ kind: "remove", ...name, uuid: "", revision: 9n });
  }
  return new Set(store.keys());
}

function stored(item: DerivedObject): ConfigObject {
  const refs = item.refs.map((ref) => ({ ...ref, toUuid: ref.toFqName.join() }));
  return { ...object(item.type, ""), ...item, uuid: item.fqName.join(), refs, parentUuid: "", derived: true };
}

const stores = new WeakMap<Transformer, Map<string, DerivedObject>>();

describe("a node that has calculated before it heard what the leader wrote", () => {
  /** Route targets of the default instances that are wanted, by instance. */
  const targets = (transformer: Transformer): ReadonlyMap<string, string> => {
    const instances = [...transformer.desired().values()].filter(({ type }) => type === "routing-instance");
    return new Map(instances.map(({ fqName, refs }) => [fqName.join(":"), refs[0]?.toFqName[0] ?? ""]));
  };
  const stored = ({ type, fqName, refs, properties, parentType }: DerivedObject): ConfigObject => ({
    ...object(type, fqName.join(":"), { fqName, properties, derived: true }),
    parentType,
    refs: refs.map((ref) => ({ ...ref, toUuid: ref.toFqName.join(":") })),
  });

  test("wants no other route targets than the leader has given, and nothing more has to be written", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(["a", "b", "c", "e", "f"], { minLength: 5 }), fc.boolean(), (names, isEach) => {
        const [leader, follower] = [createTransformer(), createTransformer()];
        for (const name of ["a", "b", "c", "e", "f"]) {
          leader.apply(upsert(network(name)));
          leader.pending();
        }
        for (const name of names) {
          follower.apply(upsert(network(name)));
          follower.pending();
        }
        for (const derived of leader.desired().values()) {
          for (const each of [leader, follower]) each.apply(upsert(stored(derived)));
          if (isEach) follower.pending();
        }
        expect(targets(follower)).toEqual(targets(leader));
        expect(follower.pending()).toEqual({ upserts: [], links: [], removes: [] });
        expect(new Set(targets(follower).values()).size).toBe(5);
      }),
    );
  });
});
