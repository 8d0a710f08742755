import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { chainNetwork, chainPolicy, service, servicePort, template } from "../model/services.model.ts";
import { intent, to, World } from "../model/world.model.ts";

const address = intent("instance-ip", "ip", [to("virtual-machine-interface", "s__left__1")], {
  instance_ip_address: "10.3.0.5",
});

/** Two networks whose traffic is mirrored to a service in a third one. */
function mirrored(): World {
  const action_list = { simple_action: "pass", mirror_to: { analyzer_name: "d:p:s", encapsulation: "gre" } };
  const world = new World().put(
    template("transparent"),
    service("s", "transparent"),
    intent("port-tuple", "s/1"),
    servicePort("s__left__1", "watch", "s/1", "vm"),
    address,
    chainPolicy("q", "a", "b", [], { action_list }),
    chainNetwork("a", ["q"], 1),
    chainNetwork("b", ["q"], 2),
    chainNetwork("watch", [], 3),
  );
  world.settleWhole();
  return world;
}

function firstAction(world: World): JsonObject {
  const entries = world.wanted("access-control-list", "d:p:a:a")?.properties.access_control_list_entries;
  return (entries as unknown as { acl_rule: { action_list: JsonObject }[] }).acl_rule[0]?.action_list ?? {};
}

const connections = (world: World) => {
  const refs = world.wanted("routing-instance", "d:p:a:a")?.refs ?? [];
  return refs.filter(({ toType }) => toType === "routing-instance").map(({ toFqName }) => toFqName.at(-1));
};

test("mirroring to a service gets its address and its instance, and the network a way there", () => {
  const world = mirrored();
  expect(firstAction(world)).toEqual({
    simple_action: "pass",
    mirror_to: {
      analyzer_name: "d:p:s",
      encapsulation: "gre",
      udp_port: 8_099,
      analyzer_ip_address: "10.3.0.5",
      routing_instance: "d:p:watch:watch",
    },
  });
  expect(connections(world)).toEqual(["b", "watch"]);
});

test("while the service has no address, traffic passes and is not mirrored", () => {
  const world = mirrored();
  world.remove("instance-ip", "ip").settleWhole();
  expect([firstAction(world), connections(world)]).toEqual([{ simple_action: "pass" }, ["b"]]);
});
