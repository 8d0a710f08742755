import { ContrailError } from "@contrail/errors";
import type { CloudMachine } from "../supervisor/cloud.ts";
import type { Machine } from "../supervisor/machines.ts";
import type { MachineStatus } from "../supervisor/status.ts";

/** A machine as `machine list --json` gives it. This form is a contract: fields are added, never changed. */
export interface MachineItem extends Partial<Machine> {
  /** What `contrail machine exec` takes. */
  readonly name: string;
  readonly host: string;
  readonly namespace: string;
  readonly machineUuid: string;
  /** Why it is without network; null where it is not, and of CloudStack's machines. */
  readonly problem: string | null;
  /** As `status --json` has it, with all its NICs; null for machines that CloudStack does not know. */
  readonly cloudstack: CloudMachine | null;
}

/**
 * The machine that a person means: by its name, by its uuid or instance name in CloudStack, or by the name that it has in
 * CloudStack where no other one has that. Throws "machine.conflict" where several have it.
 */
export function meantMachine<Own extends Pick<Machine, "name">, Cloud extends CloudNames>(
  name: string,
  { machines, cloudMachines }: { readonly machines: readonly Own[]; readonly cloudMachines: readonly Cloud[] },
): Own | Cloud | undefined {
  const own = machines.find((machine) => machine.name === name);
  const exact = own ?? cloudMachines.find(({ instanceName, uuid }) => instanceName === name || uuid === name);
  if (exact !== undefined) return exact;
  const called = cloudMachines.filter((machine) => machine.name === name);
  if (called.length < 2) return called[0];
  const names = called.map(({ instanceName }) => instanceName).join(", ");
  throw new ContrailError("machine.conflict", `several machines of CloudStack are named ${name}: say which: ${names}`);
}

type CloudNames = Pick<CloudMachine, "name" | "instanceName" | "uuid">;

/** The embedded system's machines, then CloudStack's: what stands outside `cloudstack` is of a machine's first NIC. */
export function machineItems(
  machines: readonly MachineStatus[],
  cloudMachines: readonly CloudMachine[],
): readonly MachineItem[] {
  return [
    ...machines.map((machine) => ({ ...machine, cloudstack: null })),
    ...cloudMachines.map((machine) => {
      const { instanceName: name, host, namespace, uuid: machineUuid, nics } = machine;
      const [nic] = nics;
      const first =
        nic === undefined
          ? {}
          : {
              network: nic.network,
              interfaceUuid: nic.uuid,
              address: nic.address,
              mac: nic.mac,
              device: nic.device,
            };
      return { name, host, namespace, machineUuid, ...first, problem: null, cloudstack: machine };
    }),
  ];
}
