import type { CloudStackClient } from "@contrail/cloudstack-api";
import { type EmbeddedSystem, eventually } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { choices, client, idOf } from "./cloud-tests.ts";
import { succeeds } from "./command-run.ts";
import { type SystemUnderTest, scenario } from "./running-system.ts";

const DEADLINE_MS = 30_000;

/** A port of a running machine that is in the wrong network, as where two networks were joined. */
export function misplacedTests(under: SystemUnderTest): void {
  scenario(
    under,
    "a running machine whose port is in another network than CloudStack has it in talks in its own again after a run",
    movedBack,
  );
}

async function movedBack(system: EmbeddedSystem): Promise<void> {
  const cloud = await client(system);
  const ids = await choices(cloud);
  const own = await network(cloud, { ...ids.network, name: "own", gateway: "10.8.1.1", vlan: "711" });
  const other = await network(cloud, { ...ids.network, name: "other", gateway: "10.8.2.1", vlan: "712" });
  const made: string[] = [];
  const deploy = async (name: string, networkids: string): Promise<string> => {
    const { virtualmachine } = await cloud.run("deployVirtualMachine", { ...ids.machine, name, networkids });
    made.push(idOf(virtualmachine));
    return idOf(virtualmachine);
  };
  try {
    await deploy("stays", own);
    const moved = await deploy("moved", own);
    await deploy("elsewhere", other);
    const nic = (await system.status()).cloudMachines.find(({ uuid }) => uuid === moved)?.nics[0];
    const isAnswered = () => answers(system, nic?.address ?? "");
    await eventually("the machine answers", DEADLINE_MS, isAnswered);
    // The plugin's own runs may put it back at any time.
    await eventually("the machine is silent", DEADLINE_MS, async () => {
      await putInto(system, moved, other);
      return !(await isAnswered());
    });
    await succeeds(system, "cloudstack", "reconcile");
    expect(await networkOf(system, moved)).toBe(own);
    await eventually("the machine answers again", DEADLINE_MS, isAnswered);
  } finally {
    for (const id of made) await cloud.run("destroyVirtualMachine", { id, expunge: "true" });
    for (const id of [own, other]) await cloud.run("deleteNetwork", { id });
  }
}

async function network(cloud: CloudStackClient, wish: Readonly<Record<string, string>>): Promise<string> {
  const { network: made } = await cloud.call("createNetwork", { ...wish, netmask: "255.255.255.0" });
  return idOf(made);
}

/** Makes the machine's only port one of another network, where it has no address. */
async function putInto(system: EmbeddedSystem, machine: string, other: string): Promise<void> {
  const port = await portOf(system, machine);
  const { instance_ip_back_refs: addresses } = await system.vnc.read("virtual-machine-interface", port);
  for (const { uuid } of addresses ?? []) await system.vnc.remove("instance-ip", uuid);
  await system.vnc.update("virtual-machine-interface", port, { virtual_network_refs: [{ uuid: other }] });
}

async function networkOf(system: EmbeddedSystem, machine: string): Promise<string | undefined> {
  const port = await system.vnc.read("virtual-machine-interface", await portOf(system, machine));
  return port.virtual_network_refs?.[0]?.uuid;
}

async function portOf(system: EmbeddedSystem, machine: string): Promise<string> {
  const { virtual_machine_interface_back_refs: ports } = await system.vnc.read("virtual-machine", machine);
  return String(ports?.[0]?.uuid);
}

async function answers(system: EmbeddedSystem, address: string): Promise<boolean> {
  const from = (await system.status()).cloudMachines.find(({ name }) => name === "stays")?.instanceName ?? "";
  return (await system.contrail("machine", "exec", from, "ping", "-n", "-c", "1", "-W", "1", address)).code === 0;
}
