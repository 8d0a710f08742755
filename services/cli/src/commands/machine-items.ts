import type { CloudMachine } from "../supervisor/cloud.ts";
import type { Machine } from "../supervisor/machines.ts";

/** A machine as `machine list --json` gives it. This form is a contract: fields are added, never changed. */
export interface MachineItem extends Partial<Machine> {
  /** What `contrail machine exec` takes. */
  readonly name: string;
  readonly host: string;
  readonly namespace: string;
  readonly machineUuid: string;
  /** As `status --json` has it, with all its NICs; null for machines that CloudStack does not know. */
  readonly cloudstack: CloudMachine | null;
}

/** The embedded system's machines, then CloudStack's: what stands outside `cloudstack` is of a machine's first NIC. */
export function machineItems(
  machines: readonly Machine[],
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
      return { name, host, namespace, machineUuid, ...first, cloudstack: machine };
    }),
  ];
}
