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
