import { spawnSync } from "node:child_process";
import { ContrailError } from "@contrail/errors";
import { enterMachine } from "@contrail/machine";
import { isRoot } from "../config.ts";
import type { Machine } from "../supervisor/machines.ts";
import type { SystemStatus } from "../supervisor/status.ts";
import { callSystem, systemState } from "./connection.ts";
import { machineItems, meantMachine } from "./machine-items.ts";
import { table } from "./report.ts";
import { whileWaiting } from "./while-waiting.ts";

/** Making and removing a machine waits for its host, the first one also for DHCP; milliseconds. */
const CHANGE_MS = 120_000;

/** Options of `machine add`, as commander gives them. */
export interface MachineAddOptions {
  readonly network: string;
  readonly host?: string;
  readonly address?: string;
  readonly securityGroup: readonly string[];
  readonly json?: boolean;
}

/** `contrail machine add`. */
export async function machineAdd(name: string, options: MachineAddOptions): Promise<number> {
  const { network, host, address, securityGroup: securityGroups } = options;
  const wish = { name, network, host, address, securityGroups };
  const call = callSystem("POST", "/machines", wish, { deadlineMs: CHANGE_MS });
  const machine = (await whileWaiting(`machine ${name}`, call)) as Machine; // Its own answer.
  process.stdout.write(
    options.json ? `${JSON.stringify(machine)}\n` : `${machine.name} on ${machine.host} has ${machine.address}\n`,
  );
  return 0;
}

/** `contrail machine list`: those of the embedded system, then CloudStack's. */
export async function machineList(json: boolean): Promise<number> {
  const state = await systemState();
  const { machines, cloudMachines } = state;
  const silent = silentCloud(state);
  if (silent !== undefined) process.stderr.write(`CloudStack's machines are not listed: ${silent}\n`);
  if (json) process.stdout.write(`${JSON.stringify(machineItems(machines, cloudMachines))}\n`);
  else {
    const rows = machines.map(({ name, host, address, mac, network, device }) => [
      name,
      host,
      address,
      mac,
      device,
      network,
    ]);
    const head = ["MACHINE", "HOST", "ADDRESS", "MAC", "DEVICE", "NETWORK"];
    process.stdout.write(table([head, ...rows, ...cloudRows(cloudMachines)]));
  }
  return 0;
}

/** Why CloudStack's machines are not known; undefined where they are. */
function silentCloud({ nodes }: SystemStatus): string | undefined {
  const node = nodes.find(({ role }) => role === "devcloud");
  if (node === undefined || (node.state === "running" && node.answers !== false)) return undefined;
  return `${node.name} ${node.problem ?? `is ${node.state}`}; see: contrail status`;
}

/** A row for each NIC of CloudStack's machines. */
function cloudRows(machines: SystemStatus["cloudMachines"]): readonly (readonly string[])[] {
  return machines.flatMap(({ instanceName, name, host, domain, account, nics }) =>
    nics.map(({ address, mac, device, network }) => [
      instanceName,
      host,
      address,
      mac,
      device,
      `${network} of ${domain}/${account}, there named ${name}`,
    ]),
  );
}

/** `contrail machine rm`: machines of the embedded system only. */
export async function machineRemove(name: string): Promise<number> {
  try {
    await callSystem("DELETE", `/machines/${encodeURIComponent(name)}`, undefined, { deadlineMs: CHANGE_MS });
  } catch (reason) {
    const found = meantMachine(name, { machines: [], cloudMachines: (await systemState()).cloudMachines });
    if (found === undefined) throw reason;
    throw new ContrailError(
      "machine.conflict",
      `${name} is CloudStack's machine: contrail cs destroyVirtualMachine id=${found.uuid} expunge=true`,
    );
  }
  return 0;
}

/** `contrail machine exec`: a command inside a machine; gives the command's exit code. */
export async function machineExec(name: string, given: readonly string[]): Promise<number> {
  const command = given[0] === "--" ? given.slice(1) : given;
  if (command.length === 0) throw new ContrailError("machine.bad_request", "a command is wanted after the name");
  const state = await systemState();
  const { supervisorPid } = state;
  const machine = meantMachine(name, state);
  if (machine === undefined) {
    const why = silentCloud(state) ?? "see: contrail machine list";
    throw new ContrailError("machine.not_found", `there is no machine ${name}; ${why}`);
  }
  const inner = enterMachine(machine.namespace, command, !isRoot);
  const whole = isRoot
    ? inner
    : ["nsenter", "--preserve-credentials", "-U", "-m", "-t", String(supervisorPid), "--", ...inner];
  const [program = "", ...args] = whole;
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (error !== undefined) throw new ContrailError("machine.unavailable", error.message);
  const problem = "problem" in machine ? machine.problem : null;
  if (status !== 0 && problem !== null) process.stderr.write(`contrail: ${name} is without network: ${problem}\n`);
  return status ?? 1;
}
