import { formatInetAddress } from "@contrail/net";
import { expect, test } from "vitest";
import { activeMachine, interfaceUuid, object, ref } from "./agent-world.model.ts";

test("a machine's own address comes before one that it shares with the members of its service", () => {
  const shared = object("instance-ip", "shared", {
    refs: [ref("virtual-network", "vn0"), ref("virtual-machine-interface", interfaceUuid(0))],
    properties: { instance_ip_address: "10.0.0.2", instance_ip_secondary: true },
  });
  expect(activeMachine([shared]).addresses.map(formatInetAddress)).toEqual(["10.0.0.3", "10.0.0.2"]);
});

test("subnets of a flat IPAM are the network's too, behind its own; of another IPAM they are not", () => {
  const subnets = [{ subnet: { ip_prefix: "10.99.0.0", ip_prefix_len: 16 }, default_gateway: "10.99.0.1" }];
  const properties = { ipam_subnet_method: "flat-subnet", ipam_subnets: { subnets } };
  const of = (more: object) =>
    activeMachine([object("network-ipam", "ipam", { properties: { ...properties, ...more } })]).subnets.map(
      ({ prefix, gateway }) => [formatInetAddress(prefix.address), formatInetAddress(gateway ?? 0)],
    );
  const own = of({ ipam_subnet_method: "user-defined-subnet" });
  expect(own).toHaveLength(1);
  expect(of({})).toEqual([...own, ["10.99.0.0", "10.99.0.1"]]);
});
