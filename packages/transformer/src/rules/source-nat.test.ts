import { expect, test } from "vitest";
import { chainNetwork } from "../model/services.model.ts";
import { intent, to, World } from "../model/world.model.ts";

const UUID = "logical-router-r";
const EXTERNAL = { logical_router_virtual_network_type: "ExternalGateway" };
const router = (...refs: readonly ReturnType<typeof to>[]) => intent("logical-router", "r", refs);

/** Derived objects that are not of networks or of route targets. */
function made(world: World): string[] {
  const keys = [...world.derived.keys()].filter((key) => !/^(routing-instance|route-target) /.test(key));
  return keys.map((key) => key.replace(/_[0-9a-f]{8}-[0-9a-f-]{27}/, "_*")).sort();
}

test.each([
  ["said so", EXTERNAL],
  ["without a word", null],
])(
  "a router with an external network, %s, gets a service, its inner network, its default route and an address",
  (_how, attr) => {
    const world = new World().put(chainNetwork("public", [], 1, "v4"), router(to("virtual-network", "public", attr)));
    world.settleWhole();
    expect(made(world)).toEqual([
      `instance-ip d__p__snat_${UUID}_*__1__right`,
      `route-table d:p:rt_${UUID}`,
      `service-instance d:p:snat_${UUID}_*`,
      `virtual-network d:p:snat-si-left_snat_${UUID}_*`,
    ]);
    const address = [...world.derived.values()].find(({ type }) => type === "instance-ip");
    expect(address?.refs.map(({ toFqName }) => toFqName.join(":"))).toEqual(["d:p:public"]);
    const refs = world.intents.get(UUID)?.refs.map(({ toType }) => toType);
    expect(refs?.sort()).toEqual(["route-table", "route-target", "service-instance", "virtual-network"]);
  },
);

test("all of it goes with the router, and with its external network", () => {
  for (const end of [
    (world: World) => world.remove("logical-router", "r"),
    (world: World) => world.put(router()),
    (world: World) =>
      world.put(
        router(to("virtual-network", "public", { logical_router_virtual_network_type: "InternalVirtualNetwork" })),
      ),
  ]) {
    const world = new World().put(chainNetwork("public", [], 1, "v4"), router(to("virtual-network", "public")));
    world.settleWhole();
    expect(made(world)).toHaveLength(4);
    end(world);
    world.settleWhole();
    expect(made(world)).toEqual([]);
  }
});

test("an external network without IPv4 subnets gives nothing until it has one", () => {
  const world = new World().put(intent("virtual-network", "public"), router(to("virtual-network", "public")));
  world.settleWhole();
  expect(made(world)).toEqual([]);
  world.put(chainNetwork("public", [], 1, "v4")).settleWhole();
  expect(made(world)).toHaveLength(4);
});

test("a route table that a client gave to the router stays with it", () => {
  const world = new World().put(
    intent("route-table", "mine"),
    chainNetwork("public", [], 1, "v4"),
    router(to("route-table", "mine"), to("virtual-network", "public")),
  );
  world.settleWhole();
  const tables = () => world.intents.get(UUID)?.refs.filter(({ toType }) => toType === "route-table");
  expect(tables()?.map(({ toFqName }) => toFqName.at(-1))).toEqual(["mine", `rt_${UUID}`]);
  world.remove("virtual-network", "public").settleWhole();
  expect(tables()?.map(({ toFqName }) => toFqName.at(-1))).toEqual(["mine"]);
});
