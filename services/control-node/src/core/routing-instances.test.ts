import { routeTarget } from "@contrail/bgp";
import { createGraph } from "@contrail/graph";
import type { InstanceFeatures, InstanceSettings } from "@contrail/rib";
import type { ConfigObject, JsonValue } from "@contrail/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instanceFeatures } from "./instance-features.ts";
import { instanceName, instanceSettings, touchedInstances } from "./routing-instances.ts";

function object(type: string, uuid: string, more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, revision: 1n, refs: [], properties: {} };
  return { type, uuid, fqName: ["d", uuid], derived: false, epoch: 0n, ...none, ...more };
}

function network(uuid: string, id: JsonValue): ConfigObject {
  return object("virtual-network", uuid, { properties: { virtual_network_network_id: id } });
}

function vrouters(mode: string): ConfigObject {
  const fqName = ["default-global-system-config", "default-global-vrouter-config"];
  return object("global-vrouter-config", "gvc", { fqName, properties: { vxlan_network_identifier_mode: mode } });
}

function refsTo(toType: string, uuids: readonly string[]): ConfigObject["refs"] {
  return uuids.map((toUuid) => ({ toType, toUuid, toFqName: ["d", toUuid], attr: null }));
}

type Direction = "import" | "export" | null;

/** An instance of a network, with targets 64512:<n> by direction, connected with other instances. */
function instance(
  uuid: string,
  targets: readonly (readonly [number, Direction])[],
  others: readonly string[] = [],
): ConfigObject {
  const routeTargets = targets.map(([number, direction]) => {
    const attr = direction === null ? null : { import_export: direction };
    return { toType: "route-target", toUuid: `rt${number}`, toFqName: [`target:64512:${number}`], attr };
  });
  const connections = others.map((to) => ({ toType: "routing-instance", toUuid: to, toFqName: ["d", to], attr: null }));
  const parent = { parentType: "virtual-network", parentUuid: uuid.replace("ri", "vn") };
  return object("routing-instance", uuid, { ...parent, refs: [...routeTargets, ...connections] });
}

function settings(...objects: readonly ConfigObject[]): InstanceSettings {
  const graph = createGraph();
  for (const each of objects) graph.apply({ kind: "upsert", object: each });
  const [first] = objects;
  if (first === undefined) throw new Error("no instance");
  return instanceSettings(graph, first);
}

const rt = (number: number): bigint => routeTarget(64_512, number);

describe("the settings of an instance", () => {
  test("targets count by their direction, both where none is given", () => {
    const made = settings(
      instance("ri1", [
        [3, null],
        [1, "import"],
        [2, "export"],
      ]),
      network("vn1", 7),
    );
    expect(made).toEqual({
      name: "d:ri1",
      importTargets: [rt(1), rt(3)],
      exportTargets: [rt(2), rt(3)],
      virtualNetworkId: 7,
      allowTransit: false,
    });
  });

  test("a connected instance's exports are imported, whichever of the two refers to the other", () => {
    const connected = instance(
      "ri2",
      [
        [5, null],
        [6, "export"],
        [7, "import"],
      ],
      ["ri1"],
    );
    expect(settings(instance("ri1", [[1, null]]), connected).importTargets).toEqual([rt(1), rt(5), rt(6)]);
    expect(settings(instance("ri1", [[1, null]], ["ri2"]), instance("ri2", [[5, null]])).importTargets).toEqual([
      rt(1),
      rt(5),
    ]);
  });

  test("its network's VNI leads to the default instance alone, as the mode of all vRouters says", () => {
    const main = { ...instance("ri1", []), properties: { routing_instance_is_default: true } };
    const both = { virtual_network_network_id: 7, virtual_network_properties: { vxlan_network_identifier: 99 } };
    const given = { ...network("vn1", 7), properties: both };
    expect(settings(main, given).vxlanId).toBe(7);
    expect(settings(main, given, vrouters("automatic")).vxlanId).toBe(7);
    expect(settings(main, given, vrouters("configured")).vxlanId).toBe(99);
    expect(settings(main, network("vn1", 7), vrouters("configured")).vxlanId).toBeUndefined();
    expect(settings(instance("ri1", []), given).vxlanId).toBeUndefined();
  });

  test("a target that is none is left out, and so is a network id that is none", () => {
    const odd = instance("ri1", [[1, null]]);
    const refs = [...odd.refs, { toType: "route-target", toUuid: "x", toFqName: ["target:nonsense"], attr: 7 }];
    for (const id of [-1, 1.5, "7", 1n << 40n, null, {}]) {
      expect(settings({ ...odd, refs }, network("vn1", id))).toMatchObject({
        importTargets: [rt(1)],
        virtualNetworkId: 0,
      });
    }
  });
});

test("after any changes, the instances that were looked at again are all that differ", () => {
  const names = ["ri1", "ri2", "ri3"];
  const direction = fc.constantFrom<Direction>(null, "import", "export");
  const targets = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), direction), { maxLength: 3 });
  const objects = fc.oneof(
    fc.tuple(fc.constantFrom(...names), targets, fc.subarray(names)).map(([uuid, given, others]) => ({
      ...instance(uuid, given, others),
      properties: { routing_instance_is_default: uuid !== "ri3" },
    })),
    fc.constantFrom("automatic", "configured").map(vrouters),
    fc.tuple(fc.constantFrom("vn1", "vn2", "vn3"), fc.nat(5)).map(([uuid, id]) => network(uuid, id)),
    fc.tuple(fc.constantFrom("p1", "p2"), fc.subarray(names), fc.subarray(["irt"])).map(([uuid, to, tables]) => {
      const term_match_condition = { prefix_list: [{ interface_route_table_uuid: ["irt"] }] };
      const refs = [...refsTo("routing-instance", to), ...refsTo("interface-route-table", tables)];
      return object("routing-policy", uuid, {
        refs,
        properties: { routing_policy_entries: { term: tables.length === 0 ? [] : [{ term_match_condition }] } },
      });
    }),
    fc.constantFrom("10.1.0.0/16", "10.2.0.0/16").map((prefix) => {
      return object("interface-route-table", "irt", {
        properties: { interface_route_table_routes: { route: [{ prefix }] } },
      });
    }),
    fc.tuple(fc.subarray(names), fc.constantFrom("10.0.0.1", "10.0.0.2")).map(([to, nexthop]) => {
      const properties = {
        aggregate_route_nexthop: nexthop,
        aggregate_route_entries: { route: ["10.0.0.0/8"] },
      };
      return object("route-aggregate", "ra", { refs: refsTo("routing-instance", to), properties });
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(objects, fc.integer({ min: 0, max: 3 })), { maxLength: 40 }), (changes) => {
      const graph = createGraph();
      const known = new Map<string, readonly [InstanceSettings, InstanceFeatures]>();
      const seen = (each: ConfigObject) => [instanceSettings(graph, each), instanceFeatures(graph, each)] as const;
      for (const [index, [each, kind]] of changes.entries()) {
        const revision = BigInt(index + 2);
        const { type, uuid, fqName } = each;
        const change = graph.apply(
          kind === 0
            ? { kind: "remove", type, uuid, fqName, revision }
            : { kind: "upsert", object: { ...each, revision } },
        );
        if (change === undefined) continue;
        for (const touched of touchedInstances(graph, change)) {
          const now = graph.get(touched);
          if (now !== undefined) known.set(instanceName(now), seen(now));
          else if (change.before !== undefined) known.delete(instanceName(change.before));
        }
      }
      const all = [...graph.ofType("routing-instance")].map((each) => [instanceName(each), seen(each)] as const);
      expect(known).toEqual(new Map(all));
    }),
    { numRuns: 1_000 },
  );
});
