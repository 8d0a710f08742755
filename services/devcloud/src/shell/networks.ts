import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { KeyedLock } from "@contrail/runtime";
import { type ApiError, backendFailed } from "../core/api-error.ts";
import { type Broadcast, broadcastOf, type Finished, isSuccess, jsonObject } from "../core/extension-answer.ts";
import {
  type ExtensionCall,
  extensionAddress,
  forgetNicCalls,
  networkPayload,
  nicPayload,
  prepareNicCalls,
  resolverPayload,
  restoreData,
} from "../core/extension-payload.ts";
import type { JsonObject } from "../core/json.ts";
import type { ExtensionRow, NetworkRow, NicRow } from "../core/rows.ts";
import { freeAddress } from "../core/subnet.ts";
import { need } from "../core/world.ts";
import type { ExtensionRunner } from "./extension-runner.ts";
import type { Store } from "./store.ts";

/** Of what an extension printed when it failed: CloudStack logs it too, and shows it to nobody. */
const MAX_LOGGED_CHARACTERS = 500;

/** Attempts to implement a network, and to make a NIC ready, before a start has failed. */
const IMPLEMENT_ATTEMPTS = 2;

/** Calls a network's extension, in the recorded order, with the recorded consequences of failure. */
export class Networks {
  readonly #store: Store;
  readonly #runner: ExtensionRunner;
  readonly #locks: KeyedLock;
  readonly #logger: Logger;

  constructor(store: Store, runner: ExtensionRunner, locks: KeyedLock, logger: Logger) {
    this.#store = store;
    this.#runner = runner;
    this.#locks = locks;
    this.#logger = logger;
  }

  /** Implements a network unless it is. One at a time: a second machine waits. Throws ApiError where it fails twice. */
  implement(uuid: string): Promise<void> {
    return this.#locks.run(`network ${uuid}`, async () => {
      if (need(this.#store, "network", uuid).state === "Implemented") return;
      for (let attempt = 1; ; attempt += 1) {
        try {
          await this.#implementOnce(uuid);
          return;
        } catch (reason) {
          await this.#rollBack(uuid);
          if (attempt === IMPLEMENT_ATTEMPTS) throw reason;
        }
      }
    });
  }

  /** Settles what a stop of the process left between two states: nobody is at work on it any more. */
  async settle(): Promise<void> {
    for (const { uuid, state } of [...this.#store.all("network")]) {
      if (state !== "Implementing" && state !== "Shutdown") continue;
      // Its device's details stay: shutdown-network may not have run.
      this.#set(uuid, { state: "Allocated", broadcastUri: undefined, broadcastType: "Vlan" });
      this.#logger.warn("network was left between two states", { network: uuid, state });
    }
    await this.#store.commit();
  }

  /** Implements what running machines use and is not implemented; what cannot be stays so, and is logged. */
  async bringBack(signal: AbortSignal): Promise<void> {
    for (const { uuid, state } of [...this.#store.all("network")]) {
      if (signal.aborted || state !== "Allocated" || !this.isUsed(uuid)) continue;
      await this.implement(uuid).catch((reason: unknown) => {
        const { message } = ContrailError.from(reason);
        this.#logger.error("network of running machines is not implemented", { network: uuid, message });
      });
    }
  }

  /** Makes a NIC ready. prepare-nic may fail; another failure releases the NIC and is thrown. */
  async prepare(nic: NicRow, password?: string): Promise<void> {
    const network = this.#network(nic.network);
    for (const call of prepareNicCalls(this.#store, network, nic, password)) {
      const done = await this.#succeeds(network.uuid, call);
      if (done || call.command === "prepare-nic") continue;
      await this.release(nic);
      throw backendFailed(`Failed to prepare ${nic.uuid}`);
    }
  }

  /** release-nic; CloudStack ignores its failure. */
  async release(nic: NicRow): Promise<void> {
    const network = this.#network(nic.network);
    if (network.state !== "Implemented") return;
    const payload = {
      ...networkPayload(this.#store, network),
      ...nicPayload(network, nic),
      ...extensionAddress(network),
    };
    await this.#succeeds(network.uuid, { command: "release-nic", payload });
  }

  /** remove-dhcp-entry, remove-dns-entry; a failure is logged, and the machine goes all the same. */
  async forget(nic: NicRow): Promise<void> {
    const network = this.#network(nic.network);
    if (network.state !== "Implemented") return;
    for (const call of forgetNicCalls(this.#store, network, nic)) await this.#succeeds(network.uuid, call);
  }

  /**
   * Hands one new thing of a machine to its default NIC's network, when nobody else is at work on that. One that is not
   * implemented gets it with everything else when it is. Throws ApiError where the call fails.
   */
  save(nic: NicRow, command: "save-userdata" | "save-password" | "save-sshkey", what: JsonObject): Promise<void> {
    return this.#locks.run(`network ${nic.network}`, async () => {
      const network = this.#network(nic.network);
      if (network.state !== "Implemented") return;
      const payload = {
        ...networkPayload(this.#store, network),
        ...nicPayload(network, nic),
        ...what,
        ...extensionAddress(network),
      };
      if (!(await this.#succeeds(network.uuid, { command, payload }))) throw backendFailed(`Failed to run ${command}`);
    });
  }

  /** Takes a network out of the back end; its NICs stay. Throws ApiError where the extension fails. */
  shutdown(uuid: string): Promise<void> {
    return this.#locks.run(`network ${uuid}`, () => this.#shutdown(uuid));
  }

  /** Shuts an implemented network down unless a machine of it runs or starts; gives whether it did. */
  collect(uuid: string): Promise<boolean> {
    return this.#locks.run(`network ${uuid}`, async () => {
      if (this.#store.find("network", uuid)?.state !== "Implemented" || this.isUsed(uuid)) return false;
      await this.#shutdown(uuid);
      return true;
    });
  }

  /** True while a machine of a network runs, or is on its way to or from that. */
  isUsed(uuid: string): boolean {
    const nics = this.#store.where("nic", "network", uuid);
    return nics.some(({ machine }) =>
      /^(Running|Starting|Migrating|Stopping)$/.test(need(this.#store, "machine", machine).state),
    );
  }

  /** Removes a network from the back end and from the cloud. Throws ApiError 530 where the extension fails: it stays. */
  destroy(uuid: string): Promise<void> {
    return this.#locks.run(`network ${uuid}`, async () => {
      const before = this.#network(uuid).state;
      if (before === "Implemented" || before === "Shutdown") await this.#shutdown(uuid);
      const payload = networkPayload(this.#store, this.#network(uuid));
      if (!(await this.#succeeds(uuid, { command: "destroy-network", payload })))
        throw backendFailed("Failed to delete network");
      this.#store.drop("network", uuid);
      await this.#store.commit();
    });
  }

  /** Implements anew; with cleanup after a shutdown. Throws ApiError where that fails: the network is Allocated then. */
  restart(uuid: string, cleanup: boolean): Promise<void> {
    return this.#anew(uuid, async () => {
      if (cleanup) await this.#shutdown(uuid, "implemented");
      await this.#implementOnce(uuid);
    });
  }

  /** After new name servers: shutdown and implement, and nothing else, as recorded. Fails as restart does. */
  changeResolvers(uuid: string): Promise<void> {
    return this.#anew(uuid, async () => {
      await this.#shutdown(uuid, "implemented");
      await this.#implementOnce(uuid, false);
    });
  }

  #anew(uuid: string, work: () => Promise<void>): Promise<void> {
    return this.#locks.run(`network ${uuid}`, async () => {
      try {
        await work();
      } catch (reason) {
        await this.#rollBack(uuid);
        throw reason;
      }
    });
  }

  /** Runs a custom action: its output, and whether it succeeded. */
  async customAction(
    uuid: string,
    action: string,
    parameters: JsonObject,
  ): Promise<Finished & { readonly ok: boolean }> {
    const network = this.#network(uuid);
    const extension = this.#extension(network);
    const payload = {
      ...networkPayload(this.#store, network),
      action,
      "action-params": parameters,
      ...this.#details(network, extension),
    };
    const finished = await this.#runner.run(extension, "custom-action", payload);
    return { ...finished, ok: isSuccess(finished) };
  }

  async #implementOnce(uuid: string, restore = true): Promise<void> {
    this.#set(uuid, { state: "Implementing" });
    this.#takeExtensionAddress(uuid);
    await this.#store.commit();
    await this.#ensure(uuid);
    const implement = { ...networkPayload(this.#store, this.#network(uuid)), ...extensionAddress(this.#network(uuid)) };
    const finished = await this.#call(uuid, "implement-network", implement);
    const broadcast = isSuccess(finished) ? broadcastOf(finished.output) : undefined;
    if (broadcast === undefined) throw this.#failed(uuid, "implement-network", finished);
    if (restore) await this.#restore(uuid);
    this.#set(uuid, { state: "Implemented", ...broadcastFields(broadcast) });
    await this.#store.commit();
  }

  async #restore(uuid: string): Promise<void> {
    const network = this.#network(uuid);
    const payload = {
      ...networkPayload(this.#store, network),
      ...extensionAddress(network),
      ...resolverPayload(this.#store, network),
      restore_data: restoreData(this.#store, network),
    };
    if (!(await this.#succeeds(uuid, { command: "restore-network", payload })))
      throw backendFailed("Failed to restore network");
  }

  /** After a failed implement: what was stored by ensure-network-device goes only where shutdown-network could run. */
  async #rollBack(uuid: string): Promise<void> {
    this.#set(uuid, { state: "Shutdown" });
    const payload = networkPayload(this.#store, this.#network(uuid));
    const ran = await this.#call(uuid, "shutdown-network", payload).catch(() => undefined);
    if (ran === undefined) this.#set(uuid, { state: "Allocated" });
    else this.#forgetDevice(uuid);
    await this.#store.commit();
  }

  async #shutdown(uuid: string, state = "shutdown"): Promise<void> {
    this.#set(uuid, { state: "Shutdown" });
    await this.#store.commit();
    const payload = networkPayload(this.#store, this.#network(uuid), state);
    if (!(await this.#succeeds(uuid, { command: "shutdown-network", payload })))
      throw backendFailed("Failed to delete network");
    this.#forgetDevice(uuid);
    await this.#store.commit();
  }

  #forgetDevice(uuid: string): void {
    this.#set(uuid, {
      state: "Allocated",
      broadcastUri: undefined,
      broadcastType: "Vlan",
      extensionDetails: undefined,
    });
  }

  /** ensure-network-device: stores what it prints, as it is; its failure is ignored. */
  async #ensure(uuid: string): Promise<void> {
    const network = this.#network(uuid);
    const extension = this.#extension(network);
    const current = network.extensionDetails ?? "{}";
    const payload = { ...networkPayload(this.#store, network), current_details: current };
    const { exitCode, output } = await this.#runner.run(extension, "ensure-network-device", {
      ...this.#details(network, extension),
      payload,
    });
    const text = output.trim();
    if (exitCode === 0 && text !== "" && text !== network.extensionDetails) this.#set(uuid, { extensionDetails: text });
  }

  async #succeeds(uuid: string, { command, payload }: ExtensionCall): Promise<boolean> {
    const finished = await this.#call(uuid, command, payload);
    if (isSuccess(finished)) return true;
    this.#failed(uuid, command, finished);
    return false;
  }

  async #call(uuid: string, command: string, payload: JsonObject): Promise<Finished> {
    await this.#ensure(uuid);
    const network = this.#network(uuid);
    const extension = this.#extension(network);
    return this.#runner.run(extension, command, { ...this.#details(network, extension), payload });
  }

  #failed(uuid: string, command: string, { exitCode, output }: Finished): ApiError {
    const said = output.slice(0, MAX_LOGGED_CHARACTERS);
    this.#logger.warn("extension command failed", { network: uuid, command, exitCode, said });
    return backendFailed(`Failed to run ${command}`);
  }

  /** The two details objects of every payload. Throws where stored details are no JSON: such a network is lost. */
  #details(network: NetworkRow, extension: ExtensionRow): JsonObject {
    const [resource] = this.#store
      .where("extensionResource", "physicalNetwork", network.physicalNetwork)
      .filter((candidate) => candidate.extension === extension.uuid);
    const physical = need(this.#store, "physicalNetwork", network.physicalNetwork);
    const own = jsonObject(network.extensionDetails ?? "{}");
    if (own === undefined) throw backendFailed("Failed to parse JSON");
    return {
      "physical-network-extension-details": { physicalnetworkname: physical.name, ...resource?.details },
      "network-extension-details": own as JsonObject, // Parsed from JSON just now.
    };
  }

  #extension(network: NetworkRow): ExtensionRow {
    const offering = need(this.#store, "networkOffering", network.offering);
    for (const { provider } of offering.services) {
      const [extension] = this.#store.where("extension", "name", provider);
      if (extension !== undefined) return extension;
    }
    throw backendFailed(`No extension serves the offering ${offering.name}`);
  }

  /** Without source NAT the extension's device has an address of its own in the network, unless it wants none. */
  #takeExtensionAddress(uuid: string): void {
    const network = this.#network(uuid);
    const wanted = this.#extension(network).details["network.allocate.extension.ip"] !== "false";
    if (!wanted || network.extensionIp !== undefined) return;
    const taken = new Set(this.#takenAddresses(network));
    this.#set(uuid, { extensionIp: freeAddress(network.cidr, taken, 0) });
  }

  /** Addresses of a network that nobody else may get: the gateway's, the extension's, and the NICs'. */
  #takenAddresses(network: NetworkRow): readonly string[] {
    const nics = this.#store.where("nic", "network", network.uuid);
    return [
      network.gateway,
      ...(network.extensionIp === undefined ? [] : [network.extensionIp]),
      ...nics.flatMap(({ ip, secondaries }) => [ip, ...secondaries.map((secondary) => secondary.ip)]),
    ];
  }

  /** Takes a free address of a network, or the wanted one. Throws ApiError where there is none, or it is taken. */
  freeAddress(uuid: string, place: number): string | undefined {
    const network = this.#network(uuid);
    return freeAddress(network.cidr, new Set(this.#takenAddresses(network)), place);
  }

  isTaken(uuid: string, address: string): boolean {
    return this.#takenAddresses(this.#network(uuid)).includes(address);
  }

  #network(uuid: string): NetworkRow {
    return need(this.#store, "network", uuid);
  }

  #set(uuid: string, fields: Partial<NetworkRow>): void {
    this.#store.change("network", uuid, fields);
  }
}

/** A URI with a blank is none: the network is implemented without it, as recorded. */
function broadcastFields({ type, uri }: Broadcast): Partial<NetworkRow> {
  return /\s/.test(uri) ? {} : { broadcastType: type, broadcastUri: uri };
}
