import type { ConfigChange, ConfigObject, JsonObject } from "@contrail/schema";
import type { DerivedObject, Pending } from "./derived.ts";
import { DesiredState } from "./desired-state.ts";
import { record } from "./json-read.ts";
import { defaultInstance, networkObjects } from "./network-objects.ts";
import { denyingPart, networkRules } from "./network-rules.ts";
import { RouteTargetNumbers, systemNumber } from "./route-targets.ts";
import { mentionedGroups, securityGroupAcls } from "./security-group-rules.ts";

/** Intent in, derived objects out. Depends on the objects that exist, not on the order in which they came. */
export interface Transformer {
  /** Takes one change of an intent object or of a derived one. */
  apply(change: ConfigChange): void;
  /** What has to be written so that the derived objects are those wanted; empty when they are. */
  pending(): Pending;
  /** All that is wanted now, by type and name. */
  desired(): ReadonlyMap<string, DerivedObject>;
}

/** A transformer that knows nothing yet. */
export function createTransformer(): Transformer {
  return new IncrementalTransformer();
}

const DEFAULT_AS = 64512;

class IncrementalTransformer implements Transformer {
  readonly #state = new DesiredState();
  readonly #numbers = new RouteTargetNumbers();
  readonly #networks = new Map<string, ConfigObject>();
  /** Routing instances by network. */
  readonly #instances = new Map<string, string>();
  readonly #policies = new Map<string, ConfigObject>();
  readonly #groups = new Map<string, ConfigObject>();
  /** Networks by the policy that they refer to. */
  readonly #networksOfPolicy = new Index();
  /** Policies by the policy that their rules name as an address. */
  readonly #policiesNamingPolicy = new Index();
  /** Networks by the network (or "any") that they want to be connected with. */
  readonly #wantedBy = new Index();
  /** Security groups by the group that their rules mention. */
  readonly #groupsMentioning = new Index();
  readonly #rules = new Map<string, ReturnType<typeof networkRules>>();
  readonly #dirtyRules = new Set<string>();
  readonly #dirtyNetworks = new Set<string>();
  readonly #dirtyGroups = new Set<string>();
  #autonomousSystem = DEFAULT_AS;

  apply(change: ConfigChange): void {
    const { type, fqName } = change.kind === "upsert" ? change.object : change;
    const object = change.kind === "upsert" ? change.object : undefined;
    if (object?.derived) {
      this.#learn(object);
      this.#state.exists(object);
      return;
    }
    const name = fqName.join(":");
    switch (type) {
      case "virtual-network":
        this.#networkChanged(name, object);
        return;
      case "network-policy":
        this.#policyChanged(name, object);
        return;
      case "security-group":
        this.#groupChanged(name, object);
        return;
      case "global-system-config":
        this.#systemChanged(object);
        return;
      default:
        if (object !== undefined) return;
        if (type === "routing-instance") this.#numbers.learn(name, undefined);
        this.#state.gone({ type, fqName });
    }
  }

  pending(): Pending {
    this.#calculate();
    return this.#state.pending();
  }

  desired(): ReadonlyMap<string, DerivedObject> {
    this.#calculate();
    return this.#state.all();
  }

  #networkChanged(name: string, object: ConfigObject | undefined): void {
    const before = policiesOf(this.#networks.get(name));
    const after = policiesOf(object);
    put(this.#networks, name, object);
    this.#networksOfPolicy.replace(name, before, after);
    this.#dirtyRules.add(name);
    for (const policy of new Set([...before, ...after])) {
      for (const naming of this.#policiesNamingPolicy.of(policy)) this.#policyTouched(naming);
    }
  }

  #policyChanged(name: string, object: ConfigObject | undefined): void {
    const before = namedPolicies(this.#policies.get(name));
    put(this.#policies, name, object);
    this.#policiesNamingPolicy.replace(name, before, namedPolicies(object));
    this.#policyTouched(name);
  }

  #policyTouched(name: string): void {
    for (const network of this.#networksOfPolicy.of(name)) this.#dirtyRules.add(network);
  }

  #groupChanged(name: string, object: ConfigObject | undefined): void {
    const before = this.#groups.get(name);
    this.#groupsMentioning.replace(name, before ? mentionedGroups(before) : [], object ? mentionedGroups(object) : []);
    put(this.#groups, name, object);
    this.#dirtyGroups.add(name);
    for (const other of this.#groupsMentioning.of(name)) this.#dirtyGroups.add(other);
  }

  #systemChanged(object: ConfigObject | undefined): void {
    const as = Number(object?.properties.autonomous_system ?? DEFAULT_AS);
    if (as === this.#autonomousSystem) return;
    this.#autonomousSystem = as;
    this.#numbers.setAutonomousSystem(as);
    for (const name of this.#networks.keys()) this.#dirtyNetworks.add(name);
  }

  /** An existing routing instance keeps the number of its own target, which is the first. */
  #learn(object: ConfigObject): void {
    if (object.type !== "routing-instance") return;
    const own = object.refs.find((ref) => ref.toType === "route-target");
    this.#numbers.learn(object.fqName.join(":"), systemNumber(own?.toFqName[0] ?? ""));
  }

  #calculate(): void {
    for (const name of this.#dirtyRules) this.#calculateRules(name);
    this.#dirtyRules.clear();
    for (const name of this.#dirtyNetworks) this.#calculateNetwork(name);
    this.#dirtyNetworks.clear();
    for (const name of this.#dirtyGroups) this.#calculateGroup(name);
    this.#dirtyGroups.clear();
  }

  /**
   * What the network's policies say. A connection needs both sides, so those that want this network, by its name or as
   * any, are all whose connections can change with it.
   */
  #calculateRules(name: string): void {
    const network = this.#networks.get(name);
    const before = this.#rules.get(name)?.wants ?? new Set<string>();
    const rules =
      network === undefined
        ? undefined
        : networkRules(name, this.#policiesInOrder(network), (policy) => this.#networksOfPolicy.of(policy));
    put(this.#rules, name, rules);
    this.#wantedBy.replace(name, before, rules?.wants ?? []);
    this.#dirtyNetworks.add(name);
    for (const wanted of [name, "any"]) {
      for (const other of this.#wantedBy.of(wanted)) this.#dirtyNetworks.add(other);
    }
  }

  #calculateNetwork(name: string): void {
    const network = this.#networks.get(name);
    if (network === undefined) {
      this.#state.want(`network ${name}`, []);
      this.#numbers.free(this.#instances.get(name) ?? "");
      this.#instances.delete(name);
      return;
    }
    const instance = defaultInstance(network.fqName).join(":");
    this.#instances.set(name, instance);
    const number = this.#numbers.numberOf(instance);
    if (number === undefined) return;
    const routeTarget = `target:${this.#autonomousSystem}:${number}`;
    const aclRules = this.#rules.get(name)?.aclRules ?? [];
    this.#state.want(
      `network ${name}`,
      networkObjects({ network, routeTarget, connected: this.#connected(name), aclRules }),
    );
  }

  /** Networks that want this one and that it wants: a connection needs both. */
  #connected(name: string): ConfigObject[] {
    const wants = this.#rules.get(name)?.wants ?? new Set<string>();
    const wanting = new Set([...this.#wantedBy.of(name), ...this.#wantedBy.of("any")]);
    const candidates = wants.has("any") ? wanting : [...wants].filter((other) => wanting.has(other));
    const others = [...new Set(candidates)].filter((other) => other !== name).sort();
    return others.flatMap((other) => this.#networks.get(other) ?? []);
  }

  #calculateGroup(name: string): void {
    const group = this.#groups.get(name);
    const idOf = (other: string): string | undefined => {
      const id = this.#groups.get(other)?.properties.security_group_id;
      return id === undefined ? undefined : String(id);
    };
    this.#state.want(`group ${name}`, group === undefined ? [] : securityGroupAcls(group, idOf));
  }

  #policiesInOrder(network: ConfigObject): ConfigObject[] {
    const refs = network.refs.filter((ref) => ref.toType === "network-policy");
    const order = (attr: JsonObject): readonly [number, number] => {
      const sequence = record(attr.sequence);
      return [Number(sequence.major ?? 0), Number(sequence.minor ?? 0)];
    };
    const keyed = refs.map((ref) => {
      const attr = record(ref.attr);
      return { name: ref.toFqName.join(":"), key: order(attr), timed: Object.keys(record(attr.timer)).length > 0 };
    });
    keyed.sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || (a.name < b.name ? -1 : 1));
    return keyed.flatMap(({ name, timed }) => {
      const policy = this.#policies.get(name);
      if (policy === undefined) return [];
      return [timed ? denyingPart(policy) : policy];
    });
  }
}

/** From a key to the names that stand under it. */
class Index {
  readonly #names = new Map<string, Set<string>>();

  of(key: string): ReadonlySet<string> {
    return this.#names.get(key) ?? new Set();
  }

  replace(name: string, before: Iterable<string>, after: Iterable<string>): void {
    for (const key of before) {
      const names = this.#names.get(key);
      names?.delete(name);
      if (names?.size === 0) this.#names.delete(key);
    }
    for (const key of after) {
      const names = this.#names.get(key) ?? new Set();
      this.#names.set(key, names.add(name));
    }
  }
}

function put<V>(map: Map<string, V>, key: string, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function policiesOf(network: ConfigObject | undefined): readonly string[] {
  const refs = network?.refs.filter((ref) => ref.toType === "network-policy") ?? [];
  return refs.map((ref) => ref.toFqName.join(":"));
}

/** Policies that a policy's rules name as an address. */
function namedPolicies(policy: ConfigObject | undefined): ReadonlySet<string> {
  const rules = record(policy?.properties.network_policy_entries).policy_rule;
  const names = new Set<string>();
  for (const rule of Array.isArray(rules) ? rules.map(record) : []) {
    for (const sides of [rule.src_addresses, rule.dst_addresses]) {
      for (const side of Array.isArray(sides) ? sides.map(record) : []) {
        if (typeof side.network_policy === "string") names.add(side.network_policy);
      }
    }
  }
  return names;
}
