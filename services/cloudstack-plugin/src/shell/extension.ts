import { ContrailError } from "@contrail/errors";
import type { KeyedLock } from "@contrail/runtime";
import { successAnswer } from "../core/answer.ts";
import { type Command, commandOf } from "../core/command-list.ts";
import { planNetwork } from "../core/network-plan.ts";
import { planNic, planRestore } from "../core/nic-plan.ts";
import {
  keptUuid,
  type NicPayload,
  networkNumber,
  type RestoreData,
  readNetwork,
  readNic,
  readRestoreData,
  requireFields,
} from "../core/payload.ts";
import { machineData } from "../core/vm-data.ts";
import type { Write } from "../core/write.ts";
import type { CommandIdentities } from "./command-identities.ts";
import type { Configuration, Question } from "./configuration.ts";
import { type Caller, NetworkReader } from "./network-reader.ts";

/** Plans of one command that lost a race with another writer; the last one's refusal is told. */
const MAX_ATTEMPTS = 4;
/** Commands of one network that wait for each other: more than all its machines' starts at once that CloudStack runs. */
const MAX_WAITING = 1_024;

/** Runs CloudStack's commands: one at a time a network. */
export class Extension {
  readonly #configuration: Configuration;
  readonly #identities: CommandIdentities;
  readonly #reader: NetworkReader;
  readonly #lock: KeyedLock;

  readonly #onConflict: () => void;

  /**
   * lock: one key a network's number, shared with whoever else changes networks. onConflict: told of a command that met what
   * is in the wrong place, which a look at all of CloudStack puts right.
   */
  constructor(
    configuration: Configuration,
    identities: CommandIdentities,
    lock: KeyedLock,
    onConflict: () => void = () => undefined,
  ) {
    this.#onConflict = onConflict;
    this.#configuration = configuration;
    this.#identities = identities;
    this.#reader = new NetworkReader(configuration, identities);
    this.#lock = lock;
  }

  /**
   * Gives one command its effect; resolves with the answer for CloudStack. file: text of the payload file. Rejects with
   * "cloudstack.not_found" for an unknown command, "cloudstack.unsupported", "cloudstack.bad_request", or a code of the
   * configuration API, "cloudstack.too_many_requests" where too many commands of the network wait. signal: with it a command
   * that still waits, or would plan once more, has no effect any more; it rejects with its reason.
   */
  async run(name: string, file: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const command = commandOf(name);
    if (command === undefined) {
      throw new ContrailError("cloudstack.not_found", `there is no command ${JSON.stringify(name.slice(0, 50))}`);
    }
    if (command.kind === "unsupported") throw unsupported(name);
    const networkId = networkNumber(file);
    const uuid = keptUuid(file);
    if (command.kind === "device") {
      return successAnswer(command, networkId, uuid ?? (await this.#learned(networkId, file)));
    }
    const payload = readNetwork(file);
    if (payload.vpc_id !== undefined && !CLEARING.has(name)) throw unsupported(`${name} of a VPC tier`);
    const planned = prepared(command, file);
    const caller = { payload, uuid, clears: CLEARING.has(name), isRare: RARE.has(name) };
    await this.#locked(payload.network_id, () => this.#settle(planned, caller, signal));
    return successAnswer(command, networkId);
  }

  /** Commands that waited for longer than their callers do not pile up: each of them ends at once when its turn comes. */
  async #locked(networkId: string, work: () => Promise<void>): Promise<void> {
    await this.#lock.run(networkId, work, MAX_WAITING).catch((reason: unknown) => {
      if (ContrailError.from(reason).code !== "lock.too_many_requests") throw reason;
      const message = `${MAX_WAITING} commands of network ${networkId} wait already; the same command may be sent again`;
      throw new ContrailError("cloudstack.too_many_requests", message, { cause: reason });
    });
  }

  /** Asked once in a network's life, and once after each shutdown: CloudStack keeps the answer in between. */
  async #learned(networkId: string | undefined, file: string): Promise<string | undefined> {
    return networkId === undefined ? undefined : this.#identities.uuidOf(readNetwork(file));
  }

  /** Reads, plans and writes until the plan holds: another writer may come between reading and writing. */
  async #settle({ question, plan }: Prepared, caller: Caller, signal: AbortSignal): Promise<void> {
    let isSilent = false;
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      const view = await this.#reader.read(question, caller);
      try {
        const writes = plan(view);
        if (!isSilent && writes.some(makesNetwork)) {
          const identity = await this.#identities.ofPayload(caller.payload, view.cloudUuid);
          isSilent = identity === undefined;
          signal.throwIfAborted();
          await this.#configuration.write(plan({ ...view, identity }));
        } else {
          await this.#configuration.write(writes);
        }
        return;
      } catch (reason) {
        const { code } = ContrailError.from(reason);
        if (code === "cloudstack.conflict") this.#onConflict();
        const raced = code === "vnc.conflict" || code === "vnc.not_found";
        if (!raced || attempt === MAX_ATTEMPTS) throw reason;
        this.#configuration.lookAgain();
      }
    }
  }
}

/** Only CloudStack's API tells whose a network is that is made, and what it is called: it is asked once a command. */
function makesNetwork(write: Write): boolean {
  return write.kind === "create" && write.type === "virtual-network";
}

/** Commands that only take away: they are safe for a VPC's tier too, of which nothing is there. */
const CLEARING: ReadonlySet<string> = new Set([
  "shutdown-network",
  "destroy-network",
  "release-nic",
  "remove-dhcp-entry",
  "remove-dns-entry",
  "remove-dhcp-subnet",
  "remove-dns-subnet",
]);

/** Commands at which CloudStack may be asked again whose a number is: they come with a network's start and end only. */
const RARE: ReadonlySet<string> = new Set(["implement-network", "restore-network", "destroy-network"]);

interface Prepared {
  readonly question: Question;
  readonly plan: (view: Parameters<typeof planNetwork>[2]) => readonly Write[];
}

/** Reads the whole payload first: a wrong one changes nothing. */
function prepared(command: Extract<Command, { kind: "network" | "interface" }>, file: string): Prepared {
  const network = readNetwork(file);
  const networkId = network.network_id;
  if (command.kind === "interface") {
    const nic = readNic(file);
    requireFields(command.name, nic);
    return { question: nicQuestion(networkId, nic), plan: (view) => planNic(command.name, network, nic, view) };
  }
  const { name } = command;
  if (name !== "restore-network") {
    const interfaces = name === "destroy-network" ? "all" : [];
    return { question: { networkId, interfaces, machines: [] }, plan: (view) => planNetwork(name, network, view) };
  }
  const restore = readRestoreData(file);
  return {
    question: { networkId, interfaces: restore.vms.map((vm) => vm.nic_uuid), machines: machinesOf(restore) },
    plan: (view) => planRestore(network, restore, view),
  };
}

function nicQuestion(networkId: string, nic: NicPayload): Question {
  const machine = nic.vm_data === undefined ? undefined : machineData(nic.vm_data).machineUuid;
  const interfaces = nic.nic_uuid === undefined ? ("all" as const) : [nic.nic_uuid];
  return { networkId, interfaces, machines: machine === undefined ? [] : [machine] };
}

function machinesOf(restore: RestoreData): readonly string[] {
  const uuids = restore.vms.flatMap((vm) =>
    vm.vm_data === undefined ? [] : (machineData(vm.vm_data).machineUuid ?? []),
  );
  return [...new Set(uuids)];
}

function unsupported(what: string): ContrailError {
  return new ContrailError("cloudstack.unsupported", `${what} is not supported by this version of OpenContrail`);
}
