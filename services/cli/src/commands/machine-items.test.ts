import { expect, test } from "vitest";
import { machineItems } from "./machine-items.ts";

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
      cloudstack: CLOUDS,
    },
  ]);
});

test("a machine of CloudStack without a NIC is listed too", () => {
  expect(machineItems([], [{ ...CLOUDS, nics: [] }])).toMatchObject([{ name: "i-2-1-VM", host: "host1" }]);
});
