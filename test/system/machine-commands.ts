import type { EmbeddedSystem } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { fails, machines, NETWORK, succeeds } from "./command-run.ts";

export async function machinesAreAdded(system: EmbeddedSystem): Promise<void> {
  const onNetwork = ["--network", NETWORK];
  await fails(system, "contrail api list virtual-network", "machine", "add", "m1", "--network", "a:b:c");
  await succeeds(system, "api", "create", "virtual-network", `${NETWORK}-bare`);
  await fails(
    system,
    "has no subnet; give it network_ipam_refs",
    "machine",
    "add",
    "m1",
    "--network",
    `${NETWORK}-bare`,
  );
  expect(await succeeds(system, "api", "delete", "virtual-network", `${NETWORK}-bare`)).toBe(
    `deleted   virtual-network ${NETWORK}-bare\n`,
  );
  const added = await succeeds(system, "machine", "add", "m1", ...onNetwork, "--host", "host1", "--json");
  const first = JSON.parse(added);
  expect(first).toMatchObject({ name: "m1", host: "host1", network: NETWORK, namespace: "oc-m-m1" });
  const told = await succeeds(system, "machine", "add", "m2", ...onNetwork, "--host", "host2");
  const [, second] = await machines(system);
  expect(told).toBe(`m2 on host2 has ${second?.address}\n`);
  await fails(system, "machine m1 exists", "machine", "add", "m1", ...onNetwork);
  await fails(system, "hosts are host1, host2", "machine", "add", "m3", ...onNetwork, "--host", "host9");
  const list = await succeeds(system, "machine", "list");
  for (const { name, address, mac } of [first, second])
    expect(list).toMatch(new RegExp(`${name} .*${address} +${mac}`));
  await machinesAreEntered(system, String(second?.address));
  expect((await system.status()).machines.map(({ name }) => name)).toEqual(["m1", "m2"]);
}

async function machinesAreEntered(system: EmbeddedSystem, address: string): Promise<void> {
  const ping = await system.contrail("machine", "exec", "m1", "ping", "-n", "-c", "2", "-W", "2", address);
  expect(ping.code).toBe(0);
  expect(ping.stdout).toContain("2 received");
  expect(await succeeds(system, "machine", "exec", "m1", "--", "echo", "--", "x")).toBe("-- x\n");
  expect((await system.contrail("machine", "exec", "m1", "sh", "-c", "exit 7")).code).toBe(7);
  await fails(system, "contrail machine list", "machine", "exec", "m9", "true");
}

export async function machinesAreRemoved(system: EmbeddedSystem): Promise<void> {
  for (const name of ["m1", "m2"]) await succeeds(system, "machine", "rm", name);
  await fails(system, "contrail machine list", "machine", "rm", "m1");
  expect(await machines(system)).toEqual([]);
  await succeeds(system, "api", "delete", "virtual-network", NETWORK);
}
