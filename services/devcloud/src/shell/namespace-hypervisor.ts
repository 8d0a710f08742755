import { existsSync } from "node:fs";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import {
  acquireAddress,
  callSocket,
  makeNamespace,
  type NicPlug,
  plugNic,
  removeNamespace,
  unplugNic,
} from "@contrail/machine";
import { runIp } from "@contrail/netns";
import type { HostRow } from "../core/rows.ts";
import type { Hypervisor, MachinePlan, NicPlan } from "./hypervisor.ts";

/** Where a host is found on this machine. */
export interface NamespaceHost {
  /** As in CloudStack's listHosts. */
  readonly name: string;
  readonly namespace: string;
  /** Unix socket of its agent's port API. */
  readonly portSocket: string;
}

/** Machines are told by this before their instance name: the supervisor's own are `oc-m-<name>`, and it removes both. */
const PREFIX = "oc-m-";
const READY_DEADLINE_MS = 60_000;
const READY_CHECK_MS = 50;

/** Runs each machine as a network namespace, its NICs plugged into a host by the agent's port API and addressed by DHCP. */
export class NamespaceHypervisor implements Hypervisor {
  readonly #hosts: ReadonlyMap<string, NamespaceHost>;
  readonly #plainFrames: boolean;
  readonly #clock: Clock;

  constructor(hosts: readonly NamespaceHost[], plainFrames: boolean, clock: Clock) {
    this.#hosts = new Map(hosts.map((host) => [host.name, host]));
    this.#plainFrames = plainFrames;
    this.#clock = clock;
  }

  async whenReady(signal: AbortSignal): Promise<void> {
    const end = this.#clock.monotonicMs() + READY_DEADLINE_MS;
    for (const { portSocket } of this.#hosts.values()) {
      while (!(await answers(portSocket)) && this.#clock.monotonicMs() < end && !signal.aborted) {
        await this.#clock.sleep(READY_CHECK_MS, signal).catch(() => {}); // Told by the loop's condition.
      }
    }
  }

  async start(machine: MachinePlan, host: HostRow): Promise<void> {
    await this.stop(machine, host); // What an interrupted start left is in the way.
    try {
      await makeNamespace(namespaceOf(machine));
      for (const nic of machine.nics) await plugNic(this.#plug(machine, nic, host));
      await Promise.all(machine.nics.map((nic) => acquire(machine, nic)));
    } catch (reason) {
      await this.stop(machine, host).catch(() => {}); // The first fault is the one to be told.
      throw reason;
    }
  }

  isThere(machine: MachinePlan): boolean {
    return existsSync(`/run/netns/${namespaceOf(machine)}`);
  }

  async stop(machine: MachinePlan, host: HostRow): Promise<void> {
    for (const nic of machine.nics) await unplugNic(this.#plug(machine, nic, host));
    await removeNamespace(namespaceOf(machine));
  }

  async plug(machine: MachinePlan, nic: NicPlan, host: HostRow): Promise<void> {
    try {
      await plugNic(this.#plug(machine, nic, host));
      await acquire(machine, nic);
    } catch (reason) {
      await this.unplug(machine, nic, host).catch(() => {}); // As above.
      throw reason;
    }
  }

  async unplug(machine: MachinePlan, nic: NicPlan, host: HostRow): Promise<void> {
    await unplugNic(this.#plug(machine, nic, host));
  }

  /** The devices inside go down and up, and ask for their addresses anew; ports and cables stay. */
  async reboot(machine: MachinePlan, host: HostRow): Promise<void> {
    const namespace = namespaceOf(machine);
    if (!this.isThere(machine)) return this.start(machine, host);
    for (const nic of machine.nics) {
      const { inside } = devicesOf(nic);
      await runIp(["addr", "flush", "dev", inside], namespace);
      await runIp(["link", "set", inside, "down"], namespace);
      await runIp(["link", "set", inside, "up"], namespace);
    }
    await Promise.all(machine.nics.map((nic) => acquire(machine, nic)));
  }

  #plug(machine: MachinePlan, nic: NicPlan, { name }: HostRow): NicPlug {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new ContrailError("devcloud.not_found", `host ${name} is not in --hosts any more`);
    return {
      namespace: namespaceOf(machine),
      hostNamespace: host.namespace,
      ...devicesOf(nic),
      mac: nic.mac,
      address: nic.ip,
      interfaceUuid: nic.uuid,
      machineUuid: machine.uuid,
      machineName: machine.name,
      portSocket: host.portSocket,
      plainFrames: this.#plainFrames,
    };
  }
}

/** Name of a machine's namespace: oc-m-i-2-3-VM. */
export function namespaceOf({ instanceName }: Pick<MachinePlan, "instanceName">): string {
  return `${PREFIX}${instanceName}`;
}

/** Names of a NIC's device on the host and inside its machine. */
export function devicesOf({ uuid, deviceId }: Pick<NicPlan, "uuid" | "deviceId">) {
  return { device: `tap${uuid.slice(0, 11)}`, inside: `eth${deviceId}` } as const;
}

/** True where a port API is there. */
function answers(portSocket: string): Promise<boolean> {
  return callSocket(portSocket, "GET", "/ports").then(
    () => true,
    () => false,
  );
}

function acquire(machine: MachinePlan, nic: NicPlan): Promise<void> {
  return acquireAddress(namespaceOf(machine), devicesOf(nic).inside, { defaultRoute: nic.isDefault });
}
