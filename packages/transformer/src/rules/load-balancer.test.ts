import { expect, test } from "vitest";
import { addressed, balancer, listener, member, pool } from "../model/balancers.model.ts";
import { intent, World } from "../model/world.model.ts";

function balanced(): World {
  return new World().put(
    intent("virtual-network", "a"),
    ...addressed("vip", "10.1.0.4"),
    ...addressed("v1", "10.1.0.5"),
    ...addressed("v2", "10.1.0.6"),
    balancer("vip"),
    listener(80),
    pool(),
    member("pool/m", "10.1.0.5", 8080),
    member("pool/n", "10.1.0.6", 8080),
  );
}

/** The floating-ips by their last name: mapping, and the interfaces that they are on. */
function mappings(world: World): Record<string, readonly unknown[]> {
  const found = [...world.transformer.desired().values()].filter(({ type }) => type === "floating-ip");
  return Object.fromEntries(
    found.map(({ fqName, properties, refs }) => {
      const { port_mappings } = properties.floating_ip_port_mappings as { port_mappings: readonly unknown[] };
      const ports = refs
        .filter(({ toType }) => toType === "virtual-machine-interface")
        .map((ref) => ref.toFqName.at(-1));
      return [fqName.at(-1) ?? "", [...port_mappings, ports.join()]];
    }),
  );
}

test("a listener is a floating-ip of the virtual address on all members, with its port mapped to theirs", () => {
  const world = balanced();
  expect(mappings(world)).toEqual({ listener__8080: [{ protocol: "TCP", src_port: 80, dst_port: 8080 }, "v1,v2"] });
  const made = world.wanted("floating-ip", "ip-vip:listener__8080");
  expect([made?.parentType, made?.fqName]).toEqual(["instance-ip", ["ip-vip", "listener__8080"]]);
  expect(made?.properties).toMatchObject({ floating_ip_address: "10.1.0.4", floating_ip_traffic_direction: "ingress" });
  expect(made?.refs[0]).toEqual({ toType: "project", toFqName: ["d", "p"], attr: {} });
});

test("members on other ports have a floating-ip of their own", () => {
  const world = balanced().put(member("pool/n", "10.1.0.6", 9090), listener(53, "UDP"));
  expect(mappings(world)).toEqual({
    listener__8080: [{ protocol: "UDP", src_port: 53, dst_port: 8080 }, "v1"],
    listener__9090: [{ protocol: "UDP", src_port: 53, dst_port: 9090 }, "v2"],
  });
});

const OFF = { admin_state: false };

test.each<[string, (world: World) => World]>([
  ["the balancer is off", (world) => world.put(balancer("vip", OFF))],
  ["the listener is off", (world) => world.put(listener(80, "TCP", OFF))],
  ["the pool is off", (world) => world.put(pool(OFF))],
  ["the listener is gone", (world) => world.remove("loadbalancer-listener", "listener")],
  ["the virtual address is gone", (world) => world.remove("instance-ip", "ip-vip")],
  [
    "no interface has its members' addresses",
    (world) => world.remove("instance-ip", "ip-v1").put(...addressed("v2", "10.1.0.9")),
  ],
])("there is nothing where %s", (_what, change) => {
  expect(mappings(change(balanced()))).toEqual({});
});

test("a member that is off, or whose address another network has, is left out", () => {
  const off = balanced().put(member("pool/m", "10.1.0.5", 8080, OFF));
  expect(mappings(off).listener__8080?.at(-1)).toBe("v2");
  const elsewhere = balanced().put(intent("virtual-network", "b"), ...addressed("v1", "10.1.0.5", "b"));
  expect(mappings(elsewhere).listener__8080?.at(-1)).toBe("v2");
});
