import { spawnSync } from "node:child_process";
import { ContrailError } from "@contrail/errors";
import { nsenter } from "@contrail/machine";
import { isRoot } from "../config.ts";
import type { Machine } from "../supervisor/machines.ts";
import type { SystemStatus } from "../supervisor/status.ts";
import { callSystem, systemState } from "./connection.ts";
import { table } from "./report.ts";

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
  const machine = (await callSystem("POST", "/machines", { name, network, host, address, securityGroups })) as Machine; // Its own answer.
  process.stdout.write(
    options.json ? `${JSON.stringify(machine)}\n` : `${machine.name} on ${machine.host} has ${machine.address}\n`,
  );
  return 0;
}

/** `contrail machine list`. */
export async function machineList(json: boolean): Promise<number> {
  const machines = (await callSystem("GET", "/machines")) as readonly Machine[]; // Its own answer.
  if (json) process.stdout.write(`${JSON.stringify(machines)}\n`);
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
    process.stdout.write(table([head, ...rows, ...cloudRows((await systemState()).cloudMachines)]));
  }
  return 0;
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

/** `contrail machine rm`. */
export async function machineRemove(name: string): Promise<number> {
  await callSystem("DELETE", `/machines/${encodeURIComponent(name)}`);
  return 0;
}

/** `contrail machine exec`: a command inside a machine; gives the command's exit code. */
export async function machineExec(name: string, command: readonly string[]): Promise<number> {
  const { machines, cloudMachines, supervisorPid } = await systemState();
  const machine =
    machines.find((candidate) => candidate.name === name) ??
    cloudMachines.find(({ instanceName, uuid }) => instanceName === name || uuid === name);
  if (machine === undefined)
    throw new ContrailError("machine.not_found", `there is no machine ${name}; see: contrail machine list`);
  const inner = nsenter(machine.namespace, command);
  const whole = isRoot
    ? inner
    : ["nsenter", "--preserve-credentials", "-U", "-m", "-t", String(supervisorPid), "--", ...inner];
  const [program = "", ...args] = whole;
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (error !== undefined) throw new ContrailError("machine.unavailable", error.message);
  return status ?? 1;
}
