import { expect, test } from "vitest";
import type { UnknownItem } from "../core/not-understood.ts";
import type { SystemNic } from "../core/system-nics.ts";
import { AT_ONCE, cloudOf, network, nic, ReconcilerWorld } from "../testing/reconciler-world.ts";

/** Two networks with a machine in each, and a port in the first one that no list has. */
async function world(): Promise<{ readonly world: ReconcilerWorld; readonly stray: string }> {
  const made = new ReconcilerWorld(cloudOf([network(1), network(2)], [nic(1), nic(2, network(2))]));
  await made.reconciler.run(AT_ONCE);
  return { world: made, stray: made.strayPort(9) };
}

const ROUTER: SystemNic = { uuid: undefined, mac: undefined, networkUuid: undefined, ip: undefined, machineUuid: "r" };

function unknown(type: UnknownItem["type"], more: Partial<UnknownItem> = {}): UnknownItem {
  return { type, uuid: undefined, name: "odd", machineUuid: undefined, problem: `${type} is not understood`, ...more };
}

test("a port that no list has goes", async () => {
  const { world: made } = await world();
  expect(await made.reconciler.run(AT_ONCE)).toMatchObject({ failed: 0, settled: 1 });
  expect(made.count("virtual-machine-interface")).toBe(2);
});

test.each([
  ["of a system VM, whose NICs have no uuid", undefined],
  ["of a router's NIC of another uuid", nic(50).uuid],
])("a port that has but the MAC address %s stays, and is shown as held", async (_whose, uuid) => {
  const { world: made, stray } = await world();
  made.cloud = { ...made.cloud, system: [{ ...ROUTER, uuid, mac: nic(9).mac }] };
  const report = await made.reconciler.run({ ...AT_ONCE, removeMany: true });
  expect(report).toMatchObject({ found: 1, settled: 0, writes: 0, failed: 0 });
  expect(report.differences).toMatchObject([
    { action: "held", uuid: stray, reason: expect.stringMatching(/no such NIC.*but: .*has its MAC address/) },
  ]);
  made.cloud = { ...made.cloud, system: [] };
  expect(await made.reconciler.run(AT_ONCE)).toMatchObject({ found: 1, settled: 1 });
});

test("a port of a router that is known by its uuid stays, and is no difference", async () => {
  const { world: made } = await world();
  made.cloud = { ...made.cloud, system: [{ ...ROUTER, uuid: nic(9).uuid }] };
  expect(await made.reconciler.run({ ...AT_ONCE, removeMany: true })).toMatchObject({ found: 0, writes: 0, failed: 0 });
  made.cloud = { ...made.cloud, system: [] };
  expect(await made.reconciler.run(AT_ONCE)).toMatchObject({ found: 1, settled: 1 });
});

test("where a list of routers is refused, ports of no machine stay and others go", async () => {
  const { world: made, stray } = await world();
  const machine = nic(2).machineUuid;
  const other = made.strayPort(10, { virtual_machine_refs: [{ uuid: machine }] });
  made.cloud = { ...made.cloud, missing: [{ command: "listRouters", problem: "listRouters is refused" }] };
  const report = await made.reconciler.run({ ...AT_ONCE, removeMany: true });
  expect(report).toMatchObject({ failed: 0, settled: 1 });
  expect(report.differences.find(({ uuid }) => uuid === stray)).toMatchObject({
    action: "held",
    reason: expect.stringMatching(/no such NIC.*but: listRouters is refused/),
  });
  const left = made.held.list("virtual-machine-interface").map(({ uuid }) => uuid);
  expect([left.includes(stray), left.includes(other)]).toEqual([true, false]);
});

test.each([
  ["a machine without a legible uuid", unknown("virtual-machine")],
  ["a machine that the port does not name", unknown("virtual-machine", { uuid: nic(50).machineUuid })],
  ["the NIC", unknown("virtual-machine-interface", { uuid: nic(9).uuid, machineUuid: nic(1).machineUuid })],
  ["a NIC without a legible uuid", unknown("virtual-machine-interface", { machineUuid: nic(1).machineUuid })],
])("a port that may belong to %s that is not understood stays, and the rest goes on", async (_what, item) => {
  const { world: made, stray } = await world();
  made.cloud = { ...made.cloud, unknown: [item], nics: [...made.cloud.nics, nic(20)] };
  const report = await made.reconciler.run({ ...AT_ONCE, removeMany: true });
  expect(report).toMatchObject({ unknownCount: 1, failed: 1, settled: 1 });
  expect(report.failures).toMatchObject([{ action: "skip", type: item.type, name: "odd", problem: item.problem }]);
  const left = made.held.list("virtual-machine-interface").map(({ uuid }) => uuid);
  expect([left.includes(stray), left.includes(nic(20).uuid)]).toEqual([true, true]);
});

test("a port of another machine or NIC than the one that is not understood goes", async () => {
  const { world: made } = await world();
  const machine = nic(2).machineUuid;
  made.strayPort(10, { virtual_machine_refs: [{ uuid: machine }] });
  const items = [
    unknown("virtual-machine", { uuid: nic(50).machineUuid }),
    unknown("virtual-machine-interface", { uuid: nic(51).uuid, machineUuid: nic(1).machineUuid }),
  ];
  made.cloud = { ...made.cloud, unknown: items };
  expect(await made.reconciler.run(AT_ONCE)).toMatchObject({ settled: 1, failed: 2 });
  expect(made.count("virtual-machine-interface")).toBe(3);
});

test.each([
  ["of its uuid", network(1).uuid, 2],
  ["without a legible uuid", undefined, 2],
  ["of another uuid", network(3).uuid, 1],
])("where a network %s is not understood, %s, there are %i networks after it", async (_which, uuid, left) => {
  const { world: made } = await world();
  made.cloud = { ...cloudOf([network(2)], [nic(2, network(2))]), unknown: [unknown("virtual-network", { uuid })] };
  const report = await made.reconciler.run({ ...AT_ONCE, removeMany: true });
  expect(report.failures).toMatchObject([{ action: "skip", type: "virtual-network" }]);
  expect(made.count("virtual-network")).toBe(left);
  // The network's machine goes with its port only.
  expect(made.count("virtual-machine-interface")).toBe(left === 2 ? 3 : 1);
});

test("domains, projects and machines that may be what is not understood stay", async () => {
  const { world: made } = await world();
  const old = { uuid: "0000006f-0000-4000-8000-00000000000f", kind: "account" as const, name: "old" };
  const [owner] = made.cloud.owners;
  const domain = owner?.domain ?? { uuid: "", path: "" };
  made.cloud = { ...made.cloud, owners: [...made.cloud.owners, { ...old, domain }] };
  await made.reconciler.run(AT_ONCE);
  made.held.create("virtual-machine", {
    uuid: nic(30).machineUuid,
    fq_name: ["m30"],
    annotations: { key_value_pair: [{ key: "cloudstack.vm-id", value: nic(30).machineUuid }] },
  });
  const lists = cloudOf([network(1), network(2)], [nic(1), nic(2, network(2))]);
  made.cloud = { ...lists, unknown: [unknown("project", { uuid: old.uuid }), unknown("virtual-machine")] };
  await made.reconciler.run({ ...AT_ONCE, removeMany: true });
  expect([made.count("project"), made.count("virtual-machine")]).toEqual([2, 3]);
  made.cloud = lists;
  await made.reconciler.run({ ...AT_ONCE, removeMany: true });
  expect([made.count("project"), made.count("virtual-machine")]).toEqual([1, 2]);
});

test("a network without a known uuid stays as long as one of its ports is in use, or may be", async () => {
  const { world: made } = await world();
  const uuid = made.held.create("virtual-network", {
    fq_name: ["default-domain", "default-project", "cs-net-3"],
    annotations: { key_value_pair: [{ key: "cloudstack.network-id", value: "3" }] },
  });
  const port = made.strayPort(30, { virtual_network_refs: [{ uuid }] });
  const lists = made.cloud;
  const isThere = () => made.held.list("virtual-network").some((one) => one.uuid === uuid);
  made.cloud = { ...lists, system: [{ ...ROUTER, uuid: port }] };
  await made.reconciler.run(AT_ONCE);
  expect(isThere()).toBe(true);
  made.cloud = { ...lists, unknown: [unknown("virtual-machine")] };
  await made.reconciler.run(AT_ONCE);
  expect(isThere()).toBe(true);
  made.cloud = lists;
  await made.reconciler.run(AT_ONCE);
  expect(isThere()).toBe(false);
});

test("what is told only when the network is looked at again keeps a port too", async () => {
  const { world: made, stray } = await world();
  const router = { ...ROUTER, uuid: stray };
  made.near = { unknown: [], system: { nics: [router], unknown: [], missing: [] } };
  expect(await made.reconciler.run(AT_ONCE)).toMatchObject({ found: 1, settled: 0, writes: 0, failed: 0 });
  made.near = { unknown: [unknown("virtual-machine")], system: { nics: [], unknown: [], missing: [] } };
  expect(await made.reconciler.run(AT_ONCE)).toMatchObject({ found: 1, settled: 0, writes: 0, failed: 0 });
  made.near = { unknown: [], system: { nics: [], unknown: [], missing: [] } };
  expect(await made.reconciler.run(AT_ONCE)).toMatchObject({ found: 1, settled: 1 });
});
