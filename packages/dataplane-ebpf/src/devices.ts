import { interfaceIndex, isolateFromHostStack, runIpJson } from "@contrail/netns";
import type { Logger } from "@contrail/observability";
import { attachProgram, CARRIED, type Carried, detachProgram, ENTRIES } from "./attachment.ts";
import { mapDelete, mapForEach, mapLookup, mapUpdate } from "./bpf-syscall.ts";
import { closeHostTable, openHostTable } from "./host-table.ts";
import type { Kernel } from "./kernel.ts";
import type { Attached } from "./kernel-tables.ts";
import { DEVICE_USE, deviceValue, SIZE, Struct, u32Key } from "./layout.ts";

type Use = keyof typeof ENTRIES;

const NOT_THERE: Attached = { ifindex: 0, formerInterface: 0 };

/** The devices that carry our programs. A device stays filtered until it is gone or the data plane is destroyed. */
export class Devices {
  readonly #kernel: Kernel;
  readonly #logger: Logger;
  /** Indexes of veth devices whose other end is in another namespace, and of those where that is not so. */
  readonly #peers = new Map<number, boolean>();

  constructor(kernel: Kernel, logger: Logger) {
    this.#kernel = kernel;
    this.#logger = logger;
  }

  /** From now on the device's frames meet the program of its use, for this interface. */
  attach(use: Use, device: string, interfaceId: number): Attached {
    const ifindex = device === "" ? undefined : interfaceIndex(device);
    if (ifindex === undefined) return NOT_THERE;
    const { maps, object } = this.#kernel;
    const before = new Uint8Array(SIZE.device);
    const known = mapLookup(maps.devices, u32Key(ifindex), before);
    const former = known ? carriedOf(before) : CARRIED.filter;
    const write = (carried: Carried): void =>
      mapUpdate(maps.devices, u32Key(ifindex), deviceValue(DEVICE_USE[use], interfaceId, carried));
    write(former);
    try {
      const carried = attachProgram(ifindex, object.programFd(ENTRIES[use]));
      // A queue discipline that was made for us stays ours.
      if (carried !== CARRIED.filter) write(carried);
    } catch (reason) {
      mapDelete(maps.devices, u32Key(ifindex));
      this.#logger.error("a device takes no program", { device, reason: String(reason) });
      return NOT_THERE;
    }
    if (use === "machine" && !known) isolateFromHostStack(device);
    if (use === "underlay") openHostTable();
    return { ifindex, formerInterface: known ? interfaceOf(before) : 0 };
  }

  /** The interface's device has none any more, unless it is another one's now: its frames are dropped until it goes. */
  orphan(ifindex: number, interfaceId: number): void {
    const value = new Uint8Array(SIZE.device);
    if (!mapLookup(this.#kernel.maps.devices, u32Key(ifindex), value) || interfaceOf(value) !== interfaceId) return;
    mapUpdate(this.#kernel.maps.devices, u32Key(ifindex), new Struct(value).u32(4, 0).bytes);
  }

  /** The host's own device is not ours any more. */
  release(ifindex: number): void {
    const value = new Uint8Array(SIZE.device);
    if (!mapLookup(this.#kernel.maps.devices, u32Key(ifindex), value)) return;
    detachProgram(ifindex, carriedOf(value));
    mapDelete(this.#kernel.maps.devices, u32Key(ifindex));
  }

  releaseAll(): void {
    for (const ifindex of this.#attached()) this.release(ifindex);
    closeHostTable();
  }

  /** Forgets devices that are gone; the kernel gives an index again only much later. */
  async forgetGone(): Promise<void> {
    const links = await this.#readLinks();
    for (const ifindex of this.#attached()) {
      if (!links.has(ifindex)) mapDelete(this.#kernel.maps.devices, u32Key(ifindex));
    }
  }

  /** Learns which of the devices are veth with the other end in another namespace; asks the kernel where it must. */
  async learnPeers(devices: readonly string[]): Promise<void> {
    const unknown = devices.map(interfaceIndex).some((index) => index !== undefined && !this.#peers.has(index));
    if (unknown) await this.#readLinks();
  }

  /** True where a frame can be handed to the other end of a veth directly. */
  hasPeer(ifindex: number): boolean {
    return this.#peers.get(ifindex) ?? false;
  }

  #attached(): readonly number[] {
    const indexes: number[] = [];
    mapForEach(this.#kernel.maps.devices, SIZE.u32, SIZE.device, (key) => indexes.push(new Struct(key).getU32(0)));
    return indexes;
  }

  async #readLinks(): Promise<ReadonlySet<number>> {
    // iproute2's JSON of `ip -d link show`: only these members are read.
    const links = (await runIpJson(["-d", "link", "show"])) as readonly {
      readonly ifindex?: number;
      readonly link_netnsid?: number;
      readonly linkinfo?: { readonly info_kind?: string };
    }[];
    this.#peers.clear();
    for (const { ifindex, link_netnsid, linkinfo } of links) {
      if (ifindex !== undefined) {
        this.#peers.set(ifindex, linkinfo?.info_kind === "veth" && link_netnsid !== undefined);
      }
    }
    return new Set(this.#peers.keys());
  }
}

function interfaceOf(device: Uint8Array): number {
  return new Struct(device).getU32(4);
}

function carriedOf(device: Uint8Array): Carried {
  const number = new Struct(device).getU32(8);
  return Object.values(CARRIED).find((carried) => carried === number) ?? CARRIED.filter;
}
