import { expect, test } from "vitest";
import { machineItems, meantMachine } from "./machine-items.ts";

const NIC = { uuid: "n1", network: "net1", networkUuid: "w1", address: "10.9.0.2", mac: "02:00:00:00:00:01" };
const CLOUDS = {
  uuid: "u1",
  name: "web",
  instanceName: "i-2-1-VM",
  account: "admin",
  domain: "ROOT",
  host: "host1",
  namespace: "oc-m-i-2-1-VM",
  nics: [{ ...NIC, device: "tapn1", inside: "eth0" }],
};

test("CloudStack's machines are listed as the others are, by the name that exec takes", () => {
  expect(machineItems([], [CLOUDS])).toEqual([
    {
      name: "i-2-1-VM",
      host: "host1",
      namespace: "oc-m-i-2-1-VM",
      machineUuid: "u1",
      network: "net1",
      interfaceUuid: "n1",
      address: "10.9.0.2",
      mac: "02:00:00:00:00:01",
      device: "tapn1",
      problem: null,
      cloudstack: CLOUDS,
    },
  ]);
});

test("a machine of CloudStack without a NIC is listed too", () => {
  expect(machineItems([], [{ ...CLOUDS, nics: [] }])).toMatchObject([{ name: "i-2-1-VM", host: "host1" }]);
});

test("a machine is meant by its name, CloudStack's instance name or uuid, or by a name that one only has there", () => {
  const cloudMachines = [
    { name: "web1", instanceName: "i-2-1-VM", uuid: "u1" },
    { name: "web2", instanceName: "i-2-2-VM", uuid: "u2" },
    { name: "web2", instanceName: "i-3-3-VM", uuid: "u3" },
    { name: "m1", instanceName: "i-3-4-VM", uuid: "u4" },
  ];
  const machines = [{ name: "m1" }];
  const meant = (name: string) => meantMachine(name, { machines, cloudMachines });
  expect(["m1", "i-2-2-VM", "u3", "web1", "web9"].map(meant)).toEqual([
    ...[machines[0], cloudMachines[1], cloudMachines[2], cloudMachines[0], undefined],
  ]);
  expect(() => meant("web2")).toThrow("several machines of CloudStack are named web2: say which: i-2-2-VM, i-3-3-VM");
});
