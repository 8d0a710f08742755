import type { HostRow } from "../core/rows.ts";

/** A NIC as a host plugs it. */
export interface NicPlan {
  readonly uuid: string;
  readonly networkUuid: string;
  readonly mac: string;
  readonly ip: string;
  readonly deviceId: number;
  readonly isDefault: boolean;
}

/** A machine as a host runs it. */
export interface MachinePlan {
  readonly uuid: string;
  readonly name: string;
  /** Of CloudStack's form i-2-3-VM: unique in the cloud. */
  readonly instanceName: string;
  readonly nics: readonly NicPlan[];
}

/** What runs machines on hosts. All calls may be repeated: what is so already is no fault. */
export interface Hypervisor {
  /** Resolves when the hosts take machines, or at the latest after a minute: they may be starting with us. */
  whenReady(signal: AbortSignal): Promise<void>;
  /** Runs a machine with its NICs plugged and addressed; nothing of it is left where this rejects. */
  start(machine: MachinePlan, host: HostRow): Promise<void>;
  /** True where a machine is there, whoever started it: it is then left alone. */
  isThere(machine: MachinePlan): boolean;
  /** Unplugs the NICs and ends the machine. */
  stop(machine: MachinePlan, host: HostRow): Promise<void>;
  /** Adds a NIC to a running machine. */
  plug(machine: MachinePlan, nic: NicPlan, host: HostRow): Promise<void>;
  /** Takes a NIC out of a running machine. */
  unplug(machine: MachinePlan, nic: NicPlan, host: HostRow): Promise<void>;
  /** Restarts what runs inside, without touching the NICs' ports. */
  reboot(machine: MachinePlan, host: HostRow): Promise<void>;
}

/** Runs nothing: machines exist in the API only, as with CloudStack's own simulator. */
export const SIMULATED: Hypervisor = {
  whenReady: () => Promise.resolve(),
  start: () => Promise.resolve(),
  isThere: () => true,
  stop: () => Promise.resolve(),
  plug: () => Promise.resolve(),
  unplug: () => Promise.resolve(),
  reboot: () => Promise.resolve(),
};
