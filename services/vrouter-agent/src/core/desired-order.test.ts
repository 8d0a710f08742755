import { type RowDelta, rowKey } from "@contrail/forwarding";
import type { ConfigObject } from "@contrail/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AclCache } from "./acl-cache.ts";
import { acl, inputs, machine, network, port, rule, SETTINGS, securityGroup } from "./agent-world.model.ts";
import { ConfigView } from "./config-view.ts";
import { desiredState } from "./desired-state.ts";
import { LocalNumbers, noTable } from "./local-numbers.ts";
import type { Port } from "./port.ts";
import { type RemoteRoute, RouteTables } from "./route-tables.ts";

const rules = fc.array(
  fc.constantFrom(
    rule({ protocol: "6", dst_port: { start_port: 80, end_port: 80 } }),
    rule({ src_address: { virtual_network: "default-domain:tenant:vn1" } }),
    rule({ protocol: "nonsense" }),
    rule({ dst_address: { subnet: { ip_prefix: "10.1.0.0", ip_prefix_len: 24 } } }, "deny"),
  ),
  { maxLength: 2 },
);

/** Versions of objects that belong together; any of them may come, go and come again. */
const objects = fc.oneof(
  fc.tuple(fc.nat(2), fc.boolean()).map(([index, policy]) => network(index, { policy })),
  fc
    .tuple(fc.nat(2), rules)
    .map(([index, given]) => [acl(`acl${index}`, "virtual-network", `vn${index}`, "acl", given)]),
  fc.tuple(fc.nat(1), rules).map(([index, given]) => securityGroup(index, given)),
  fc.tuple(fc.nat(3), fc.nat(2), fc.subarray([0, 1])).map(([index, of, groups]) => machine(index, of, groups)),
);

const remote: fc.Arbitrary<RemoteRoute> = fc.record({
  address: fc.constantFrom(0x0a000003, 0x0a000064, 0x0a010005),
  length: fc.constant(32),
  nextHops: fc.uniqueArray(
    fc.record({
      address: fc.constantFrom(0xac1e0202, 0xac1e0302),
      label: fc.integer({ min: 16, max: 18 }),
      encapsulations: fc.constantFrom([], [13], [8]),
      groups: fc.constantFrom([], [8_000_000], [8_000_001, 8_000_000]),
      networkId: fc.constantFrom(0, 2),
    }),
    { minLength: 1, maxLength: 2, selector: ({ address, label }) => `${address} ${label}` },
  ),
});

/** The agent's state by plain means, and the calculation that follows it around. */
class World {
  readonly view = new ConfigView();
  readonly held = new Map<string, ConfigObject>();
  readonly ports = new Map<string, Port>();
  readonly tables = new Map<string, Map<number, RemoteRoute>>();
  readonly routes = new RouteTables();
  readonly acls = new AclCache();
  numbers = new LocalNumbers();
  saved = {};
  #revision = 1n;

  constructor() {
    this.routes.sessionUp("control1");
  }

  put(given: ConfigObject): void {
    const object = { ...given, revision: this.#revision++ };
    this.held.set(object.uuid, object);
    this.view.put(object);
  }

  remove(uuid: string): void {
    this.held.delete(uuid);
    this.view.remove(uuid);
  }

  calculate() {
    const { view, routes, numbers, acls } = this;
    const state = desiredState({ settings: SETTINGS, view, ports: this.ports.values(), routes, numbers, acls });
    this.saved = numbers.takeChanges() ?? this.saved;
    return state;
  }

  /** An agent that starts with the files of this one, and hears everything in another order. */
  restarted() {
    const routes = new RouteTables();
    routes.sessionUp("control1");
    for (const [instance, table] of this.tables) routes.update("control1", instance, [...table.values()].reverse(), []);
    const numbers = new LocalNumbers(structuredClone(this.saved));
    const objects = [...this.held.values()].reverse();
    return desiredState(inputs(objects, [...this.ports.values()].reverse(), { routes, numbers }));
  }
}

type Change = (world: World) => void;

const instance = fc.nat(2).map((index) => `default-domain:tenant:vn${index}:vn${index}`);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: objects.map(
      (given): Change =>
        (world) =>
          given.forEach((each) => void world.put(each)),
    ),
  },
  {
    weight: 2,
    arbitrary: objects.map(
      (given): Change =>
        (world) =>
          given.forEach(({ uuid }) => void world.remove(uuid)),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.nat(3).map(
      (index): Change =>
        (world) =>
          void world.ports.set(port(index).id, port(index)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(3).map(
      (index): Change =>
        (world) =>
          void world.ports.delete(port(index).id),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(instance, remote).map(
      ([name, route]): Change =>
        (world) => {
          world.tables.set(name, (world.tables.get(name) ?? new Map()).set(route.address, route));
          world.routes.update("control1", name, [route], []);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(instance, remote).map(
      ([name, route]): Change =>
        (world) => {
          world.tables.get(name)?.delete(route.address);
          world.routes.update("control1", name, [], [route]);
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.boolean().map(
      (free): Change =>
        (world) => {
          world.calculate();
          if (free) world.numbers.freeUnused();
        },
    ),
  },
);

function byKey(rows: readonly RowDelta[]): ReadonlyMap<string, RowDelta> {
  return new Map(rows.map((row) => [rowKey(row), row]));
}

test("any order and batching of objects, ports and routes ends in the rows of an agent that starts with the same files", () => {
  const complete = fc.constant([
    ...network(0),
    ...network(1),
    ...securityGroup(0),
    ...machine(0, 0, [0]),
    ...machine(1, 1),
  ]);
  let active = 0;
  fc.assert(
    fc.property(fc.option(complete), fc.array(change, { maxLength: 50 }), (start, changes) => {
      const world = new World();
      for (const each of start ?? []) world.put(each);
      if (start !== null) for (const each of [port(0), port(1)]) world.ports.set(each.id, each);
      for (const apply of changes) apply(world);
      const state = world.calculate();
      const again = world.restarted();
      expect(byKey(again.rows)).toEqual(byKey(state.rows));
      expect(again.ports).toEqual(state.ports);
      expect(again.problems.toSorted()).toEqual(state.problems.toSorted());
      active += state.ports.filter((each) => each.active !== undefined).length;
    }),
    { numRuns: 1_000 },
  );
  expect(active).toBeGreaterThan(500);
});

test("a number that was freed is the last to be given again, so that a label does not lead into another machine at once", () => {
  const numbers = new LocalNumbers();
  const [first, second] = ["a", "b"].map((key) => numbers.numberOf("label", key));
  numbers.startRound();
  numbers.numberOf("label", "b");
  numbers.freeUnused();
  expect([first, second, numbers.numberOf("label", "c")]).toEqual([16, 17, 18]);
});

test("a number that was freed is the last to be given again by the next agent too", () => {
  const numbers = new LocalNumbers();
  for (const key of ["a", "b"]) numbers.numberOf("label", key);
  numbers.startRound();
  numbers.numberOf("label", "a");
  numbers.freeUnused();
  const next = new LocalNumbers(structuredClone(numbers.takeChanges()));
  expect([next.numberOf("label", "a"), next.numberOf("label", "c")]).toEqual([16, 18]);
});

test("without a table labels begin anywhere in their range, and go round at its end", () => {
  expect(new LocalNumbers(noTable(0)).numberOf("label", "a")).toBe(16);
  const high = new LocalNumbers(noTable(0.9999999));
  expect(high.numberOf("label", "a")).toBe(1_048_575);
  expect(high.numberOf("label", "b")).toBe(16);
});

test("a table of numbers that gives one twice, or one that is none, is refused", () => {
  expect(() => new LocalNumbers({ vrf: { a: 1, b: 1 } })).toThrow(RangeError);
  expect(() => new LocalNumbers({ label: { a: 3 } })).toThrow(RangeError);
  expect(() => new LocalNumbers({ "next-hop": { a: 1.5 } })).toThrow(RangeError);
  expect(() => new LocalNumbers({ last: { label: 1_048_576 } })).toThrow(RangeError);
});
