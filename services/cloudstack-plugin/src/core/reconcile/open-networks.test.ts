import { expect, test } from "vitest";
import { cloudOf, network, nic } from "../../testing/reconciler-world.ts";
import type { Cloud } from "../cloud.ts";
import { readNics } from "../cloud.ts";
import { type ListedType, NotUnderstood, type UnknownItem } from "../not-understood.ts";
import { openNetworks } from "./open-networks.ts";

const NOTHING = { owners: [], networks: [], machines: [] };
/** Networks 1 and 2; number 9 is of none. */
const CLOUD = cloudOf([network(1), network(2)], [nic(1, network(1))]);
const NUMBERS = ["1", "2", "9"];

/** Which of the numbers are open. */
function open(more: Partial<Cloud>): readonly string[] {
  const found = openNetworks({ ...CLOUD, ...more }, NOTHING);
  return NUMBERS.filter((number) => found === undefined || found.has(number));
}

function unknown(type: ListedType, more: Partial<UnknownItem> = {}): UnknownItem {
  return { type, uuid: undefined, name: undefined, machineUuid: undefined, problem: "odd", ...more };
}

/** What is not understood of a machine as listVirtualMachines gives it. */
function unknownOf(machine: object): readonly UnknownItem[] {
  try {
    return readNics({ id: nic(5).machineUuid, name: "odd", state: "Running", ...machine }).unknown;
  } catch (reason) {
    if (reason instanceof NotUnderstood) return [reason.item];
    throw reason;
  }
}

test("where all is understood and nothing differs, no network is open", () => {
  expect(open({})).toEqual([]);
});

test("a machine on its way keeps its network open", () => {
  expect(open({ nics: [{ ...nic(1, network(1)), machineState: "Starting" }] })).toEqual(["1"]);
});

test("a network without a number keeps open what no other network's number is", () => {
  const nameless = { ...network(3), networkId: undefined, state: "Implementing" };
  expect(open({ networks: [...CLOUD.networks, nameless] })).toEqual(["9"]);
});

test("a network that is not understood keeps open what no other network's number is", () => {
  expect(open({ unknown: [unknown("virtual-network")] })).toEqual(["9"]);
});

test.each(["domain", "project"] as const)("a %s that is not understood keeps no network open", (type) => {
  expect(open({ unknown: [unknown(type)] })).toEqual([]);
});

test.each([
  ["a NIC", { nic: [{ id: nic(5).uuid, networkid: network(2).uuid, macaddress: 7 }] }],
  ["a machine", { name: 7, nic: [{ networkid: network(2).uuid }, { networkid: network(2).uuid }] }],
])("%s that is not understood keeps the network open that it is in", (_what, machine) => {
  expect(open({ unknown: unknownOf(machine) })).toEqual(["2"]);
});

test.each([
  ["a NIC", { nic: [{ id: nic(5).uuid, networkid: 7 }] }],
  ["a machine with such a NIC", { name: 7, nic: [{ networkid: network(2).uuid }, {}] }],
  ["a machine without a list of NICs", { name: 7 }],
])("%s of which the network is not legible keeps all open", (_what, machine) => {
  expect(open({ unknown: unknownOf(machine) })).toEqual(NUMBERS);
});

test("something that is not understood in a network that has no number keeps open what no other network's number is", () => {
  expect(open({ unknown: [unknown("virtual-machine", { networkUuids: [network(3).uuid] })] })).toEqual(["9"]);
});
