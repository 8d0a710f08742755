import type { ConfigObject, JsonObject } from "@contrail/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DerivedObject } from "./derived.ts";
import { balancerNames, balancerPuts, balancerStart } from "./model/balancers.model.ts";
import { network, networkNames, networkPuts, policy } from "./model/networks.model.ts";
import { routerNames, routerPuts, routerStart } from "./model/routers.model.ts";
import { chainStart, serviceNames, servicePuts } from "./model/services.model.ts";
import { type Step, World } from "./model/world.model.ts";

/** How often the generator reached what. */
const reached = new Map<string, number>();
const reach = (what: string): void => void reached.set(what, (reached.get(what) ?? 0) + 1);

type Put = { readonly arbitrary: fc.Arbitrary<ConfigObject>; readonly weight: number };

/** Changes of these objects, among them removals, partial writes and restarts. */
function stepsOf(puts: readonly Put[], names: readonly (readonly [string, string])[]): fc.Arbitrary<readonly Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { arbitrary: fc.oneof(...puts).map((object): Step => ({ kind: "put", object })), weight: 10 },
    { arbitrary: fc.constantFrom(...names).map(([type, name]): Step => ({ kind: "remove", type, name })), weight: 3 },
    { arbitrary: fc.nat(8).map((writes): Step => ({ kind: "settle", writes })), weight: 3 },
    { arbitrary: fc.nat(1_000).map((order): Step => ({ kind: "restart", order })), weight: 1 },
  );
  return fc.array(step, { maxLength: 30, size: "max" });
}

/** A start at which every network has a policy, so that connections are common. */
const networkStart = fc
  .tuple(fc.array(policy, { maxLength: 4, size: "max" }), fc.array(network, { maxLength: 8, size: "max" }))
  .map((objects) => objects.flat());

function sequenceOf(
  start: fc.Arbitrary<readonly ConfigObject[]>,
  puts: readonly Put[],
  names: readonly (readonly [string, string])[],
): fc.Arbitrary<readonly Step[]> {
  return fc.tuple(start, fc.nat(3), stepsOf(puts, names)).map(([objects, writes, steps]) => {
    const first = objects.map((object): Step => ({ kind: "put", object }));
    return [...first, { kind: "settle", writes }, ...steps];
  });
}

const MIXES = [
  ["networks", sequenceOf(networkStart, [...networkPuts, ...routerPuts], [...networkNames, ...routerNames]), 1_200],
  ["routers", sequenceOf(routerStart, [...routerPuts, { arbitrary: network, weight: 2 }], routerNames), 300],
  ["services", sequenceOf(chainStart, servicePuts, serviceNames), 600],
  ["balancers", sequenceOf(balancerStart, balancerPuts, balancerNames), 300],
] as const;

test.each(MIXES)(
  "%s: any sequence of changes, in any batching, ends as a full rebuild does",
  (_name, sequence, numRuns) => {
    fc.assert(
      fc.property(sequence, fc.nat(1_000), (steps, order) => {
        const world = new World(reach);
        for (const item of steps) world.take(item);
        const wanted = world.transformer.desired();
        // A rebuild finds what was derived in the store, and with it the numbers that were given.
        const rebuilt = world.rebuilt(order);
        expect(new Map(rebuilt.desired())).toEqual(new Map(wanted));
        expect(rebuilt.desiredLinks()).toEqual(world.transformer.desiredLinks());
        check(world, wanted);
      }),
      { numRuns },
    );
  },
);

test.each(MIXES)(
  "%s: whatever came before, the store ends as wanted, and a restart then changes nothing",
  (_name, sequence, numRuns) => {
    fc.assert(
      fc.property(sequence, fc.nat(1_000), (steps, order) => {
        const world = new World(reach);
        for (const item of steps) world.take(item);
        world.settleWhole();
        expect(world.transformer.pending()).toEqual({ upserts: [], links: [], removes: [] });
        const wanted = world.transformer.desired();
        check(world, wanted);
        expect([...world.derived.keys()].sort()).toEqual([...wanted.keys()].sort());
        world.take({ kind: "restart", order });
        expect(world.transformer.pending()).toEqual({ upserts: [], links: [], removes: [] });
        expect(new Map(world.transformer.desired())).toEqual(new Map(wanted));
      }),
      { numRuns: Math.floor((numRuns * 2) / 3) },
    );
  },
);

test("the generator reached everything that the two above are about, a hundred times at least", () => {
  const shown = [...reached].sort().map(([what, count]) => `${what} ${count}`);
  process.stderr.write(`transformer property: ${shown.join(", ")}\n`);
  for (const what of [
    "ACLs",
    "ACLs with rules",
    "BGP clients",
    "BGP servers",
    "chain addresses",
    "chain instances",
    "connections",
    "links of bgp-as-a-service to bgp-router",
    "links of virtual-machine-interface to bgp-router",
    "links of route-aggregate to routing-instance",
    "links of routing-policy to routing-instance",
    "links of virtual-machine-interface to routing-instance",
    "links of virtual-machine-interface to service-health-check",
    "shared addresses",
    "source NAT addresses",
    "static routes",
    "VLANs",
    "links of logical-router to route-target",
    "load balancers",
    "restarted",
    "settled in part",
    "settled whole",
    "targets of a router",
  ]) {
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
    const given = instance?.refs.filter((ref) => ref.toType === "route-target" && isSystems(ref.toFqName)) ?? [];
    if (given.length > 1) {
      reach("targets of a router");
    }
    const peers = instance?.refs.filter(({ toType }) => toType === "routing-instance") ?? [];
    for (const peer of peers) {
      reach("connections");
      const other = wanted.get(`routing-instance ${peer.toFqName.join(":")}`);
      const back = other?.refs.some((ref) => ref.toFqName.join() === instance?.fqName.join());
      expect(back, `${name} and ${peer.toFqName.join(":")} are connected both ways`).toBe(true);
    }
    const acl = wanted.get(`access-control-list ${name}:${item.fqName.at(-1)}`);
    const hasPolicy = item.refs.some((ref) => ref.toType === "network-policy" && world.intents.has(ref.toUuid));
    expect(acl !== undefined, `${name} has an ACL exactly where it has a policy`).toBe(hasPolicy);
    if (acl !== undefined) checkAcl(acl, name);
  }
  expect(own.size).toBe(networks.length);
  checkChains(wanted);
  checkVlans(world);
  for (const [key, { refs }] of world.transformer.desiredLinks()) {
    const [type, , , toType] = key.split(" ");
    reach(`links of ${type} to ${toType}`);
    for (const ref of refs)
      expect(wanted.has(`${ref.toType} ${ref.toFqName.join(":")}`), `${key} leads somewhere`).toBe(true);
  }
}

/** True for a target that the system gave. */
function isSystems([target = ""]: readonly string[]): boolean {
  return !target.startsWith("target:1:");
}

/** What holds of the routing instances of service chains. */
function checkChains(wanted: ReadonlyMap<string, DerivedObject>): void {
  const chainAddresses = new Set<string>();
  for (const { type, fqName, refs, properties } of wanted.values()) {
    if (type === "routing-instance" && properties.static_route_entries !== undefined) reach("static routes");
    if (type === "floating-ip") reach("load balancers");
    if (type === "bgp-router") reach(fqName.at(-1) === "bgpaas-server" ? "BGP servers" : "BGP clients");
    if (type === "instance-ip") reach(fqName[0]?.includes("__snat_") ? "source NAT addresses" : "shared addresses");
    if (type !== "routing-instance" || !fqName.at(-1)?.startsWith("service-")) continue;
    reach("chain instances");
    for (const ref of refs) expect(wanted.has(`${ref.toType} ${ref.toFqName.join(":")}`), "a hop leads on").toBe(true);
    const { service_chain_address: address = "" } = (properties.service_chain_information ?? {}) as Record<
      string,
      string
    >;
    if (!address.startsWith("0.")) continue;
    reach("chain addresses");
    expect(chainAddresses.has(address), `${address} is given once`).toBe(false);
    chainAddresses.add(address);
  }
}

/** No machine has two of its services' sides told apart by the same VLAN. */
function checkVlans(world: World): void {
  const owners = new Map<string, string>();
  for (const { type, fqName, toType, refs } of world.transformer.desiredLinks().values()) {
    if (type !== "virtual-machine-interface" || toType !== "routing-instance") continue;
    const vmi = [...world.intents.values()].find((item) => item.fqName.join() === fqName.join());
    const machine = vmi?.refs.find((ref) => ref.toType === "virtual-machine")?.toFqName.join();
    for (const ref of refs) {
      reach("VLANs");
      const key = `${machine} ${(ref.attr as { vlan_tag: number }).vlan_tag}`;
      const owner = ref.toFqName.at(-1) ?? "";
      expect(owners.get(key) ?? owner, `VLAN of ${key}`).toBe(owner);
      owners.set(key, owner);
    }
  }
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
