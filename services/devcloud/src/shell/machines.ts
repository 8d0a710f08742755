import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { KeyedLock } from "@contrail/runtime";
import { ApiError, backendFailed, invalid } from "../core/api-error.ts";
import { placeMachine } from "../core/placement.ts";
import type { HostRow, MachineRow, MachineState, NicRow } from "../core/rows.ts";
import { nicsOf } from "../core/views/machine-view.ts";
import { need } from "../core/world.ts";
import type { Hypervisor, MachinePlan, NicPlan } from "./hypervisor.ts";
import type { Networks } from "./networks.ts";
import type { Store } from "./store.ts";

/** Attempts to make the NICs ready before a start has failed. */
const START_ATTEMPTS = 3;

/** Machines that are brought back at a time, after a start. */
const STARTS_AT_ONCE = 8;

/** The life of machines: their networks first, then the host; one step at a time for each machine. */
export class Machines {
  readonly #store: Store;
  readonly #networks: Networks;
  readonly #hypervisor: Hypervisor;
  readonly #locks: KeyedLock;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #comingBack = new Set<string>();

  constructor(
    store: Store,
    networks: Networks,
    hypervisor: Hypervisor,
    locks: KeyedLock,
    clock: Clock,
    logger: Logger,
  ) {
    this.#store = store;
    this.#networks = networks;
    this.#hypervisor = hypervisor;
    this.#locks = locks;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Machines that should run, are gone, and are not back on their hosts yet. */
  get comingBack(): number {
    return this.#comingBack.size;
  }

  /**
   * Stops what a stop of the process left between two states, on the host where it was; notes who is to be brought back.
   */
  async settle(signal: AbortSignal): Promise<void> {
    const between = [...this.#store.all("machine")].filter(({ state }) =>
      /^(Starting|Migrating|Stopping)$/.test(state),
    );
    if (between.length > 0) await this.#hypervisor.whenReady(signal);
    for (const machine of between) {
      const { uuid, host } = machine;
      if (host !== undefined) {
        await this.#hypervisor.stop(this.#plan(machine), this.#hostOf(machine)).catch((reason: unknown) => {
          const { message } = ContrailError.from(reason);
          this.#logger.warn("what is left of a machine is not removed", { machine: uuid, message });
        });
      }
      this.#set(uuid, "Stopped", { host: undefined });
    }
    for (const machine of this.#store.where("machine", "state", "Running")) {
      if (!this.#hypervisor.isThere(this.#plan(machine))) this.#comingBack.add(machine.uuid);
    }
    await this.#store.commit();
  }

  /** Brings them back onto their hosts; one that cannot be is stopped. */
  async bringBack(signal: AbortSignal): Promise<void> {
    const gone = [...this.#comingBack];
    if (gone.length > 0) await this.#hypervisor.whenReady(signal);
    const next = async (): Promise<void> => {
      for (let uuid = gone.shift(); uuid !== undefined && !signal.aborted; uuid = gone.shift()) {
        const machine = uuid;
        await this.#alone(machine, () => this.#bringBack(machine));
        this.#comingBack.delete(machine);
      }
    };
    await Promise.all(Array.from({ length: STARTS_AT_ONCE }, next));
  }

  async #bringBack(uuid: string): Promise<void> {
    const machine = this.#store.find("machine", uuid);
    if (machine?.state !== "Running") return;
    try {
      await this.#hypervisor.start(this.#plan(machine), this.#hostOf(machine));
    } catch (reason) {
      const { message } = ContrailError.from(reason);
      this.#logger.error("machine is not running any more", { machine: uuid, message });
      this.#set(uuid, "Stopped", { host: undefined });
      await this.#store.commit();
    }
  }

  /** Starts a machine; one that runs is no fault. A first start that fails leaves it in Error. */
  start(uuid: string, options: { readonly host?: string; readonly first?: boolean } = {}): Promise<void> {
    return this.#alone(uuid, async () => {
      const machine = this.#machine(uuid);
      if (machine.state === "Running") return;
      if (machine.state !== "Stopped") throw invalid(`Unable to start a VM in state ${machine.state}`);
      const failed: MachineState = options.first === true ? "Error" : "Stopped";
      try {
        const host = placeMachine(this.#store, machine, options.host);
        this.#set(uuid, "Starting", { host: host.uuid, lastHost: host.uuid });
        await this.#store.commit();
        await this.#prepareNics(uuid);
        await this.#run(uuid, host);
        this.#set(uuid, "Running", { password: undefined, bootedOnce: true });
      } catch (reason) {
        this.#set(uuid, failed, { host: undefined });
        throw reason;
      } finally {
        await this.#store.commit();
      }
    });
  }

  /** Stops a machine; one that is stopped is no fault. */
  stop(uuid: string): Promise<void> {
    return this.#alone(uuid, () => this.#stop(uuid));
  }

  reboot(uuid: string): Promise<void> {
    return this.#alone(uuid, async () => {
      const machine = this.#machine(uuid);
      if (machine.state !== "Running") throw invalid(`Unable to find a VM with id ${uuid} in running state`);
      await this.#hypervisor.reboot(this.#plan(machine), this.#hostOf(machine));
    });
  }

  /** Moves a running machine: no call of the extension, as CloudStack makes none. */
  migrate(uuid: string, wanted: string | undefined): Promise<void> {
    return this.#alone(uuid, async () => {
      const machine = this.#machine(uuid);
      if (machine.state !== "Running") throw invalid(`VM is not Running, unable to migrate the vm ${uuid}`);
      const others = [...this.#store.all("host")].filter((host) => host.uuid !== machine.host);
      const host = others.find((candidate) => wanted === undefined || candidate.uuid === wanted);
      if (host === undefined) throw invalid("Unable to find another host to migrate to");
      try {
        await this.#moveTo(machine, host);
      } catch (reason) {
        throw backendFailed(`Migration failed: ${ContrailError.from(reason).message}`);
      } finally {
        await this.#store.commit();
      }
    });
  }

  /** At every moment the row names the host where the machine may be. One that cannot leave stays, one that does not arrive is stopped. */
  async #moveTo(machine: MachineRow, host: HostRow): Promise<void> {
    const { uuid } = machine;
    this.#set(uuid, "Migrating");
    await this.#store.commit();
    try {
      await this.#hypervisor.stop(this.#plan(machine), this.#hostOf(machine));
    } catch (reason) {
      this.#set(uuid, "Running");
      throw reason;
    }
    this.#set(uuid, "Migrating", { host: host.uuid });
    await this.#store.commit();
    try {
      await this.#hypervisor.start(this.#plan(machine), host);
      this.#set(uuid, "Running", { lastHost: host.uuid });
    } catch (reason) {
      for (const nic of nicsOf(this.#store, uuid)) await this.#networks.release(nic);
      this.#set(uuid, "Stopped", { host: undefined });
      throw reason;
    }
  }

  /** Stops and marks as destroyed: it can be recovered until it is expunged. */
  destroy(uuid: string, expunge: boolean): Promise<void> {
    return this.#alone(uuid, async () => {
      if (this.#machine(uuid).state === "Running") await this.#stop(uuid);
      if (this.#machine(uuid).state !== "Error") this.#set(uuid, "Destroyed");
      await this.#store.commit();
      if (expunge) await this.#expunge(uuid);
    });
  }

  /** Forgets a destroyed machine for good. */
  expunge(uuid: string): Promise<void> {
    return this.#alone(uuid, async () => {
      const { state } = this.#machine(uuid);
      if (state !== "Destroyed" && state !== "Expunging" && state !== "Error")
        throw invalid("Please destroy vm with specified id before expunging");
      await this.#expunge(uuid);
    });
  }

  recover(uuid: string): Promise<void> {
    return this.#alone(uuid, async () => {
      if (this.#machine(uuid).state !== "Destroyed") throw invalid("vm is not in destroyed state");
      this.#set(uuid, "Stopped");
    });
  }

  /** Plugs a NIC that was made; where that fails the NIC is removed again. */
  plug(nic: NicRow): Promise<void> {
    return this.#alone(nic.machine, async () => {
      const machine = this.#machine(nic.machine);
      if (machine.state !== "Running") return;
      try {
        await this.#networks.implement(nic.network);
        await this.#networks.prepare(nic);
        await this.#hypervisor.plug(this.#plan(machine), planOf(nic), this.#hostOf(machine));
      } catch (reason) {
        this.#store.drop("nic", nic.uuid);
        throw backendFailed(`Unable to add NIC to VM: ${ContrailError.from(reason).message}`);
      }
    });
  }

  /** Takes a NIC out of its machine and forgets it. */
  unplug(nic: NicRow): Promise<void> {
    return this.#alone(nic.machine, async () => {
      const machine = this.#machine(nic.machine);
      if (machine.state === "Running") {
        await this.#hypervisor.unplug(this.#plan(machine), planOf(nic), this.#hostOf(machine));
        await this.#networks.release(nic);
      }
      await this.#networks.forget(nic);
      this.#store.drop("nic", nic.uuid);
      await this.#store.commit();
    });
  }

  /** Makes another NIC the default one; a running machine's networks are told of both. */
  makeDefault(machineUuid: string, nicUuid: string): Promise<void> {
    return this.#alone(machineUuid, async () => {
      const changed = nicsOf(this.#store, machineUuid).filter(
        ({ uuid, isDefault }) => isDefault !== (uuid === nicUuid),
      );
      for (const nic of changed) this.#store.change("nic", nic.uuid, { isDefault: nic.uuid === nicUuid });
      await this.#store.commit();
      if (this.#machine(machineUuid).state !== "Running") return;
      for (const nic of nicsOf(this.#store, machineUuid)) await this.#networks.prepare(nic);
    });
  }

  async #prepareNics(uuid: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const ready: NicRow[] = [];
      try {
        for (const nic of nicsOf(this.#store, uuid)) {
          await this.#implement(uuid, nic);
          await this.#networks.prepare(nic, this.#machine(uuid).password);
          ready.push(nic);
        }
        return;
      } catch (reason) {
        for (const nic of ready) await this.#networks.release(nic);
        if (reason instanceof OrchestrationFailed) throw new ApiError(530, reason.message, 4250);
        if (attempt === START_ATTEMPTS) throw this.#cannotStart(uuid);
      }
    }
  }

  async #implement(uuid: string, nic: NicRow): Promise<void> {
    try {
      await this.#networks.implement(nic.network);
    } catch {
      const { instanceName } = this.#machine(uuid);
      throw new OrchestrationFailed(
        `Unable to orchestrate the start of VM instance ${JSON.stringify({ instanceName, uuid })}.`,
      );
    }
  }

  async #run(uuid: string, host: HostRow): Promise<void> {
    try {
      await this.#hypervisor.start(this.#plan(this.#machine(uuid)), host);
    } catch (reason) {
      this.#logger.error("machine does not start", {
        machine: uuid,
        host: host.name,
        message: ContrailError.from(reason).message,
      });
      for (const nic of nicsOf(this.#store, uuid)) await this.#networks.release(nic);
      throw this.#cannotStart(uuid);
    }
  }

  #cannotStart(uuid: string): ApiError {
    const { number, instanceName, state } = this.#machine(uuid);
    const dump = JSON.stringify({ id: number, instanceName, state, type: "User", uuid });
    return backendFailed(
      `Unable to start a VM [${uuid}] due to [Unable to create a deployment for VM instance ${dump} after ${START_ATTEMPTS} attempts].`,
    );
  }

  async #stop(uuid: string): Promise<void> {
    const machine = this.#machine(uuid);
    if (machine.state !== "Running") return;
    this.#set(uuid, "Stopping");
    await this.#store.commit();
    try {
      await this.#hypervisor.stop(this.#plan(machine), this.#hostOf(machine));
    } catch (reason) {
      this.#set(uuid, "Running");
      throw backendFailed(`Failed to stop VM: ${ContrailError.from(reason).message}`);
    }
    for (const nic of nicsOf(this.#store, uuid)) await this.#networks.release(nic);
    this.#set(uuid, "Stopped", { host: undefined });
    await this.#store.commit();
  }

  async #expunge(uuid: string): Promise<void> {
    this.#set(uuid, "Expunging");
    await this.#store.commit();
    for (const nic of nicsOf(this.#store, uuid)) await this.#networks.forget(nic);
    for (const nic of nicsOf(this.#store, uuid)) this.#store.drop("nic", nic.uuid);
    for (const tag of this.#store.where("tag", "resource", uuid)) this.#store.drop("tag", tag.uuid);
    this.#store.drop("machine", uuid);
    await this.#store.commit();
  }

  #alone(uuid: string, work: () => Promise<void>): Promise<void> {
    return this.#locks.run(`machine ${uuid}`, work);
  }

  #set(uuid: string, state: MachineState, fields: Partial<MachineRow> = {}): void {
    this.#store.change("machine", uuid, { ...fields, state, updatedMs: this.#clock.wallMs() });
  }

  #machine(uuid: string): MachineRow {
    const machine = this.#store.find("machine", uuid);
    if (machine === undefined) throw invalid(`Unable to find a virtual machine with id ${uuid}`);
    return machine;
  }

  #hostOf(machine: MachineRow): HostRow {
    return need(this.#store, "host", machine.host);
  }

  #plan(machine: MachineRow): MachinePlan {
    const { uuid, name, instanceName } = machine;
    return { uuid, name, instanceName, nics: nicsOf(this.#store, uuid).map(planOf) };
  }
}

/** A network that cannot be implemented ends a start at once: it was tried twice already. */
class OrchestrationFailed extends Error {}

function planOf({ uuid, network, mac, ip, deviceId, isDefault }: NicRow): NicPlan {
  return { uuid, networkUuid: network, mac, ip, deviceId, isDefault };
}
