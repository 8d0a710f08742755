import { expect, test } from "vitest";
import { machine, machineUuid, network, port, securityGroup, stateOf } from "./agent-world.model.ts";
import { subscriptions } from "./publication.ts";

const objects = [
  ...network(0),
  ...network(1),
  ...securityGroup(1),
  ...machine(0, 0, [1]),
  ...machine(1, 1),
  ...machine(2, 1),
];

const SERVICE = { service_interface_type: "left" };

test("every machine with a port is asked for, and only instances of active ports", () => {
  const waiting = objects.filter(({ uuid }) => uuid !== "ip0");
  const { machines, instances, routes } = subscriptions(stateOf(waiting, [port(0), port(1), port(2)]).ports);
  expect([...machines]).toEqual([machineUuid(0), machineUuid(1), machineUuid(2)]);
  expect([...instances]).toEqual(["default-domain:tenant:vn1:vn1"]);
  expect(routes.size).toBe(2);
});

test("an address is told with label, groups and network of its interface", () => {
  const { routes } = subscriptions(stateOf(objects, [port(0)]).ports);
  expect([...routes.values()]).toEqual([
    {
      instance: "default-domain:tenant:vn0:vn0",
      address: 0x0a000003,
      label: 16,
      groups: [8_000_001],
      networkId: 1,
      localPreference: 100,
      protocol: "interface",
    },
  ]);
});

test("an address of the interface of a service is told as one", () => {
  const ofService = objects.map((object) =>
    object.type === "virtual-machine-interface"
      ? { ...object, properties: { ...object.properties, virtual_machine_interface_properties: SERVICE } }
      : object,
  );
  const { routes } = subscriptions(stateOf(ofService, [port(0)]).ports);
  expect([...routes.values()]).toMatchObject([{ protocol: "service-interface" }]);
});

test("a disabled port is asked for and not told", () => {
  const { machines, routes } = subscriptions(stateOf(objects, [port(0, { "link-state": "down" })]).ports);
  expect([machines.size, routes.size]).toEqual([1, 0]);
});
