import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { chainNetwork, service, servicePort, template } from "../model/services.model.ts";
import { intent, to, World } from "../model/world.model.ts";

function routes(world: World, network: string): readonly JsonObject[] {
  const entries = world.wanted("routing-instance", `d:p:${network}:${network}`)?.properties.static_route_entries;
  return (entries as { route: JsonObject[] } | undefined)?.route ?? [];
}

function table(...route: readonly JsonObject[]) {
  return intent("route-table", "t", [], { routes: { route } });
}

const withTable = (name: string) => intent("virtual-network", name, [to("route-table", "t")]);

/** A service between the networks left and right, with a machine on both. */
function served(): World {
  const world = new World().put(
    template("in-network"),
    service("s", "in-network"),
    intent("port-tuple", "s/1"),
    servicePort("s__left__1", "left", "s/1", "vm"),
    servicePort("s__right__1", "right", "s/1", "vm"),
    chainNetwork("left", [], 1),
    chainNetwork("right", [], 2),
  );
  world.settleWhole();
  return world;
}

test("a route to an address lies in the instance of each network that has the table", () => {
  const route = { prefix: "10.7.0.0/16", next_hop: "10.1.0.9", next_hop_type: "ip-address" };
  const community_attributes = { community_attribute: ["64512:1"] };
  const world = new World().put(table({ ...route, community_attributes }), withTable("a"), withTable("b"));
  const wanted = { prefix: "10.7.0.0/16", next_hop: "10.1.0.9", route_target: [], community: ["64512:1"] };
  expect([routes(world, "a"), routes(world, "b")]).toEqual([[wanted], [wanted]]);
  world.remove("route-table", "t");
  expect(routes(world, "a")).toEqual([]);
});

test("a route to a service lies in the service's network, with the targets of all who want it", () => {
  const world = served().put(table({ prefix: "0.0.0.0/0", next_hop: "d:p:s" }), withTable("a"), withTable("b"));
  const own = (name: string) => world.wanted("routing-instance", `d:p:${name}:${name}`)?.refs[0]?.toFqName[0];
  expect(routes(world, "left")).toEqual([
    { prefix: "0.0.0.0/0", next_hop: "10.9.0.1", route_target: [own("a"), own("b")] },
  ]);
  expect(routes(world, "a")).toEqual([]);
});

test("a network on the service's right has its route by the right side, in its own instance", () => {
  const world = served().put(table({ prefix: "10.8.0.0/16", next_hop: "d:p:s" }));
  const right = chainNetwork("right", [], 2);
  world.put({ ...right, refs: [...right.refs, ...withTable("x").refs] });
  expect(routes(world, "right")).toEqual([{ prefix: "10.8.0.0/16", next_hop: "10.9.0.2", route_target: [] }]);
});

test("a prefix of IPv6 goes to the service's address of that family, and a service without one gets no route", () => {
  const world = served().put(table({ prefix: "fd07::/64", next_hop: "d:p:s" }), withTable("a"));
  expect(routes(world, "left").map(({ next_hop }) => next_hop)).toEqual(["fd09::1"]);
  world.put(chainNetwork("left", [], 1, "v4")).settleWhole();
  expect(routes(world, "left")).toEqual([]);
});

test("the tables of a logical router hold for the networks that are attached to it", () => {
  const internal = { logical_router_virtual_network_type: "InternalVirtualNetwork" };
  const world = new World().put(
    table({ prefix: "10.7.0.0/16", next_hop: "10.1.0.9" }),
    intent("virtual-network", "a"),
    intent("logical-router", "r", [to("virtual-network", "a", internal), to("route-table", "t")]),
  );
  expect(routes(world, "a")).toHaveLength(1);
});
