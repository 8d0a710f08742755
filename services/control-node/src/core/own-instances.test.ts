import { type ConfigGraph, createGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configObject } from "../testing/config-object.ts";
import { OwnInstances } from "./own-instances.ts";

/** An agent's instances, and what they follow from. */
class World {
  readonly graph: ConfigGraph = createGraph();
  readonly own = new OwnInstances(this.graph, "host1");
  /** Those that the agent has named in its session. */
  readonly machines = new Set<string>();
  /** What whoever follows the changes has. */
  readonly followed = new Set<string>();
  #revision = 1n;

  put(...objects: readonly ConfigObject[]): void {
    for (const object of objects) this.#apply({ kind: "upsert", object: { ...object, revision: this.#revision++ } });
  }

  remove({ type, uuid, fqName }: ConfigObject): void {
    this.#apply({ kind: "remove", type, uuid, fqName, revision: this.#revision++ });
  }

  add(machine: string): void {
    this.machines.add(machine);
    for (const name of this.own.addMachine(machine)) this.followed.add(name);
  }

  take(machine: string): void {
    this.machines.delete(machine);
    this.own.removeMachine(machine);
  }

  restart(): void {
    this.machines.clear();
    this.own.restart();
  }

  review(): readonly string[] {
    const { joined, left } = this.own.review();
    for (const name of joined) this.followed.add(name);
    for (const name of left) this.followed.delete(name);
    return [...this.followed].sort();
  }

  #apply(change: Parameters<ConfigGraph["apply"]>[0]): void {
    const applied = this.graph.apply(change);
    if (applied !== undefined) this.own.configChanged(applied);
  }
}

function child(type: string, uuid: string, parentType: string, parentUuid: string): ConfigObject {
  return { ...configObject(type, uuid, [uuid], []), parentType, parentUuid };
}

const of = (type: string, uuid: string, ...refs: readonly (readonly [string, string])[]) =>
  configObject(type, uuid, [uuid], refs);

const [RED, BLUE, PUBLIC] = [of("virtual-network", "red"), of("virtual-network", "blue"), of("virtual-network", "pub")];
const [RED_RI, BLUE_RI] = ["red", "blue"].map((name) =>
  child("routing-instance", `${name}-ri`, "virtual-network", name),
) as [ConfigObject, ConfigObject]; // Two of two.
const CHAIN = child("routing-instance", "red-chain", "virtual-network", "red");
const PUBLIC_RI = child("routing-instance", "pub-ri", "virtual-network", "pub");
const POOL = child("floating-ip-pool", "pool", "virtual-network", "pub");
const FLOATING = { ...child("floating-ip", "fip", "floating-ip-pool", "pool"), refs: refsTo("vmi1") };
const VM = of("virtual-machine", "vm1");
const VMI = of("virtual-machine-interface", "vmi1", ["virtual-machine", "vm1"], ["virtual-network", "red"]);
const VM2 = of("virtual-machine", "vm2");
const VMI2 = of("virtual-machine-interface", "vmi2", ["virtual-machine", "vm2"], ["virtual-network", "blue"]);

function refsTo(uuid: string) {
  return of("", "", ["virtual-machine-interface", uuid]).refs;
}

function host(name: string, ...machines: readonly string[]): ConfigObject {
  const refs = machines.map((machine) => ["virtual-machine", machine] as const);
  return configObject("virtual-router", name, ["g", name], refs);
}

const ALL = [RED, BLUE, PUBLIC, RED_RI, BLUE_RI, CHAIN, PUBLIC_RI, POOL, FLOATING, VM, VMI, VM2, VMI2];

function whole(): World {
  const world = new World();
  world.put(...ALL);
  world.add("vm1");
  return world;
}

describe("an agent's own instances", () => {
  test("are those of its machines' networks, chains' and those of their floating IPs, and no others", () => {
    expect(whole().review()).toEqual(["pub-ri", "red-chain", "red-ri"]);
  });

  test("are there whether machine or configuration comes first", () => {
    const world = new World();
    world.add("vm1");
    for (const each of ALL.toReversed()) world.put(each);
    expect(world.review()).toEqual(["pub-ri", "red-chain", "red-ri"]);
  });

  test("of an interface in the instance of a service are that one too", () => {
    const world = whole();
    world.put({ ...VMI, refs: [...VMI.refs, ...of("", "", ["routing-instance", "blue-ri"]).refs] });
    expect(world.review()).toEqual(["blue-ri", "pub-ri", "red-chain", "red-ri"]);
  });

  test("go with the interface, the machine, or the instance", () => {
    for (const gone of [VM, VMI]) {
      const world = whole();
      world.remove(gone);
      expect(world.review()).toEqual([]);
    }
    const world = whole();
    world.remove(CHAIN);
    world.remove(FLOATING);
    expect(world.review()).toEqual(["red-ri"]);
    world.own.removeMachine("vm1");
    expect(world.review()).toEqual([]);
  });

  test("of a machine that the configuration has on other hosts alone are none, as long as it says so", () => {
    const world = whole();
    world.put(host("host2", "vm1"));
    expect(world.review()).toEqual([]);
    world.put(host("host1", "vm1"));
    expect(world.review()).toContain("red-ri");
    world.put(host("host1"));
    expect(world.review()).toEqual([]);
    world.put(host("host2"));
    expect(world.review()).toContain("red-ri");
  });

  test("of an earlier session stay until the present one has named all of its machines", () => {
    const world = whole();
    world.add("vm2");
    world.own.restart();
    expect(world.review()).toContain("blue-ri");
    world.add("vm1");
    world.own.restart();
    world.add("vm1");
    expect(world.review()).toContain("blue-ri");
    world.own.settle();
    expect(world.review()).toEqual(["pub-ri", "red-chain", "red-ri"]);
    world.own.clear();
    expect(world.review()).toEqual([]);
  });

  test("of the earlier sessions are bounded, however many machines each names", () => {
    const world = new World();
    for (let round = 0; round < 4; round++) {
      for (let index = 0; index < 4_000; index++) world.add(`m${round} ${index}`);
      world.own.restart();
    }
    world.put(of("virtual-machine", "m0 0"), of("virtual-machine", "m3 0"), RED, RED_RI);
    world.put(of("virtual-machine-interface", "v", ["virtual-machine", "m3 0"], ["virtual-network", "red"]));
    expect(world.review()).toEqual([]);
    world.put(of("virtual-machine-interface", "v", ["virtual-machine", "m0 0"], ["virtual-network", "red"]));
    expect(world.review()).toEqual(["red-ri"]);
  });

  test("are not looked for where another machine of the network, an address or a property changes", () => {
    const world = whole();
    world.review();
    world.put(of("virtual-machine-interface", "vmi3", ["virtual-machine", "vm3"], ["virtual-network", "red"]));
    world.put(of("instance-ip", "ip1", ["virtual-machine-interface", "vmi1"]));
    world.put({ ...VMI, properties: { display_name: "x" } });
    expect(world.own.isStale).toBe(false);
  });
});

test("after any changes, in any batching, they are those of a walk from the beginning", () => {
  const machines = fc.constantFrom("vm1", "vm2");
  const variants = [...ALL, { ...VMI, refs: VMI2.refs }, { ...FLOATING, refs: refsTo("vmi2") }, host("host1")];
  const hosts = [host("host1", "vm1"), host("host2", "vm1"), host("host2"), host("host2", "vm1", "vm2")];
  const object = fc.constantFrom(...variants, ...hosts);
  const step = fc.oneof(
    { weight: 6, arbitrary: object.map((each) => (world: World) => world.put(each)) },
    { weight: 2, arbitrary: object.map((each) => (world: World) => world.remove(each)) },
    { weight: 2, arbitrary: machines.map((each) => (world: World) => world.add(each)) },
    { weight: 1, arbitrary: machines.map((each) => (world: World) => world.take(each)) },
    { weight: 1, arbitrary: fc.constant((world: World) => world.restart()) },
    { weight: 1, arbitrary: fc.constant((world: World) => world.own.settle()) },
    { weight: 3, arbitrary: fc.constant((world: World) => void world.review()) },
  );
  let found = 0;
  fc.assert(
    fc.property(fc.boolean(), fc.array(step, { maxLength: 60 }), (full, steps) => {
      const world = full ? whole() : new World();
      for (const each of steps) each(world);
      world.own.settle();
      const names = world.review();
      const fresh = new OwnInstances(world.graph, "host1");
      expect(names).toEqual([...world.machines].flatMap((machine) => fresh.addMachine(machine)).sort());
      found += names.length;
    }),
    { numRuns: 2_000 },
  );
  expect(found).toBeGreaterThan(1_000);
});
