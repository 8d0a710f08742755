import { describe, expect, test } from "vitest";
import { intent, to, World } from "../model/world.model.ts";

/** Targets of a network's default instance with their directions. */
function targets(world: World, name: string): string[] {
  const refs = world.wanted("routing-instance", `d:p:${name}:${name}`)?.refs ?? [];
  return refs
    .filter(({ toType }) => toType === "route-target")
    .map(
      ({ toFqName, attr }) => `${toFqName[0]} ${String((attr as { import_export?: string }).import_export ?? "both")}`,
    );
}

const port = (name: string, network: string) =>
  intent("virtual-machine-interface", name, [to("virtual-network", network)]);
const list = (...route_target: readonly string[]) => ({ route_target });

function routed(): World {
  return new World().put(
    intent("virtual-network", "a"),
    intent("virtual-network", "b"),
    intent("virtual-network", "c"),
    port("i", "a"),
    intent("logical-router", "r", [
      to("virtual-machine-interface", "i"),
      to("virtual-network", "b", { logical_router_virtual_network_type: "InternalVirtualNetwork" }),
      to("virtual-network", "c", { logical_router_virtual_network_type: "ExternalGateway" }),
    ]),
  );
}

describe("a logical router", () => {
  test("gives its target to the networks of its interfaces and to its internal ones, not to the external one", () => {
    const world = routed();
    expect(targets(world, "a")).toEqual(["target:64512:8000000 both", "target:64512:8000003 both"]);
    expect(targets(world, "b")).toEqual(["target:64512:8000001 both", "target:64512:8000003 both"]);
    expect(targets(world, "c")).toEqual(["target:64512:8000002 both"]);
  });

  test("refers to its target, and keeps it over a restart", () => {
    const world = routed();
    world.settleWhole();
    const refs = world.intents.get("logical-router-r")?.refs.filter(({ toType }) => toType === "route-target");
    expect(refs?.map(({ toFqName }) => toFqName)).toEqual([["target:64512:8000003"]]);
    world.remove("virtual-network", "c").settleWhole();
    world.take({ kind: "restart", order: 3 });
    expect(targets(world, "a")[1]).toBe("target:64512:8000003 both");
  });

  test("takes its target along", () => {
    const world = routed();
    world.settleWhole();
    world.remove("logical-router", "r").settleWhole();
    expect(targets(world, "a")).toEqual(["target:64512:8000000 both"]);
    expect([...world.derived.keys()].filter((key) => key.includes("8000003"))).toEqual([]);
  });

  test("gives the targets that it names itself and by its bgpvpns", () => {
    const world = new World().put(
      intent("virtual-network", "a"),
      port("i", "a"),
      intent("bgpvpn", "v", [], { import_route_target_list: list("target:1:2") }),
      intent("logical-router", "r", [to("virtual-machine-interface", "i"), to("bgpvpn", "v")], {
        configured_route_target_list: list("target:1:1"),
      }),
    );
    expect(targets(world, "a").slice(2)).toEqual(["target:1:1 both", "target:1:2 import"]);
  });

  test("lets its networks through each other's ACLs", () => {
    const world = routed().put(
      intent("network-policy", "x"),
      intent("virtual-network", "a", [to("network-policy", "x", { sequence: { major: 0, minor: 0 } })]),
    );
    const entries = world.wanted("access-control-list", "d:p:a:a")?.properties.access_control_list_entries;
    const { acl_rule } = entries as unknown as {
      acl_rule: { match_condition: Record<string, { virtual_network: string }> }[];
    };
    const sides = acl_rule.map(({ match_condition: { src_address, dst_address } }) => {
      return `${src_address?.virtual_network}>${dst_address?.virtual_network}`.replaceAll("d:p:", "");
    });
    expect(sides).toEqual(["a>b", "b>a", "a>a", "any>any"]);
    expect(world.wanted("access-control-list", "d:p:b:b")).toBeUndefined();
  });
});

test("a network has the targets of the bgpvpns that it refers to", () => {
  const lists = { route_target_list: list("target:1:1"), export_route_target_list: list("target:1:2") };
  const world = new World().put(intent("bgpvpn", "v", [], lists), intent("virtual-network", "a", [to("bgpvpn", "v")]));
  expect(targets(world, "a")).toEqual(["target:64512:8000000 both", "target:1:1 both", "target:1:2 export"]);
  world.remove("bgpvpn", "v");
  expect(targets(world, "a")).toEqual(["target:64512:8000000 both"]);
});

test("another AS rewrites every target, and one of four octets gives other numbers", () => {
  const system = (autonomous_system: number) => intent("global-system-config", "default", [], { autonomous_system });
  const world = routed();
  world.settleWhole();
  world.put(system(65_001)).settleWhole();
  expect(targets(world, "a")).toEqual(["target:65001:8000000 both", "target:65001:8000003 both"]);
  world.put(system(4_200_000_000)).settleWhole();
  expect(targets(world, "b")[0]).toMatch(/^target:4200000000:800\d both$/);
  expect([...world.derived.keys()].filter((key) => /:(64512|65001):/.test(key))).toEqual([]);
});
