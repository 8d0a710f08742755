import { fieldOfLabel, type MacIpRoute, routeTarget } from "@contrail/bgp";
import { type ConfigGraph, createGraph } from "@contrail/graph";
import { formatInet6Address, formatMacAddress } from "@contrail/net";
import { type PathSource, Rib, type VrfKey } from "@contrail/rib";
import type { ConfigChange, ConfigObject } from "@contrail/schema";
import { agentWire, fromWireObject } from "@contrail/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agentSubset } from "../../core/agent-subset.ts";
import { nameOnly } from "../../core/machine-name.ts";
import { destinationText } from "../../testing/agent-client.ts";
import { type AgentFamily, familyOfKey } from "./agent-family.ts";
import { AgentSession } from "./agent-session.ts";
import { encodeRoutes } from "./vrf-route-messages.ts";

const HOST2: PathSource = { kind: "agent", name: "host2", routerId: 2 };
const RED = "red";
const COMPLETE = { config: true, routes: true };

/** An agent's end: what it holds, and whether it takes more. */
class Listener {
  readonly objects = new Map<string, string>();
  /** Label of the first next hop by destination. */
  readonly routes = new Map<string, number | undefined>();
  readonly messages: agentWire.ControlMessage[] = [];
  room = Number.POSITIVE_INFINITY;

  write(bytes: Uint8Array): boolean {
    const message = agentWire.ControlMessage.decode(bytes);
    this.messages.push(message);
    this.#take(message);
    this.room -= 1;
    return this.room > 0;
  }

  count(kind: string): number {
    return this.messages.filter(({ message }) => message?.$case === kind).length;
  }

  #take({ message }: agentWire.ControlMessage): void {
    if (message?.$case === "configUpdate") {
      for (const upsert of message.value.upsert) this.objects.set(upsert.uuid, seen(fromWireObject(upsert)));
      for (const { uuid } of message.value.remove) this.objects.delete(uuid);
    }
    if (message?.$case !== "routeUpdate") return;
    for (const { prefix, nextHops } of message.value.reach)
      this.routes.set(destinationText(prefix), nextHops[0]?.nextHop?.label);
    for (const prefix of message.value.unreach) this.routes.delete(destinationText(prefix));
  }
}

/** What an agent sees of an object: revision, links and properties. */
function seen({ revision, refs, properties }: ConfigObject): string {
  return JSON.stringify([String(revision), refs.map(({ toUuid }) => toUuid), properties]);
}

function newRib(): Rib {
  const rib = new Rib({ autonomousSystem: 64_512, routerId: 1 });
  rib.setInstance({ name: RED, importTargets: [], exportTargets: [routeTarget(64_512, 1)], virtualNetworkId: 5 });
  return rib;
}

function object(
  type: string,
  uuid: string,
  parent: string,
  refs: readonly string[],
  policyNames: readonly string[] = [],
): ConfigObject {
  const acl_rule = policyNames.map((name) => ({ match_condition: { src_address: { virtual_network: name } } }));
  return {
    type,
    uuid,
    fqName: type === "virtual-router" ? ["g", uuid] : [uuid],
    parentType: parent === "" ? undefined : TYPES[parent],
    parentUuid: parent === "" ? undefined : parent,
    revision: 0n,
    refs: refs.map((to) => ({ toType: TYPES[to] ?? "", toUuid: to, toFqName: [to], attr: null })),
    properties: type === "access-control-list" ? { access_control_list_entries: { acl_rule } } : {},
    derived: false,
    epoch: 0n,
  };
}

const TYPES: Readonly<Record<string, string>> = {
  ...{
    host1: "virtual-router",
    host2: "virtual-router",
    global: "global-vrouter-config",
    p: "project",
    ipam: "network-ipam",
  },
  ...{
    vm1: "virtual-machine",
    vm2: "virtual-machine",
    vmi1: "virtual-machine-interface",
    vmi2: "virtual-machine-interface",
  },
  ...{ vn1: "virtual-network", vn2: "virtual-network", ri1: "routing-instance", ri2: "routing-instance" },
  ...{
    sg1: "security-group",
    acl1: "access-control-list",
    acl2: "access-control-list",
    ip1: "instance-ip",
    ip2: "instance-ip",
  },
};

/** An interface as CloudStack's plugin writes it. */
function named(vmi: ConfigObject, userData = "none"): ConfigObject {
  const key_value_pair = [
    { key: "cloudstack.dns-name", value: "web" },
    { key: "cloudstack.password", value: "s3cret" },
    { key: "cloudstack.vm-data", value: userData },
  ];
  return { ...vmi, properties: { ...vmi.properties, annotations: { key_value_pair } } };
}

const pick = (...names: readonly string[]) => fc.subarray([...names]);
const anyObject: fc.Arbitrary<ConfigObject> = fc.oneof(
  fc.constantFrom("global", "p", "ipam", "vm1", "vm2", "sg1").map((uuid) => object(TYPES[uuid] ?? "", uuid, "", [])),
  fc
    .tuple(fc.constantFrom("host1", "host2"), pick("vm1", "vm2"))
    .map(([uuid, refs]) => object("virtual-router", uuid, "", refs)),
  fc
    .tuple(fc.constantFrom("vn1", "vn2"), pick("ipam"))
    .map(([uuid, refs]) => object("virtual-network", uuid, "", refs)),
  fc.constantFrom("vn1", "vn2").map((of) => object("routing-instance", of.replace("vn", "ri"), of, [])),
  fc
    .tuple(fc.constantFrom("acl1", "acl2"), fc.constantFrom("vn1", "vn2", "sg1"), pick("vn1", "vn2"))
    .map(([uuid, of, names]) => object("access-control-list", uuid, of, [], names)),
  fc
    .tuple(fc.constantFrom("ip1", "ip2"), pick("vmi1", "vmi2"))
    .map(([uuid, refs]) => object("instance-ip", uuid, "", refs)),
  fc
    .tuple(
      fc.constantFrom("vmi1", "vmi2"),
      fc.constantFrom("", "p"),
      pick("vm1", "vm2"),
      pick("vn1", "vn2"),
      pick("sg1"),
      fc.boolean(),
    )
    .map(([uuid, of, machines, networks, groups, isNamed]) => {
      const vmi = object("virtual-machine-interface", uuid, of, [...machines, ...networks, ...groups]);
      return isNamed ? named(vmi) : vmi;
    }),
);

type Step = (world: World) => void;

class World {
  readonly graph: ConfigGraph = createGraph();
  readonly listener = new Listener();
  readonly session = new AgentSession("host1", this.graph, newRib(), this.listener, COMPLETE);
  readonly machines = new Set<string>();
  #revision = 1n;

  change(change: (revision: bigint) => ConfigChange): void {
    const done = this.graph.apply(change(this.#revision++));
    if (done !== undefined) this.session.configChanged(done);
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: anyObject.map(
      (each): Step =>
        (world) =>
          world.change((revision) => ({ kind: "upsert", object: { ...each, revision } })),
    ),
  },
  {
    weight: 2,
    arbitrary: anyObject.map(
      ({ type, uuid, fqName }): Step =>
        (world) =>
          world.change((revision) => ({ kind: "remove", type, uuid, fqName, revision })),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("vm1", "vm2").map(
      (uuid): Step =>
        ({ session, machines }) => {
          machines.add(uuid);
          session.subscribeMachine(uuid);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("vm1", "vm2").map(
      (uuid): Step =>
        ({ session, machines }) => {
          machines.delete(uuid);
          session.unsubscribeMachine(uuid);
        },
    ),
  },
  { weight: 3, arbitrary: fc.constant<Step>(({ session }) => session.flush()) },
  {
    weight: 1,
    arbitrary: fc.nat(3).map(
      (room): Step =>
        ({ listener }) => {
          listener.room = room;
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(3).map(
      (room): Step =>
        ({ listener, session }) => {
          listener.room = room + 1;
          session.ready();
        },
    ),
  },
);

/** A machine of host1 with everything that it can have. */
const WHOLE: readonly ConfigObject[] = [
  object("project", "p", "", []),
  object("virtual-network", "vn1", "", ["ipam"]),
  object("virtual-network", "vn2", "", []),
  object("network-ipam", "ipam", "", []),
  object("routing-instance", "ri1", "vn1", []),
  object("access-control-list", "acl1", "vn1", [], ["vn2"]),
  object("access-control-list", "acl2", "sg1", []),
  object("security-group", "sg1", "", []),
  object("virtual-machine", "vm1", "", []),
  object("virtual-machine-interface", "vmi1", "p", ["vm1", "vn1", "sg1"]),
  object("instance-ip", "ip1", "", ["vmi1"]),
];

/** A machine of another host in the same network. */
const OTHER: readonly ConfigObject[] = [
  object("virtual-machine", "vm2", "", []),
  named(object("virtual-machine-interface", "vmi2", "p", ["vm2", "vn1", "sg1"])),
  object("instance-ip", "ip2", "", ["vmi2"]),
];

describe("the configuration of an agent", () => {
  test("after any changes, in any batching, with any pauses of its output, is its subset of the graph", () => {
    let held = 0;
    let names = 0;
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { maxLength: 80 }), (whole, steps) => {
        const world = new World();
        if (whole) {
          for (const each of [...WHOLE, ...OTHER])
            world.change((revision) => ({ kind: "upsert", object: { ...each, revision } }));
          world.machines.add("vm1");
          world.session.subscribeMachine("vm1");
        }
        world.session.wantConfig(true);
        for (const each of steps) each(world);
        world.listener.room = Number.POSITIVE_INFINITY;
        world.session.ready();
        const needed = agentSubset(world.graph, "host1", world.machines);
        const wanted = [...needed].flatMap(([uuid, form]) => {
          const object = world.graph.get(uuid);
          if (form === "name") names += 1;
          return object === undefined ? [] : [[uuid, seen(form === "name" ? nameOnly(object) : object)] as const];
        });
        expect(world.listener.objects).toEqual(new Map(wanted));
        held += needed.size;
      }),
      { numRuns: 3_000 },
    );
    expect(held).toBeGreaterThan(3_000);
    expect(names).toBeGreaterThan(300);
  });

  test("has of other hosts' machines the name and nothing else, until one of them is its own", () => {
    const world = new World();
    for (const each of [...WHOLE, ...OTHER])
      world.change((revision) => ({ kind: "upsert", object: { ...each, revision } }));
    world.session.subscribeMachine("vm1");
    world.session.wantConfig(true);
    expect(world.listener.objects.get("vmi2")).toMatch(
      /\["vn1"\],\{"annotations":\{"key_value_pair":\[\{"key":"cloudstack.dns-name","value":"web"\}\]\}\}\]$/,
    );
    expect(world.listener.objects.has("ip2")).toBe(true);
    expect([...world.listener.objects.values()].join()).not.toContain("s3cret");
    world.session.subscribeMachine("vm2");
    expect(world.listener.objects.get("vmi2")).toContain("s3cret");
    world.session.unsubscribeMachine("vm2");
    expect(world.listener.objects.get("vmi2")).not.toContain("s3cret");
  });

  test("hears of a name that another host's machine gets later", () => {
    const world = new World();
    const vmi = object("virtual-machine-interface", "vmi2", "p", ["vm2", "vn1"]);
    for (const each of [...WHOLE, vmi]) world.change((revision) => ({ kind: "upsert", object: { ...each, revision } }));
    world.session.subscribeMachine("vm1");
    world.session.wantConfig(true);
    expect(world.listener.objects.has("vmi2")).toBe(false);
    world.change((revision) => ({ kind: "upsert", object: { ...named(vmi), revision } }));
    world.session.flush();
    expect(world.listener.objects.has("vmi2")).toBe(true);
  });

  test("is cut into messages that an agent takes, also with much user data", () => {
    const world = new World();
    for (let index = 0; index < 30; index++) {
      const vmi = object("virtual-machine-interface", `vmi${index}`, "", ["vm1"]);
      world.change((revision) => ({ kind: "upsert", object: { ...named(vmi, "x".repeat(700_000)), revision } }));
    }
    world.change((revision) => ({ kind: "upsert", object: { ...object("virtual-machine", "vm1", "", []), revision } }));
    world.session.subscribeMachine("vm1");
    world.session.wantConfig(true);
    expect(world.listener.objects.size).toBe(31);
    for (const message of world.listener.messages)
      expect(agentWire.ControlMessage.encode(message).finish().length).toBeLessThan(5_000_000);
  });

  test("comes whole again when it is asked for again, and then its end, once", () => {
    const world = new World();
    world.change((revision) => ({
      kind: "upsert",
      object: { ...object("global-vrouter-config", "global", "", []), revision },
    }));
    world.session.wantConfig(true);
    world.session.wantConfig(false);
    world.session.wantConfig(true);
    expect(world.listener.messages.map(({ message }) => message?.$case)).toEqual([
      "configUpdate",
      "endOfConfig",
      "configUpdate",
      "endOfConfig",
    ]);
  });

  test("an interface comes after all that its policy is made of", () => {
    const world = new World();
    const all = [
      object("virtual-machine", "vm1", "", []),
      object("virtual-machine-interface", "vmi1", "", ["vm1", "vn1", "sg1"]),
      object("instance-ip", "ip1", "", ["vmi1"]),
      object("security-group", "sg1", "", []),
      object("virtual-network", "vn1", "", []),
      object("access-control-list", "acl1", "sg1", []),
    ];
    for (const each of all) world.change((revision) => ({ kind: "upsert", object: { ...each, revision } }));
    world.session.subscribeMachine("vm1");
    world.session.wantConfig(true);
    const [first] = world.listener.messages;
    const types = first?.message?.$case === "configUpdate" ? first.message.value.upsert.map(({ type }) => type) : [];
    expect(types.slice(-3)).toEqual(["instance-ip", "virtual-machine-interface", "virtual-machine"]);
    expect(types).toHaveLength(6);
  });
});

describe("the routes of an agent", () => {
  const said = { nextHop: 2, localPreference: 100, sequence: 0, securityGroupIds: [], virtualNetworkId: 5 };

  function publish(rib: Rib, last: number, label: number, family: AgentFamily = "inet"): void {
    const more = { ...said, encapsulations: [13] };
    if (family === "inet") rib.publish(HOST2, RED, 3, { ...more, address: last, length: 32, label });
    else if (family === "inet6") rib.publish(HOST2, RED, 3, { ...more, address: BigInt(last), length: 128, label });
    else rib.publish(HOST2, RED, 3, { ...more, evpn: machine(last, fieldOfLabel(label)) });
  }

  function withdraw(rib: Rib, last: number, family: AgentFamily): void {
    if (family === "inet") rib.withdraw(HOST2, RED, last, 32);
    else if (family === "inet6") rib.withdraw(HOST2, RED, BigInt(last), 128);
    else rib.withdrawEvpn(HOST2, RED, machine(last, 0));
  }

  function machine(last: number, label: number): MacIpRoute {
    const named = { rdHigh: 0, rdLow: 0, segment: 0n, ethernetTag: 0, mac: 2 * last + 2, ip: undefined };
    return { type: 2, ...named, label, label2: undefined };
  }

  /** Tells a session what has changed, as the server does. */
  function tell(rib: Rib, session: AgentSession): void {
    rib.step(100);
    const changed = [...rib.takeChangedVrfs(), ...rib.takeChangedKeyedVrfs()];
    for (const [name, keys] of changed) {
      for (const family of ["inet", "inet6", "e-vpn"] as const) {
        const ofFamily = new Set<VrfKey>([...keys].filter((key) => familyOfKey(key) === family));
        session.routesChanged(name, family, ofFamily, () => encodeRoutes(rib, name, ofFamily));
      }
    }
  }

  test("are the present ones of its families after any pauses: while its output is full only names are kept", () => {
    const family = fc.constantFrom<AgentFamily>("inet", "inet6", "e-vpn");
    const change = fc.record({
      family,
      last: fc.nat(4),
      label: fc.integer({ min: 0, max: 20 }),
      room: fc.option(fc.nat(2)),
      ready: fc.boolean(),
    });
    const held = { inet: 0, inet6: 0, "e-vpn": 0 };
    fc.assert(
      fc.property(fc.uniqueArray(family), fc.array(change, { maxLength: 60 }), (beside, changes) => {
        const families = new Set<AgentFamily>(["inet", ...beside]);
        const rib = newRib();
        const listener = new Listener();
        const session = new AgentSession("host1", createGraph(), rib, listener, COMPLETE, families);
        session.subscribeInstance(RED);
        const expected = new Map<string, { readonly label: number; readonly family: AgentFamily }>();
        for (const { last, label, room, ready, family: of } of changes) {
          if (room !== null) listener.room = room;
          if (label < 4) withdraw(rib, last, of);
          else publish(rib, last, 16 + label, of);
          if (label < 4) expected.delete(nameOf(last, of));
          else expected.set(nameOf(last, of), { label: 16 + label, family: of });
          tell(rib, session);
          if (!ready) continue;
          listener.room = 2;
          session.ready();
        }
        listener.room = Number.POSITIVE_INFINITY;
        session.ready();
        const wanted = [...expected].filter(([, route]) => families.has(route.family));
        expect(listener.routes).toEqual(new Map(wanted.map(([name, { label }]) => [name, label])));
        for (const [, route] of wanted) held[route.family]++;
        expect(listener.count("endOfRib")).toBe(1);
        const late = new Listener();
        new AgentSession("host3", createGraph(), rib, late, COMPLETE, families).subscribeInstance(RED);
        expect(late.routes).toEqual(listener.routes);
        expect(late.messages.at(-1)?.message?.$case).toBe("endOfRib");
      }),
      { numRuns: 300 },
    );
    expect(Math.min(...Object.values(held))).toBeGreaterThan(50);
  });

  function nameOf(last: number, family: AgentFamily): string {
    if (family === "inet") return `${last}/32`;
    if (family === "inet6") return `${formatInet6Address(BigInt(last))}/128`;
    return `macIp ${formatMacAddress(2 * last + 2)}`;
  }

  test("of a session that does not read cost no messages, keepalives included", () => {
    const rib = newRib();
    const listener = new Listener();
    const session = new AgentSession("host1", createGraph(), rib, listener, COMPLETE);
    session.subscribeInstance(RED);
    listener.room = 1;
    for (let label = 16; label < 500; label++) {
      publish(rib, 1, label);
      tell(rib, session);
      session.keepalive();
    }
    expect(listener.messages.map(({ message }) => message?.$case)).toEqual(["endOfRib", "routeUpdate"]);
    listener.room = Number.POSITIVE_INFINITY;
    session.ready();
    expect([listener.messages.length, listener.routes]).toEqual([3, new Map([["1/32", 499]])]);
  });
});

test("large objects go in messages that gRPC takes, small ones together, each once", () => {
  const graph = createGraph();
  const large = { display_name: "x".repeat(900_000) };
  const names = Array.from({ length: 20 }, (_, index) => `vm${index + 10}`);
  for (const uuid of names) {
    graph.apply({
      kind: "upsert",
      object: { ...object("virtual-machine", uuid, "", []), properties: large, revision: 1n },
    });
  }
  const sizes: number[] = [];
  const listener = new Listener();
  const write = (bytes: Uint8Array): boolean => {
    sizes.push(bytes.length);
    return listener.write(bytes);
  };
  const session = new AgentSession("host1", graph, newRib(), { write }, COMPLETE);
  for (const uuid of names) session.subscribeMachine(uuid);
  session.wantConfig(true);
  expect([...listener.objects.keys()].toSorted()).toEqual(names.toSorted());
  expect(listener.count("configUpdate")).toBe(5);
  expect(sizes.every((size) => size < 5_000_000)).toBe(true);
});
