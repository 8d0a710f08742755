import type { Clock } from "@contrail/clock";
import { createLogger, createMeter, KeyedLock } from "@contrail/runtime";
import type { JsonObject } from "@contrail/schema";
import type { Cloud, CloudNetwork, CloudNic, CloudOwner } from "../core/cloud.ts";
import type { UnknownItem } from "../core/not-understood.ts";
import type { OpenNetworks } from "../core/reconcile/open-networks.ts";
import type { SystemNics } from "../core/system-nics.ts";
import { CallJournal } from "../shell/call-journal.ts";
import { Configuration } from "../shell/configuration.ts";
import { OwnerDirectory } from "../shell/owner-directory.ts";
import { Reconciler, type RunOptions } from "../shell/reconciler.ts";
import { HeldConfiguration } from "./held-configuration.ts";
import { HeldVnc } from "./held-vnc.ts";

/** The domain of the world's cloud. */
export const ROOT = { uuid: "00000064-0000-4000-8000-000000000000", path: "ROOT" };
/** The only account. */
export const OWNER: CloudOwner = {
  ...{ kind: "account", uuid: "0000006f-0000-4000-8000-000000000001", name: "admin", domain: ROOT },
};
/** How the reconciler runs by itself. */
export const BY_ITSELF: RunOptions = { withoutGrace: false, removeMany: false, otherCloud: false };
/** How a person asks for what is due later. */
export const AT_ONCE: RunOptions = { ...BY_ITSELF, withoutGrace: true };
const NO_SYSTEM: SystemNics = { nics: [], unknown: [], missing: [] };
const PROJECT = ["default-domain", "admin"];

/** A network that is implemented. */
export function network(number = 1): CloudNetwork {
  return {
    uuid: `0000006e-0000-4000-8000-${String(number).padStart(12, "0")}`,
    name: `web${number}`,
    state: "Implemented",
    networkId: `${number}`,
    cidr: `10.${number}.0.0/16`,
    gateway: `10.${number}.0.1`,
    nameServers: "192.0.2.53",
    domainName: "cs.example",
    services: new Set(["Dhcp", "Dns"]),
    ownerName: OWNER.name,
    projectUuid: undefined,
    domain: ROOT,
  };
}

/** The only NIC of a running machine. */
export function nic(index: number, of = network()): CloudNic {
  const last = String(index).padStart(12, "0");
  return {
    uuid: `00000069-0000-4000-8000-${last}`,
    networkUuid: of.uuid,
    mac: `02:00:00:00:${(index >> 8).toString(16).padStart(2, "0")}:${(index & 255).toString(16).padStart(2, "0")}`,
    ip: `10.${of.networkId}.${index >> 8}.${(index & 255) + 10}`,
    isDefault: true,
    secondary: [],
    machineUuid: `0000006d-0000-4000-8000-${last}`,
    machineName: `m${index}`,
    machineState: "Running",
  };
}

/** A cloud of these networks and NICs. */
export function cloudOf(networks: readonly CloudNetwork[], nics: readonly CloudNic[]): Cloud {
  return { domains: [ROOT], owners: [OWNER], networks, nics, system: [], unknown: [], missing: [] };
}

/** A reconciler of a configuration in memory; each write takes as long as the pace says, on a clock of its own. */
export class ReconcilerWorld {
  readonly held = new HeldConfiguration();
  readonly vnc = new HeldVnc(this.held, (type, uuid) => this.#onWrite(type, uuid));
  readonly configuration: Configuration;
  readonly lock = new KeyedLock();
  readonly reconciler: Reconciler;
  readonly written: string[] = [];
  readonly journal: CallJournal;
  readonly #begun = Promise.withResolvers<void>();
  /** What CloudStack has. */
  cloud: Cloud;
  /** What is told of one network only when it is looked at again. */
  near: { readonly unknown: readonly UnknownItem[]; readonly system: SystemNics } = { unknown: [], system: NO_SYSTEM };
  isRefused: (uuid: string) => boolean = () => false;
  /** Resolves when CloudStack tells the NICs of a network that is looked at again. */
  answered: (networkUuid: string) => Promise<void> = async () => undefined;
  /** What was said to be open at the last comparison. */
  open: OpenNetworks | undefined;
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  #nowMs = 0;

  constructor(cloud: Cloud, writesPerSecond = 1_000) {
    this.cloud = cloud;
    this.journal = new CallJournal(this.#clock(), createLogger("test", "silent"), createMeter(), "/s");
    this.configuration = new Configuration(this.vnc, this.#clock());
    this.held.create("domain", { uuid: "00000000-0000-4000-8000-0000000000dd", fq_name: ["default-domain"] });
    this.reconciler = new Reconciler(
      {
        cloud: { all: async () => this.cloud },
        near: (signal) => ({
          network: async (id) => this.cloud.networks.find((one) => one.uuid === id || one.networkId === id),
          nics: async (uuid) => {
            await this.answered(uuid);
            signal.throwIfAborted();
            const { unknown } = this.near;
            return { nics: this.cloud.nics.filter((one) => one.networkUuid === uuid), unknown };
          },
          systemNics: async () => this.near.system,
          owner: async (of) => this.#ownerOf(of),
        }),
        vnc: this.vnc,
        configuration: this.configuration,
        owners: new OwnerDirectory(this.vnc),
        lock: this.lock,
        clock: this.#clock(),
        onCompared: (open) => {
          this.open = open;
        },
        onRun: (report) => this.journal.reconciled(report),
      },
      { graceMs: 600_000, writesPerSecond },
    );
  }

  /** Resolves when the first network is written: the run has its lock then. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** Lets time pass, and what was to come after it. */
  pass(ms: number): void {
    this.#nowMs += ms;
    for (const timer of this.#timers) {
      if (timer.atMs > this.#nowMs) continue;
      this.#timers.delete(timer);
      timer.callback();
    }
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many objects of a type there are. */
  count(type: string): number {
    return this.held.list(type).length;
  }

  /** A port that no list of CloudStack's has, as prepare-nic makes it; gives its uuid. */
  strayPort(index: number, more: JsonObject = {}, of = network()): string {
    const { uuid, mac } = nic(index, of);
    return this.held.create("virtual-machine-interface", {
      uuid,
      fq_name: [...PROJECT, uuid],
      virtual_network_refs: [{ uuid: of.uuid }],
      virtual_machine_interface_mac_addresses: { mac_address: [mac ?? ""] },
      annotations: { key_value_pair: [{ key: "cloudstack.nic-state", value: "prepared" }] },
      ...more,
    });
  }

  #onWrite(type: string, uuid: string): void {
    this.written.push(uuid);
    if (type === "virtual-network") this.#begun.resolve();
    if (this.isRefused(uuid)) throw new Error("refused");
  }

  #ownerOf({ ownerName, projectUuid, domain }: CloudNetwork): CloudOwner | undefined {
    return this.cloud.owners.find((owner) =>
      projectUuid === undefined
        ? owner.kind === "account" && owner.name === ownerName && owner.domain.uuid === domain.uuid
        : owner.uuid === projectUuid,
    );
  }

  #clock(): Clock {
    return {
      wallMs: () => this.#nowMs,
      monotonicMs: () => this.#nowMs,
      setTimer: (delayMs, callback) => {
        const timer = { atMs: this.#nowMs + delayMs, callback };
        this.#timers.add(timer);
        return { cancel: () => void this.#timers.delete(timer) };
      },
      sleep: async (delayMs) => {
        this.#nowMs += delayMs;
      },
    };
  }
}
