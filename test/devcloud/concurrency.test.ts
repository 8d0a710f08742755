import { afterAll, beforeAll, expect, test } from "vitest";
import { ExtensionCloud } from "./extension-cloud.ts";
import type { Body } from "./signed-client.ts";

const NETWORKS = 5;
const MACHINES = 20;

let cloud: ExtensionCloud;

beforeAll(async () => {
  cloud = await ExtensionCloud.start();
});

afterAll(() => cloud?.process.stop());

const count = (names: readonly string[], wanted: string): number => names.filter((name) => name === wanted).length;

test(`${MACHINES} starts at once in ${NETWORKS} networks: each network is implemented once, each address is one machine's`, async () => {
  const networks = await Promise.all(
    Array.from({ length: NETWORKS }, (_none, index) => cloud.network(`n${index}`, 980 + index)),
  );
  cloud.calls();
  const work = Array.from({ length: MACHINES }, (_none, index) =>
    cloud.deploy(`m${index}`, [networks[index % NETWORKS] ?? ""]),
  );
  const machines = await Promise.all(work);
  expect(machines.map(({ state }) => state)).toEqual(Array(MACHINES).fill("Running"));
  const names = cloud.calls().map(({ command }) => command);
  expect(count(names, "implement-network")).toBe(NETWORKS);
  expect(count(names, "save-vm-data")).toBe(MACHINES);
  const nics = machines.flatMap(({ nic }) => nic as readonly Body[]);
  expect(new Set(nics.map(({ networkid, ipaddress }) => `${networkid} ${ipaddress}`)).size).toBe(MACHINES);
  expect(new Set(nics.map(({ macaddress }) => macaddress)).size).toBe(MACHINES);
});

test("a machine that is destroyed while its network is being implemented is destroyed afterwards, and its network goes too", async () => {
  const network = await cloud.network("late", 999);
  cloud.hold("implement-network");
  const { id, jobid } = await cloud.admin.call("deployVirtualMachine", await cloud.machine("late", [network]));
  const starting = () => cloud.admin.call("listVirtualMachines", { id: String(id), state: "Starting" });
  await expect.poll(starting, { timeout: 10_000 }).toMatchObject({ count: 1 });
  const destroyed = cloud.admin.job("destroyVirtualMachine", { id: String(id), expunge: "true" });
  cloud.release("implement-network");
  expect((await destroyed).virtualmachine).toMatchObject({ nic: [] });
  expect(await cloud.admin.ended(String(jobid))).toMatchObject({ jobstatus: 1 });
  expect(await cloud.admin.call("listVirtualMachines", { name: "late" })).toEqual({});
  expect(await cloud.admin.job("deleteNetwork", { id: network })).toEqual({ success: true });
});
