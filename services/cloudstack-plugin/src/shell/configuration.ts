import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";
import { annotationsOf, KEYS } from "../core/annotations.ts";
import { numberOf } from "../core/network-index.ts";
import { isProvisional } from "../core/network-number.ts";
import {
  cloudUuidOf,
  type InterfaceView,
  interfaceView,
  interfaceViews,
  isNetwork,
  isOwnInterface,
  isOwnNetwork,
  type NetworkView,
} from "../core/network-view.ts";
import { referredUuids } from "../core/references.ts";
import type { Write } from "../core/write.ts";
import { NetworkDirectory } from "./network-directory.ts";

const NETWORK = "virtual-network";
const INTERFACE = "virtual-machine-interface";
const ADDRESS = "instance-ip";
const MACHINE = "virtual-machine";

/** Which parts of a network a command looks at. */
export interface Question {
  readonly networkId: string;
  /** By which CloudStack's API knows the network: one of another uuid that has the number is not it. undefined: not known. */
  readonly cloudUuid?: string | undefined;
  /** NICs of these uuids, or "all" of the network. */
  readonly interfaces: readonly string[] | "all";
  /** Machines that the command names. */
  readonly machines: readonly string[];
}

/** Objects that one call asks for; fewer where the answer would be too large. */
const PIECE = 500;

/** Reads and writes CloudStack's objects in the configuration node. What is there is asked anew for each command. */
export class Configuration {
  readonly #vnc: VncClient;
  readonly #networks: NetworkDirectory;

  constructor(vnc: VncClient, clock: Clock) {
    this.#vnc = vnc;
    this.#networks = new NetworkDirectory(vnc, clock);
  }

  /** To be called after a conflict, as somebody else has made what was not seen. */
  lookAgain(): void {
    this.#networks.forget();
  }

  /** A network with all its interfaces that are the plugin's; no machine is looked for. */
  readWhole(networkId: string, cloudUuid?: string): Promise<NetworkView> {
    return this.read({ networkId, cloudUuid, interfaces: "all", machines: [] });
  }

  /** The same of a network of the plugin that is known by its object, whoever is CloudStack's of its number or uuid. */
  async readObject(uuid: string): Promise<NetworkView> {
    const object = await this.#vnc.readIfThere(NETWORK, uuid);
    const network = object !== undefined && isOwnNetwork(object) ? object : undefined;
    return { network, interfaces: await this.#interfacesOf(network), machines: new Map() };
  }

  /** Those of some interfaces that are there and the plugin's, in whatever network. */
  async interfacesThere(uuids: readonly string[]): Promise<readonly InterfaceView[]> {
    const there = (await this.#those(INTERFACE, uuids)).filter(isOwnInterface);
    return this.#interfacesNamed(there.map(({ uuid }) => String(uuid)));
  }

  /** Those of some machines that are there, by uuid. */
  async machinesThere(uuids: readonly string[]): Promise<ReadonlyMap<string, JsonObject>> {
    const there = await this.#those(MACHINE, uuids);
    return new Map(there.map((machine) => [String(machine.uuid), machine]));
  }

  /** What the configuration has of a network. Rejects with "cloudstack.conflict" for an interface of somebody else. */
  async read({ networkId, cloudUuid, interfaces, machines }: Question): Promise<NetworkView> {
    const { network, former } = await this.#networkOf(networkId, cloudUuid);
    const found = await (interfaces === "all" ? this.#interfacesOf(network) : this.#interfacesNamed(interfaces));
    return { network, former, interfaces: found, machines: await this.machinesThere(machines) };
  }

  /** Applies writes in their order. What is gone already was to go. */
  async write(writes: readonly Write[]): Promise<void> {
    for (const write of writes) await this.#writeOne(write);
  }

  async #writeOne(write: Write): Promise<void> {
    switch (write.kind) {
      case "create":
        await this.#create(write.type, write.object);
        return;
      case "update":
        await this.#vnc.update(write.type, write.uuid, write.change);
        if (write.type === NETWORK && numberOf(write.change) !== undefined)
          this.#networks.note(write.uuid, write.change);
        return;
      case "remove":
        if (write.onlyWith !== undefined && !(await this.#has(write.type, write.uuid, write.onlyWith))) return;
        await this.#remove(write).catch((reason: unknown) => {
          const { code } = ContrailError.from(reason);
          if (code === "vnc.not_found" || (write.unlessUsed && code === "vnc.conflict")) return;
          throw reason;
        });
        return;
    }
  }

  async #create(type: string, object: JsonObject): Promise<void> {
    const create = (): Promise<string> => this.#vnc.create(type, object);
    await (type === NETWORK ? this.#networks.make(object, create) : create());
  }

  #remove({ type, uuid }: { readonly type: string; readonly uuid: string }): Promise<void> {
    const remove = (): Promise<void> => this.#vnc.remove(type, uuid);
    return type === NETWORK ? this.#networks.remove(uuid, remove) : remove();
  }

  /** False too where there is no such object. */
  async #has(type: string, uuid: string, annotation: string): Promise<boolean> {
    const object = await this.#vnc.readIfThere(type, uuid);
    return object !== undefined && annotationsOf(object).has(annotation);
  }

  /** CloudStack's network of that uuid, whatever number it has; else the one of the number, unless it is known to be another. */
  async #networkOf(networkId: string, cloudUuid: string | undefined): Promise<Pick<NetworkView, "network" | "former">> {
    const isOf = (network: JsonObject): boolean => cloudUuidOf(network) === cloudUuid;
    const own = cloudUuid === undefined ? undefined : await this.#network(cloudUuid, isOf);
    if (own !== undefined && isNetwork(own, networkId)) return { network: own };
    const numbered = await this.#network(networkId, (network) => isNetwork(network, networkId));
    if (own !== undefined) return { network: own, former: numbered };
    const isOthers = numbered !== undefined && !isProvisional(numbered) && !isOf(numbered);
    return cloudUuid !== undefined && isOthers ? { network: undefined, former: numbered } : { network: numbered };
  }

  /** name: CloudStack's number or uuid. */
  async #network(name: string, isIt: (network: JsonObject) => boolean): Promise<JsonObject | undefined> {
    let wrong: string | undefined;
    for (;;) {
      const uuid = await this.#networks.find(name, wrong);
      if (uuid === undefined || uuid === wrong) return undefined;
      const network = await this.#vnc.readIfThere(NETWORK, uuid);
      if (network !== undefined && isIt(network)) return network;
      wrong = uuid;
    }
  }

  /** A network's own read tells who refers to it: no list is searched. */
  async #interfacesOf(network: JsonObject | undefined): Promise<readonly InterfaceView[]> {
    if (network === undefined) return [];
    const [interfaces, addresses] = await Promise.all([
      this.#those(INTERFACE, referredUuids(network, "virtual_machine_interface_back_refs")),
      this.#those(ADDRESS, referredUuids(network, "instance_ip_back_refs")),
    ]);
    return interfaceViews(interfaces, addresses);
  }

  /** Rejects with "cloudstack.conflict" for an interface of somebody else. */
  async #interfacesNamed(uuids: readonly string[]): Promise<readonly InterfaceView[]> {
    const found = (await Promise.all(uuids.map((uuid) => this.#vnc.readIfThere(INTERFACE, uuid)))).filter(isThere);
    const foreign = found.find((vmi) => !isOwnInterface(vmi));
    if (foreign === undefined) return Promise.all(found.map((vmi) => this.#withAddress(vmi)));
    const message = `interface ${String(foreign.uuid)} is not CloudStack's: it has no annotation ${KEYS.nicState}`;
    throw new ContrailError("cloudstack.conflict", message, {
      fields: { object: `${INTERFACE} ${String(foreign.uuid)}` },
    });
  }

  async #withAddress(vmi: JsonObject): Promise<InterfaceView> {
    return interfaceView(vmi, await this.#those(ADDRESS, referredUuids(vmi, "instance_ip_back_refs")));
  }

  /** Those that are there, without who refers to them; in pieces, since ports may carry much user data. */
  async #those(type: string, uuids: readonly string[]): Promise<readonly JsonObject[]> {
    const found: JsonObject[] = [];
    for (let from = 0, most = PIECE; from < uuids.length; ) {
      const piece = uuids.slice(from, from + most);
      const request = { type, obj_uuids: piece, detail: true };
      const answer = await this.#vnc.call("POST", "/list-bulk-collection", request).catch((reason: unknown) => {
        if (ContrailError.from(reason).code !== "vnc.too_large" || piece.length === 1) throw reason;
        return undefined;
      });
      if (answer === undefined) {
        most = Math.max(1, piece.length >> 2);
        continue;
      }
      const items = (answer[`${type}s`] ?? []) as readonly JsonObject[]; // By the API.
      for (const item of items) found.push(item[type] as JsonObject); // With details one level deeper.
      from += piece.length;
    }
    return found;
  }
}

function isThere<T>(object: T | undefined): object is T {
  return object !== undefined;
}
