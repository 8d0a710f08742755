import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { intent, to, World } from "../model/world.model.ts";

const SESSION = { hold_time: 30, local_autonomous_system: 65_100, address_families: { family: ["inet"] } };

function port(name: string, network: string, address: string) {
  return [
    intent("virtual-machine-interface", name, [to("virtual-network", network)]),
    intent("instance-ip", `ip-${name}`, [to("virtual-machine-interface", name)], { instance_ip_address: address }),
  ];
}

function speaking(properties: JsonObject = {}, ...interfaces: readonly string[]): World {
  const refs = interfaces.map((name) => to("virtual-machine-interface", name));
  const service = { autonomous_system: 65_001, bgpaas_session_attributes: SESSION, ...properties };
  return new World().put(
    intent("virtual-network", "a"),
    intent("virtual-network", "b"),
    ...port("i", "a", "10.1.0.5"),
    ...port("j", "b", "10.2.0.5"),
    intent("bgp-as-a-service", "s", refs, service),
  );
}

function routers(world: World): string[] {
  return [...world.derived.keys()]
    .filter((key) => key.startsWith("bgp-router"))
    .map((key) => key.slice(11))
    .sort();
}

function parameters(world: World, name: string): JsonObject {
  return (world.derived.get(`bgp-router ${name}`)?.properties.bgp_router_parameters ?? {}) as JsonObject;
}

test("each interface is a bgp-router of its network's instance, which peers with the server from a port of its own", () => {
  const world = speaking({}, "i", "j");
  world.settleWhole();
  expect(routers(world)).toEqual(["d:p:a:a:bgpaas-server", "d:p:a:a:i", "d:p:b:b:bgpaas-server", "d:p:b:b:j"]);
  expect(parameters(world, "d:p:a:a:i")).toEqual({
    autonomous_system: 65_001,
    address: "10.1.0.5",
    identifier: "10.1.0.5",
    router_type: "bgpaas-client",
    hold_time: 30,
    address_families: { family: ["inet"] },
    source_port: 50_000,
  });
  expect(parameters(world, "d:p:b:b:j").source_port).toBe(50_001);
  expect(parameters(world, "d:p:a:a:bgpaas-server")).toEqual({
    autonomous_system: 64_512,
    router_type: "bgpaas-server",
  });
  expect(world.derived.get("bgp-router d:p:a:a:i")?.refs.map(({ toFqName, attr }) => [toFqName.at(-1), attr])).toEqual([
    ["bgpaas-server", { session: [{ attributes: [SESSION] }] }],
  ]);
  const linked = ["bgp-as-a-service-s", "virtual-machine-interface-i"].map((uuid) => {
    const refs = world.intents.get(uuid)?.refs.filter(({ toType }) => toType === "bgp-router") ?? [];
    return refs.map(({ toFqName }) => toFqName.at(-1));
  });
  expect(linked).toEqual([["i", "j"], ["i"]]);
});

test("one that is shared is one bgp-router in each network's instance, with its own address", () => {
  const world = speaking({ bgpaas_shared: true, bgpaas_ip_address: "10.1.0.9" }, "i", "j").put(
    ...port("k", "a", "10.1.0.6"),
  );
  world.settleWhole();
  expect(routers(world)).toEqual(["d:p:a:a:bgpaas-server", "d:p:a:a:s", "d:p:b:b:bgpaas-server", "d:p:b:b:s"]);
  expect(parameters(world, "d:p:a:a:s").address).toBe("10.1.0.9");
});

test("ports are kept over a restart, freed with the interface, and taken from the range that is configured", () => {
  const world = speaking({}, "i", "j");
  world.settleWhole();
  world.take({ kind: "restart", order: 1 });
  world.put(intent("bgp-as-a-service", "s", [to("virtual-machine-interface", "j")], { autonomous_system: 65_001 }));
  world.settleWhole();
  expect(routers(world)).toEqual(["d:p:b:b:bgpaas-server", "d:p:b:b:j"]);
  expect(parameters(world, "d:p:b:b:j").source_port).toBe(50_001);
  const bgpaas_parameters = { port_start: 40_000, port_end: 40_000 };
  world.put(intent("global-system-config", "default", [], { autonomous_system: 64_512, bgpaas_parameters }));
  world.settleWhole();
  expect(parameters(world, "d:p:b:b:j").source_port).toBe(40_000);
  world.put(intent("bgp-as-a-service", "second", [to("virtual-machine-interface", "i")]));
  world.settleWhole();
  expect(routers(world)).not.toContain("d:p:a:a:i");
  world.remove("bgp-as-a-service", "s").settleWhole();
  expect(parameters(world, "d:p:a:a:i")).toMatchObject({ source_port: 40_000, autonomous_system: 64_512 });
});

test("an interface without an address has no session until it gets one; one that two want has one", () => {
  const world = speaking({}, "i");
  world.remove("instance-ip", "ip-i").settleWhole();
  expect(routers(world)).toEqual([]);
  world.put(
    ...port("i", "a", "10.1.0.7"),
    intent("bgp-as-a-service", "r", [to("virtual-machine-interface", "i")], { autonomous_system: 65_009 }),
  );
  world.settleWhole();
  expect(parameters(world, "d:p:a:a:i")).toMatchObject({ address: "10.1.0.7", autonomous_system: 65_009 });
  world.remove("bgp-as-a-service", "r").settleWhole();
  expect(parameters(world, "d:p:a:a:i").autonomous_system).toBe(65_001);
});

test("its health checks become those of its interfaces", () => {
  const world = new World().put(
    intent("virtual-network", "a"),
    ...port("i", "a", "10.1.0.5"),
    intent("service-health-check", "h", [], { service_health_check_properties: { monitor_type: "BFD" } }),
    intent("bgp-as-a-service", "s", [to("virtual-machine-interface", "i"), to("service-health-check", "h")]),
  );
  world.settleWhole();
  const refs = world.intents
    .get("virtual-machine-interface-i")
    ?.refs.filter(({ toType }) => toType === "service-health-check");
  expect(refs?.map(({ toFqName }) => toFqName.at(-1))).toEqual(["h__s"]);
});

/** The gateways of interface i, with subnets of both versions and these addresses. */
function gateways(properties: JsonObject, ...addresses: readonly string[]): readonly unknown[] {
  const subnet = (prefix: string, length: number, gateway: string) => {
    return { subnet: { ip_prefix: prefix, ip_prefix_len: length }, default_gateway: gateway };
  };
  const own = [subnet("10.1.0.0", 24, "10.1.0.1"), subnet("fd01::", 64, "fd01::1"), subnet("10.5.0.0", 24, "0.0.0.0")];
  const shared = { ipam_subnets: { subnets: [subnet("fd02::", 64, "fd02::1")] } };
  const ips = addresses.map((instance_ip_address, index) =>
    intent("instance-ip", `ip-i${index}`, [to("virtual-machine-interface", "i")], { instance_ip_address }),
  );
  const world = speaking(properties, "i")
    .remove("instance-ip", "ip-i")
    .put(
      intent("network-ipam", "flat", [], shared),
      intent("virtual-network", "a", [to("network-ipam", "own", { ipam_subnets: own }), to("network-ipam", "flat")]),
      ...ips,
    );
  world.settleWhole();
  const { address, gateway_address, ipv6_gateway_address } = parameters(world, "d:p:a:a:i");
  return [address, gateway_address, ipv6_gateway_address];
}

test("it is told routes by way of the gateways of its interface's subnets", () => {
  expect(gateways({}, "fd01::5", "10.1.0.5")).toEqual(["10.1.0.5", "10.1.0.1", "fd01::1"]);
  expect(gateways({}, "fd02::5")).toEqual(["fd02::5", undefined, "fd02::1"]);
  expect(gateways({}, "10.1.0.5")).toEqual(["10.1.0.5", "10.1.0.1", undefined]);
  expect(gateways({}, "10.9.0.5", "fd09::5")).toEqual(["10.9.0.5", undefined, undefined]);
  expect(gateways({}, "10.5.0.5")).toEqual(["10.5.0.5", undefined, undefined]);
});

test("of IPv6 by way of the IPv4 gateway where that is configured, and of nothing where it is told nothing", () => {
  const mapped = { bgpaas_ipv4_mapped_ipv6_nexthop: true };
  expect(gateways(mapped, "10.1.0.5", "fd01::5")).toEqual(["10.1.0.5", "10.1.0.1", "::ffff:10.1.0.1"]);
  expect(gateways(mapped, "fd01::5")).toEqual(["fd01::5", undefined, undefined]);
  const suppressed = { ...mapped, bgpaas_suppress_route_advertisement: true };
  expect(gateways(suppressed, "10.1.0.5", "fd01::5")).toEqual(["10.1.0.5", undefined, undefined]);
});

test("an address that an interface has beside its own, or shares with others, is not what it is known by", () => {
  const second = { instance_ip_address: "10.9.0.9", instance_ip_secondary: true };
  const world = speaking({}, "i").put(intent("instance-ip", "a", [to("virtual-machine-interface", "i")], second));
  world.settleWhole();
  expect(parameters(world, "d:p:a:a:i")).toMatchObject({ address: "10.1.0.5", identifier: "10.1.0.5" });
  world.remove("instance-ip", "ip-i");
  world.settleWhole();
  expect(routers(world)).toEqual([]);
});

test("one that is shared has the gateways of its first interface in each network", () => {
  const world = speaking({ bgpaas_shared: true, bgpaas_ip_address: "10.1.0.9" }, "i", "k").put(
    ...port("k", "a", "10.2.0.6"),
    intent("virtual-network", "a", [
      to("network-ipam", "own", {
        ipam_subnets: [
          { subnet: { ip_prefix: "10.1.0.0", ip_prefix_len: 24 }, default_gateway: "10.1.0.1" },
          { subnet: { ip_prefix: "10.2.0.0", ip_prefix_len: 24 }, default_gateway: "10.2.0.1" },
        ],
      }),
    ]),
  );
  world.settleWhole();
  expect(parameters(world, "d:p:a:a:s")).toMatchObject({ address: "10.1.0.9", gateway_address: "10.1.0.1" });
});
