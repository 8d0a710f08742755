import { randomUUID } from "node:crypto";
import { eventually } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { agentTables } from "./convergence.ts";
import type { FaultWorld } from "./fault-world.ts";
import { TENANT_A } from "./intent.ts";

const DEADLINE_MS = 20_000;
const HOST = "host1";

interface PortAnswer {
  readonly active: boolean;
  readonly "waits-for": string | null;
}

/** The same call again, by a hook that was not sure of the first one. */
export async function portAddedTwice(world: FaultWorld): Promise<void> {
  const { system } = world;
  const machine = await system.addMachine({ name: "twice", network: `${TENANT_A}:red`, host: HOST });
  const before = await agentTables(world, HOST);
  const { answer: port } = await system.portApi(HOST, "GET", `/port/${machine.interfaceUuid}`);
  for (let time = 0; time < 2; time++) {
    expect(await system.portApi(HOST, "POST", "/port", port)).toEqual({ status: 200, answer: {} });
  }
  expect(await agentTables(world, HOST)).toEqual(before);
  expect(await world.pingsFrom(machine.namespace, "10.2.1.12")).toBe(true);
  for (let time = 0; time < 2; time++) {
    expect(await system.portApi(HOST, "DELETE", `/port/${machine.interfaceUuid}`)).toEqual({ status: 200, answer: {} });
    expect(await system.portApi(HOST, "GET", `/port/${machine.interfaceUuid}`)).toMatchObject({ status: 404 });
  }
  expect(await world.pingsFrom(machine.namespace, "10.2.1.12")).toBe(false);
  await system.removeMachine("twice");
}

/** A hypervisor plugs a machine before the API has heard of it: a port of unknown objects. */
export async function portBeforeConfiguration(world: FaultWorld): Promise<void> {
  const { system } = world;
  const machine = await system.addMachine({ name: "early", network: `${TENANT_A}:red`, host: HOST });
  const before = await agentTables(world, HOST);
  const { answer } = await system.portApi(HOST, "GET", `/port/${machine.interfaceUuid}`);
  const known = answer as Readonly<Record<string, unknown>>; // The port API's own form.
  // Its interface is taken away, so that the port stands for one that is not configured yet.
  await system.portApi(HOST, "DELETE", `/port/${machine.interfaceUuid}`);
  const [vm, vmi] = [randomUUID(), randomUUID()];
  const port = { ...known, id: vmi, "instance-id": vm, active: undefined, "waits-for": undefined };
  expect(await system.portApi(HOST, "POST", "/port", port)).toEqual({ status: 200, answer: {} });
  const waiting = (await system.portApi(HOST, "GET", `/port/${vmi}`)).answer as PortAnswer; // As above.
  expect(waiting).toMatchObject({ active: false, "waits-for": expect.stringMatching(/./) });
  expect((await system.node(HOST)).problem).toMatch(new RegExp(`${machine.device} waits for its`));
  expect(await world.pingsFrom(machine.namespace, "10.2.1.12")).toBe(false);
  await configure(world, vm, vmi, String(known["mac-address"]));
  await eventually("the port is active", DEADLINE_MS, async () => {
    const { answer: now } = await system.portApi(HOST, "GET", `/port/${vmi}`);
    return (now as PortAnswer).active; // As above.
  });
  await system.portApi(HOST, "DELETE", `/port/${vmi}`);
  await eventually("the tables are as before without the machine", DEADLINE_MS, async () => {
    const tables = (await agentTables(world, HOST)).tables;
    return (tables.interface ?? 0) === (before.tables.interface ?? 0) - 1;
  });
  for (const [type, uuid] of [
    ["instance-ip", (await system.vnc.find("instance-ip", [`early-${vmi}`])) ?? ""],
    ["virtual-machine-interface", vmi],
    ["virtual-machine", vm],
  ] as const) {
    await system.vnc.remove(type, uuid);
  }
  await system.removeMachine("early");
}

/** Machine, interface and address of a port, with the uuids that it came with. */
async function configure(world: FaultWorld, vm: string, vmi: string, mac: string): Promise<void> {
  const { vnc } = world.system;
  const [domain = "", project = ""] = TENANT_A.split(":");
  const network = [{ to: [domain, project, "red"] }];
  await vnc.create("virtual-machine", { uuid: vm, fq_name: [`early-${vm}`] });
  await vnc.create("virtual-machine-interface", {
    uuid: vmi,
    fq_name: [domain, project, `early-${vmi}`],
    parent_type: "project",
    virtual_network_refs: network,
    virtual_machine_refs: [{ uuid: vm }],
    virtual_machine_interface_mac_addresses: { mac_address: [mac] },
  });
  await vnc.create("instance-ip", {
    fq_name: [`early-${vmi}`],
    virtual_network_refs: network,
    virtual_machine_interface_refs: [{ uuid: vmi }],
  });
}
