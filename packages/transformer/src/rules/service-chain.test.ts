import type { ConfigObject, JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { chainNetwork, chainPolicy, service, servicePort, template } from "../model/services.model.ts";
import { intent, to, World } from "../model/world.model.ts";

/** The parts of a service with a port tuple of its own: one machine with an interface on each side. */
function parts(name: string, index = 1): ConfigObject[] {
  const tuple = `${name}/${index}`;
  return [
    intent("virtual-machine", `vm-${name}-${index}`),
    intent("port-tuple", tuple),
    servicePort(`${name}__left__${index}`, "a", tuple, `vm-${name}-${index}`),
    servicePort(`${name}__right__${index}`, "b", tuple, `vm-${name}-${index}`),
  ];
}

/** Two networks whose policy sends their traffic through services of these modes. */
function chain(modes: Readonly<Record<string, string>>, rule: JsonObject = {}): World {
  const names = Object.keys(modes);
  return new World().put(
    ...["transparent", "in-network", "in-network-nat"].map(template),
    ...names.flatMap((name) => [service(name, modes[name] ?? ""), ...parts(name)]),
    chainPolicy("q", "a", "b", names, rule),
    chainNetwork("a", ["q"], 1),
    chainNetwork("b", ["q"], 2),
  );
}

/** The instances of chains in short: "a:s" for that of service s in network a. */
function instances(world: World): Map<string, ConfigObject> {
  const found = [...world.derived.values()].filter(({ type, fqName }) => {
    return type === "routing-instance" && fqName.at(-1)?.startsWith("service-");
  });
  return new Map(found.map((item) => [shortName(item.fqName), item]));
}

function shortName(fqName: readonly string[]): string {
  const last = fqName.at(-1) ?? "";
  return last.startsWith("service-") ? `${fqName[2]}:${last.split("_").at(-1)}` : `${fqName[2]}`;
}

function connections(object: ConfigObject | undefined): string[] {
  return (object?.refs ?? [])
    .filter(({ toType }) => toType === "routing-instance")
    .map(({ toFqName }) => shortName(toFqName));
}

function information(object: ConfigObject | undefined, family = ""): JsonObject {
  return (object?.properties[`${family}service_chain_information`] ?? {}) as JsonObject;
}

/** What the ACL of a network assigns, in short. */
function assigned(world: World, network: string): string[] {
  const acl = world.wanted("access-control-list", `d:p:${network}:${network}`)?.properties.access_control_list_entries;
  const { acl_rule } = acl as unknown as { acl_rule: { action_list: { assign_routing_instance?: string } }[] };
  return acl_rule
    .flatMap(({ action_list }) => action_list.assign_routing_instance ?? [])
    .map((name) => shortName(name.split(":")));
}

describe("an in-network chain", () => {
  test("has an instance on each side, which lead to the other network by the address that the machines share", () => {
    const world = chain({ s: "in-network" });
    world.settleWhole();
    const made = instances(world);
    expect([...made.keys()].sort()).toEqual(["a:s", "b:s"]);
    expect([connections(made.get("a:s")), connections(made.get("b:s"))]).toEqual([["a"], ["b"]]);
    expect(information(made.get("a:s"))).toEqual({
      routing_instance: "d:p:b:b",
      prefix: ["10.2.0.0/24"],
      service_chain_address: "10.9.0.1",
      service_instance: "d:p:s",
      source_routing_instance: "d:p:a:a",
      service_chain_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sc_head: true,
      retain_as_path: false,
    });
    expect(information(made.get("b:s"), "ipv6_")).toMatchObject({
      routing_instance: "d:p:a:a",
      prefix: ["fd01::/64"],
      service_chain_address: "fd09::2",
      source_routing_instance: "d:p:b:b",
    });
    expect([assigned(world, "a"), assigned(world, "b")]).toEqual([
      ["a:s", "a:s"],
      ["b:s", "b:s"],
    ]);
  });

  test("that scales out has one address a side and family, on the interfaces of all machines", () => {
    const world = chain({ s: "in-network" }).put(...parts("s", 2));
    world.settleWhole();
    const shared = world.derived.get("instance-ip service-instance-s-left-v4");
    expect(shared?.properties).toMatchObject({ instance_ip_mode: "active-active", service_instance_ip: true });
    const ports = shared?.refs.filter(({ toType }) => toType === "virtual-machine-interface");
    expect(ports?.map(({ toFqName }) => toFqName.at(-1))).toEqual(["s__left__1", "s__left__2"]);
    expect([...world.derived.keys()].filter((key) => key.startsWith("instance-ip"))).toHaveLength(4);
    world
      .remove("virtual-machine-interface", "s__left__1")
      .remove("virtual-machine-interface", "s__right__1")
      .settleWhole();
    expect([...instances(world).keys()].sort()).toEqual(["a:s", "b:s"]);
  });

  test("of one direction tells only the left side", () => {
    const world = chain({ s: "in-network" }, { direction: ">" });
    world.settleWhole();
    expect(Object.keys(information(instances(world).get("a:s")))).not.toEqual([]);
    expect(information(instances(world).get("b:s"))).toEqual({});
  });

  test("of version 1 takes the addresses of the machines that refer to the service", () => {
    const world = new World().put(
      template("in-network"),
      service("s", "in-network"),
      intent("virtual-machine", "vm", [to("service-instance", "s")]),
      servicePort("d__p__s__1__left__0", "a", undefined, "vm"),
      servicePort("d__p__s__1__right__0", "b", undefined, "vm"),
      intent("instance-ip", "l", [to("virtual-machine-interface", "d__p__s__1__left__0")], {
        instance_ip_address: "10.1.0.5",
      }),
      intent("instance-ip", "r", [to("virtual-machine-interface", "d__p__s__1__right__0")], {
        instance_ip_address: "10.2.0.5",
      }),
      chainPolicy("q", "a", "b", ["s"]),
      chainNetwork("a", ["q"], 1),
      chainNetwork("b", ["q"], 2),
    );
    world.settleWhole();
    const made = instances(world);
    expect(information(made.get("a:s")).service_chain_address).toBe("10.1.0.5");
    expect(information(made.get("b:s")).service_chain_address).toBe("10.2.0.5");
  });
});

test("a chain with NAT tells the right network nothing of the left one", () => {
  const world = chain({ s: "in-network-nat" });
  world.settleWhole();
  expect([...instances(world).keys()]).toEqual(["a:s"]);
  expect([assigned(world, "a"), assigned(world, "b")]).toEqual([["a:s", "a:s"], []]);
});

test("several services stand in a row: each is connected with the one before it", () => {
  const world = chain({ s: "in-network", t: "transparent" });
  world.settleWhole();
  const made = instances(world);
  expect([...made].map(([name, item]) => [name, connections(item)]).sort()).toEqual([
    ["a:s", ["a"]],
    ["a:t", ["b:s"]],
    ["b:s", []],
    ["b:t", ["b"]],
  ]);
  expect([information(made.get("a:s")).sc_head, information(made.get("a:t")).sc_head]).toEqual([true, false]);
  expect([assigned(world, "a")[0], assigned(world, "b")[0]]).toEqual(["a:s", "b:t"]);
});

describe("a transparent chain", () => {
  test("has addresses of its own, and the interfaces refer to the instances with a VLAN of the machine", () => {
    const world = chain({ s: "transparent" });
    world.settleWhole();
    const made = instances(world);
    expect(information(made.get("a:s"))).toMatchObject({
      service_chain_address: "0.0.0.4",
      routing_instance: "d:p:b:b",
    });
    expect(information(made.get("a:s")).source_routing_instance).toBeUndefined();
    expect(information(made.get("b:s"), "ipv6_").service_chain_address).toBe("::ff00:5");
    const attr = (name: string) => {
      const refs = world.intents.get(`virtual-machine-interface-${name}`)?.refs ?? [];
      return refs
        .filter(({ toType }) => toType === "routing-instance")
        .map((ref) => [shortName(ref.toFqName), ref.attr]);
    };
    const common = { direction: "both", vlan_tag: 1 };
    const [left, right] = ["02:00:00:00:00:01", "02:00:00:00:00:02"];
    const addresses = (last: number) => ({
      service_chain_address: `0.0.0.${last}`,
      ipv6_service_chain_address: `::ff00:${last}`,
    });
    expect(attr("s__left__1")).toEqual([["a:s", { ...common, src_mac: left, dst_mac: right, ...addresses(4) }]]);
    expect(attr("s__right__1")).toEqual([["b:s", { ...common, src_mac: right, dst_mac: left, ...addresses(5) }]]);
    expect([...world.derived.keys()].filter((key) => key.startsWith("instance-ip"))).toEqual([]);
  });

  test("beside another one of the same machine has another VLAN, and keeps its own over a restart", () => {
    const world = chain({ s: "transparent" });
    world.settleWhole();
    world.put(chainPolicy("r", "a", "c", ["s"]), chainNetwork("a", ["q", "r"], 1), chainNetwork("c", ["r"], 3));
    world.settleWhole();
    const vlans = () => {
      const refs = world.intents.get("virtual-machine-interface-s__left__1")?.refs ?? [];
      const own = refs.filter(({ toType }) => toType === "routing-instance");
      return own.map(({ attr }) => (attr as { vlan_tag: number }).vlan_tag).sort();
    };
    expect(vlans()).toEqual([1, 2]);
    world.remove("network-policy", "q").settleWhole();
    expect(vlans()).toEqual([2]);
    world.take({ kind: "restart", order: 5 });
    expect(world.transformer.pending()).toEqual({ upserts: [], links: [], removes: [] });
  });
});

describe("a chain is not there", () => {
  test.each<[string, (world: World) => void]>([
    ["one of the networks does not have the policy", (world) => world.put(chainNetwork("b", [], 2))],
    ["a network is gone", (world) => world.remove("virtual-network", "b")],
    ["the service is gone", (world) => world.remove("service-instance", "s")],
    ["the service has no interface on a side", (world) => world.remove("virtual-machine-interface", "s__right__1")],
    ["the policy is gone", (world) => world.remove("network-policy", "q")],
  ])("while %s: nothing passes, and nothing is left of it", (_what, change) => {
    for (const mode of ["in-network", "transparent"]) {
      const world = chain({ s: mode });
      world.settleWhole();
      expect(instances(world).size).toBe(2);
      change(world);
      world.settleWhole();
      expect(instances(world).size).toBe(0);
      expect([...world.transformer.desiredLinks().keys()].filter((key) => key.includes("routing-instance"))).toEqual(
        [],
      );
      if (world.wanted("access-control-list", "d:p:a:a")) expect(assigned(world, "a")).toEqual([]);
    }
  });

  test("before its machines have their addresses", () => {
    const world = chain({ s: "in-network" });
    expect(world.wanted("instance-ip", "service-instance-s-left-v4")).toBeDefined();
    expect([...world.transformer.desired().keys()].filter((key) => key.includes("service-"))).toHaveLength(4);
  });
});

describe("route targets of a chain", () => {
  const targets = (world: World, name: string): string[] => {
    const refs =
      instances(world)
        .get(name)
        ?.refs.filter(({ toType }) => toType === "route-target") ?? [];
    return refs.map(
      ({ toFqName, attr }) => `${toFqName[0]} ${(attr as { import_export?: string }).import_export ?? "both"}`,
    );
  };
  const withNetwork = (properties: JsonObject): World => {
    const world = chain({ s: "in-network" });
    const network = chainNetwork("a", ["q"], 1);
    world.put({ ...network, properties });
    world.settleWhole();
    return world;
  };

  test("at its end are also those that the network is configured with, as exports", () => {
    const world = withNetwork({ route_target_list: { route_target: ["target:1:1"] } });
    expect(targets(world, "a:s")).toEqual([expect.stringMatching(/^target:64512:8\d{6} both$/), "target:1:1 export"]);
    expect(targets(world, "b:s")).toHaveLength(1);
  });

  test("with transit are also the network's own", () => {
    const world = withNetwork({ virtual_network_properties: { allow_transit: true } });
    expect(targets(world, "a:s")).toContain("target:64512:8000000 both");
  });

  test("with several policies told apart by ports replace the connection", () => {
    const world = withNetwork({ multi_policy_service_chains_enabled: true });
    expect(targets(world, "a:s")).toContain("target:64512:8000000 import");
    expect([connections(instances(world).get("a:s")), connections(instances(world).get("b:s"))]).toEqual([[], ["b"]]);
  });
});

test("routing policies and route aggregates are joined to the instances of the services and networks that they name", () => {
  const tag = (interface_type: string) => ({ interface_type });
  const world = chain({ s: "in-network" }).put(
    intent("routing-policy", "p", [to("service-instance", "s", { left_sequence: "3" })]),
    intent("route-aggregate", "r", [to("service-instance", "s", tag("right"))]),
    intent("virtual-network", "c", [to("routing-policy", "p", { sequence: "7" })]),
  );
  world.settleWhole();
  const links = (uuid: string) => {
    const refs = world.intents.get(uuid)?.refs.filter(({ toType }) => toType === "routing-instance") ?? [];
    return refs.map(({ toFqName, attr }) => [shortName(toFqName), attr]);
  };
  expect(links("routing-policy-p")).toEqual([
    ["a:s", { sequence: "3" }],
    ["c", { sequence: "7" }],
  ]);
  expect(links("route-aggregate-r")).toEqual([["b:s", {}]]);
  world.remove("network-policy", "q").remove("virtual-network", "c").settleWhole();
  expect([links("routing-policy-p"), links("route-aggregate-r")]).toEqual([[], []]);
});

describe("what is attached to a side of a service", () => {
  test("a health check becomes one of the service's, and the side's interfaces refer to it", () => {
    const properties = { service_health_check_properties: { monitor_type: "PING", delay: 1 } };
    const check = (...refs: readonly ReturnType<typeof to>[]) => intent("service-health-check", "h", refs, properties);
    const world = chain({ s: "transparent" }).put(check(to("service-instance", "s", { interface_type: "left" })));
    world.settleWhole();
    const copy = "d:p:h__s__left";
    expect(world.derived.get(`service-health-check ${copy}`)?.properties).toEqual(properties);
    const checks = (name: string) => {
      const refs = world.intents.get(`virtual-machine-interface-${name}`)?.refs ?? [];
      return refs.filter(({ toType }) => toType === "service-health-check").map(({ toFqName }) => toFqName.join(":"));
    };
    expect([checks("s__left__1"), checks("s__right__1")]).toEqual([[copy], []]);
    world.put(check()).settleWhole();
    expect([checks("s__left__1"), world.derived.has(`service-health-check ${copy}`)]).toEqual([[], false]);
  });

  test("static routes of the instance and interface route tables become the interfaces' tables", () => {
    const routes = { route: [{ prefix: "10.7.0.0/16" }] };
    const given = {
      interface_list: [{ virtual_network: "d:p:a", static_routes: routes }, { virtual_network: "d:p:b" }],
    };
    const world = chain({ s: "in-network" }).put(
      service("s", "in-network", given),
      intent("interface-route-table", "t", [to("service-instance", "s", { interface_type: "right" })], {
        interface_route_table_routes: routes,
      }),
    );
    world.settleWhole();
    const tables = (name: string) => {
      const refs = world.intents.get(`virtual-machine-interface-${name}`)?.refs ?? [];
      return refs.filter(({ toType }) => toType === "interface-route-table").map(({ toFqName }) => toFqName.join(":"));
    };
    expect([tables("s__left__1"), tables("s__right__1")]).toEqual([["d:p:s__left"], ["d:p:t__s__right"]]);
  });
});
