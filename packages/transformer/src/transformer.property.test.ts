import type { ConfigChange, ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DerivedObject, derivedKey } from "./derived.ts";
import { createTransformer, type Transformer } from "./transformer.ts";

const NETWORKS = ["a", "b", "c", "d:e"];
const POLICIES = ["x", "y", "z"];
const GROUPS = ["g", "h"];

/** How often the generator reached what. */
const reached = new Map<string, number>();
const reach = (what: string): void => void reached.set(what, (reached.get(what) ?? 0) + 1);

type Step =
  | { readonly kind: "put"; readonly object: ConfigObject }
  | { readonly kind: "remove"; readonly type: string; readonly name: string }
  /** Carries out so many of the pending writes. */
  | { readonly kind: "settle"; readonly writes: number }
  /** A new transformer reads the store in an order that the number chooses. */
  | { readonly kind: "restart"; readonly order: number };

function intent(type: string, name: string, refs: ConfigObject["refs"], properties: JsonObject): ConfigObject {
  const fqName = type === "global-system-config" ? [name] : ["d", "p", name];
  return {
    type,
    uuid: `${type}-${name}`,
    fqName,
    parentType: "project",
    parentUuid: "p",
    revision: 1n,
    refs,
    properties,
    derived: false,
    epoch: 0n,
  };
}

const named = fc
  .constantFrom(...NETWORKS.map((name) => `d:p:${name}`), "any", "any", "local", "local")
  .map((virtual_network): JsonObject => ({ virtual_network }));
const address: fc.Arbitrary<JsonObject> = fc.oneof(
  { arbitrary: named, weight: 8 },
  fc.constantFrom(...POLICIES).map((name) => ({ network_policy: `d:p:${name}` })),
  fc.constantFrom(8, 16).map((ip_prefix_len) => ({ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len } })),
  fc.constant({ virtual_network: "d:p:a", subnet_list: [{ ip_prefix: "10.0.0.0", ip_prefix_len: 24 }] }),
  fc.constantFrom<JsonObject>({}, { security_group: "d:p:g" }),
);
const ports: fc.Arbitrary<JsonValue> = fc.array(
  fc.constantFrom<JsonObject>({ start_port: -1, end_port: -1 }, { start_port: 80, end_port: 90 }, { start_port: 22 }),
  { maxLength: 2 },
);
const rule: fc.Arbitrary<JsonObject> = fc.record({
  direction: fc.constantFrom(">", "<>"),
  protocol: fc.constantFrom("tcp", "any", "icmp", "47"),
  src_addresses: fc.array(address, { minLength: 1, maxLength: 2 }),
  dst_addresses: fc.array(address, { minLength: 1, maxLength: 2 }),
  src_ports: ports,
  dst_ports: ports,
  action_list: fc.constantFrom<JsonObject>(
    { simple_action: "pass" },
    { simple_action: "pass" },
    { simple_action: "pass" },
    { simple_action: "pass" },
    { simple_action: "deny" },
    { simple_action: "pass", apply_service: ["d:p:s"] },
    {},
  ),
});
const policyRef = fc.record({ name: fc.constantFrom(...POLICIES), major: fc.nat(3), minor: fc.nat(2) });
const network = fc
  .record({
    name: fc.constantFrom(...NETWORKS),
    policies: fc.uniqueArray(policyRef, { selector: ({ name }) => name, maxLength: 3, size: "max" }),
    targets: fc.uniqueArray(fc.constantFrom("target:1:1", "target:1:2"), { maxLength: 2 }),
    list: fc.constantFrom("route_target_list", "import_route_target_list", "export_route_target_list"),
  })
  .map(({ name, policies, targets, list }) => {
    const refs = policies.map(({ name: policy, major, minor }) => ({
      toType: "network-policy",
      toUuid: `network-policy-${policy}`,
      toFqName: ["d", "p", policy],
      attr: { sequence: { major, minor } },
    }));
    return intent("virtual-network", name, refs, { [list]: { route_target: targets } });
  });
const policy = fc
  .record({ name: fc.constantFrom(...POLICIES), policy_rule: fc.array(rule, { maxLength: 3 }) })
  .map(({ name, policy_rule }) => intent("network-policy", name, [], { network_policy_entries: { policy_rule } }));
const groupRule: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.constantFrom<JsonObject>(
      { security_group: "d:p:g" },
      { security_group: "d:p:h" },
      { security_group: "local" },
      { subnet: { ip_prefix: "0.0.0.0", ip_prefix_len: 0 } },
      {},
    ),
    fc.boolean(),
  )
  .map(([far, inwards]) => {
    const local = { security_group: "local" };
    const [from, to] = inwards ? [far, local] : [local, far];
    return { direction: ">", protocol: "tcp", src_addresses: [from], dst_addresses: [to] };
  });
const group = fc
  .record({ name: fc.constantFrom(...GROUPS), policy_rule: fc.array(groupRule, { maxLength: 3 }) })
  .map(({ name, policy_rule }) =>
    intent("security-group", name, [], {
      security_group_id: 8_000_000 + GROUPS.indexOf(name),
      security_group_entries: { policy_rule },
    }),
  );
const system = fc
  .constantFrom(64512, 65001, 4_200_000_000)
  .map((autonomous_system) => intent("global-system-config", "default", [], { autonomous_system }));
const put = fc.oneof(
  { arbitrary: network, weight: 5 },
  { arbitrary: policy, weight: 4 },
  { arbitrary: group, weight: 2 },
  { arbitrary: system, weight: 1 },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: put.map((object): Step => ({ kind: "put", object })), weight: 10 },
  {
    arbitrary: fc
      .constantFrom(
        ...NETWORKS.map((name) => ["virtual-network", name] as const),
        ...POLICIES.map((name) => ["network-policy", name] as const),
        ...GROUPS.map((name) => ["security-group", name] as const),
      )
      .map(([type, name]): Step => ({ kind: "remove", type, name })),
    weight: 3,
  },
  { arbitrary: fc.nat(8).map((writes): Step => ({ kind: "settle", writes })), weight: 3 },
  { arbitrary: fc.nat(1_000).map((order): Step => ({ kind: "restart", order })), weight: 1 },
);

/** A start at which every network has a policy, so that connections are common, and then any changes. */
const sequence = fc
  .tuple(fc.array(policy, { maxLength: 4, size: "max" }), fc.array(network, { maxLength: 8, size: "max" }), fc.nat(3))
  .chain(([policies, networks, writes]) => {
    const first = [...policies, ...networks].map((object): Step => ({ kind: "put", object }));
    const start: Step[] = [...first, { kind: "settle", writes }];
    return fc.array(step, { maxLength: 30, size: "max" }).map((steps) => [...start, ...steps]);
  });

/** The store: what clients wrote and what the transformer wrote, and the transformer that is fed with both. */
class World {
  transformer: Transformer = createTransformer();
  readonly intents = new Map<string, ConfigObject>();
  readonly derived = new Map<string, ConfigObject>();

  take(step: Step): void {
    switch (step.kind) {
      case "put":
        this.intents.set(step.object.uuid, step.object);
        this.transformer.apply({ kind: "upsert", object: step.object });
        return;
      case "remove": {
        const object = this.intents.get(`${step.type}-${step.name}`);
        if (object !== undefined) this.#remove(object, this.intents);
        return;
      }
      case "settle":
        reach(step.writes === 0 ? "settled whole" : "settled in part");
        this.settle(step.writes === 0 ? Number.POSITIVE_INFINITY : step.writes);
        return;
      case "restart":
        reach("restarted");
        this.transformer = createTransformer();
        for (const object of shuffled([...this.intents.values(), ...this.derived.values()], step.order)) {
          this.transformer.apply({ kind: "upsert", object });
        }
    }
  }

  /** Carries out pending writes, upserts first, as the node does. */
  settle(writes: number): void {
    const { upserts, removes } = this.transformer.pending();
    for (const item of upserts.slice(0, writes)) {
      const object = stored(item);
      this.derived.set(derivedKey(item), object);
      this.transformer.apply({ kind: "upsert", object });
    }
    for (const name of removes.slice(0, Math.max(0, writes - upserts.length))) {
      const object = this.derived.get(derivedKey(name));
      if (object !== undefined) this.#remove(object, this.derived);
    }
  }

  #remove(object: ConfigObject, from: Map<string, ConfigObject>): void {
    from.delete(from === this.derived ? derivedKey(object) : object.uuid);
    const { type, uuid, fqName } = object;
    const change: ConfigChange = { kind: "remove", type, uuid, fqName, revision: 9n };
    this.transformer.apply(change);
  }
}

function stored(item: DerivedObject): ConfigObject {
  const refs = item.refs.map((ref) => ({ ...ref, toUuid: ref.toFqName.join() }));
  return { ...intent(item.type, "", refs, item.properties), ...item, refs, uuid: item.fqName.join(), derived: true };
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const keyed = items.map((item, index) => ({ item, key: ((index + 1) * (seed * 2 + 7919)) % 104_729 }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

test("any sequence of changes, partial writes and restarts, in any batching, ends as a full rebuild does", () => {
  fc.assert(
    fc.property(sequence, fc.nat(1_000), (steps, order) => {
      const world = new World();
      for (const item of steps) world.take(item);
      const wanted = world.transformer.desired();
      // A rebuild finds the routing instances in the store, and with them the numbers of their route targets.
      const instances = [...wanted.values()].filter(({ type }) => type === "routing-instance").map(stored);
      const rebuilt = createTransformer();
      for (const object of shuffled([...world.intents.values(), ...instances], order)) {
        rebuilt.apply({ kind: "upsert", object });
      }
      expect(new Map(rebuilt.desired())).toEqual(new Map(wanted));
      check(world, wanted);
    }),
    { numRuns: 1_200 },
  );
});

test("whatever came before, the store ends as it is wanted, and a restart then changes nothing", () => {
  fc.assert(
    fc.property(sequence, fc.nat(1_000), (steps, order) => {
      const world = new World();
      for (const item of steps) world.take(item);
      world.settle(Number.POSITIVE_INFINITY);
      world.settle(Number.POSITIVE_INFINITY);
      expect(world.transformer.pending()).toEqual({ upserts: [], removes: [] });
      const wanted = world.transformer.desired();
      expect([...world.derived.keys()].sort()).toEqual([...wanted.keys()].sort());
      world.take({ kind: "restart", order });
      expect(world.transformer.pending()).toEqual({ upserts: [], removes: [] });
      expect(new Map(world.transformer.desired())).toEqual(new Map(wanted));
    }),
    { numRuns: 800 },
  );
});

test("the generator reached everything that the two above are about, a hundred times at least", () => {
  const shown = [...reached].sort().map(([what, count]) => `${what} ${count}`);
  process.stderr.write(`transformer property: ${shown.join(", ")}\n`);
  for (const what of ["ACLs", "ACLs with rules", "connections", "restarted", "settled in part", "settled whole"]) {
    expect(reached.get(what), what).toBeGreaterThanOrEqual(100);
  }
});

/** What holds of every output. */
function check(world: World, wanted: ReadonlyMap<string, DerivedObject>): void {
  const networks = [...world.intents.values()].filter(({ type }) => type === "virtual-network");
  const own = new Set<string>();
  for (const item of networks) {
    const name = item.fqName.join(":");
    const instance = wanted.get(`routing-instance ${name}:${item.fqName.at(-1)}`);
    const [target] = instance?.refs ?? [];
    expect(target?.toFqName[0], name).toMatch(/^target:(64512|65001):8\d{6}$|^target:4200000000:8\d{3}$/);
    own.add(target?.toFqName[0] ?? "");
    const peers = instance?.refs.filter(({ toType }) => toType === "routing-instance") ?? [];
    for (const peer of peers) {
      reach("connections");
      const other = wanted.get(`routing-instance ${peer.toFqName.join(":")}`);
      const back = other?.refs.some((ref) => ref.toFqName.join() === instance?.fqName.join());
      expect(back, `${name} and ${peer.toFqName.join(":")} are connected both ways`).toBe(true);
    }
    const acl = wanted.get(`access-control-list ${name}:${item.fqName.at(-1)}`);
    const hasPolicy = item.refs.some((ref) => world.intents.has(ref.toUuid));
    expect(acl !== undefined, `${name} has an ACL exactly where it has a policy`).toBe(hasPolicy);
    if (acl !== undefined) checkAcl(acl, name);
  }
  expect(own.size).toBe(networks.length);
}

function checkAcl(acl: DerivedObject, name: string): void {
  const entries = acl.properties.access_control_list_entries as unknown as {
    readonly acl_rule: readonly AclRule[]; // AclEntriesType, as networkObjects writes it.
  };
  reach("ACLs");
  if (entries.acl_rule.length > 2) reach("ACLs with rules");
  const last = entries.acl_rule.slice(-2).map(({ match_condition, action_list }) => {
    return [match_condition.src_address, match_condition.dst_address, action_list.simple_action];
  });
  const any = { virtual_network: "any" };
  expect(last).toEqual([
    [{ virtual_network: name }, { virtual_network: name }, "pass"],
    [any, any, "deny"],
  ]);
  const uuids = entries.acl_rule.map(({ rule_uuid }) => rule_uuid);
  expect(new Set(uuids).size).toBe(uuids.length);
  for (const { match_condition } of entries.acl_rule) {
    // An address without a field would match everything.
    for (const side of [match_condition.src_address, match_condition.dst_address]) {
      expect(Object.keys(side).length).toBeGreaterThan(0);
    }
  }
}

interface AclRule {
  readonly match_condition: { readonly src_address: JsonObject; readonly dst_address: JsonObject };
  readonly action_list: JsonObject;
  readonly rule_uuid: string;
}
