import {
  disableOffloads,
  interfaceIndex,
  isolateFromHostStack,
  openPacketSocket,
  type PacketSocket,
} from "@contrail/netns";
import type { Logger } from "@contrail/observability";
import type { DeviceUse } from "../core/device-use.ts";
import { MACHINE_FILTER } from "../core/machine-filter.ts";
import { UNDERLAY_FILTER } from "../core/underlay-filter.ts";

const FILTERS = { machine: MACHINE_FILTER, underlay: UNDERLAY_FILTER, punt: [] } as const;

/** An open device with what it is for now. */
export interface OpenDevice {
  readonly socket: PacketSocket;
  use: DeviceUse;
}

/** The packet sockets by device name; follows what is wanted and what is there. */
export class DeviceTable {
  readonly #open = new Map<string, OpenDevice>();
  readonly #logger: Logger;
  readonly #onReadable: (device: OpenDevice) => void;

  constructor(logger: Logger, onReadable: (device: OpenDevice) => void) {
    this.#logger = logger;
    this.#onReadable = onReadable;
  }

  get(name: string): OpenDevice | undefined {
    return this.#open.get(name);
  }

  /** Opens what is wanted and there, closes what is not wanted, gone, or another device of the same name. */
  reconcile(wanted: ReadonlyMap<string, DeviceUse>): void {
    for (const [name, device] of this.#open) {
      const use = wanted.get(name);
      const same = use?.kind === device.use.kind && interfaceIndex(name) === device.socket.interfaceIndex;
      if (use !== undefined && same) device.use = use;
      else this.close(name);
    }
    for (const [name, use] of wanted) if (!this.#open.has(name)) this.#tryOpen(name, use);
  }

  close(name: string): void {
    this.#open.get(name)?.socket.close();
    if (this.#open.delete(name)) this.#logger.debug("device closed", { device: name });
  }

  closeAll(): void {
    for (const name of [...this.#open.keys()]) this.close(name);
  }

  #tryOpen(name: string, use: DeviceUse): void {
    try {
      if (!disableOffloads(name)) return;
      if (use.kind !== "underlay") this.#isolate(name);
      const socket = openPacketSocket(name, FILTERS[use.kind]);
      if (socket === undefined) return;
      const device = { socket, use };
      this.#open.set(name, device);
      socket.onReadable((gone) => {
        if (gone) this.close(name);
        else this.#onReadable(device);
      });
      this.#logger.debug("device opened", { device: name, use: use.kind });
    } catch (reason) {
      this.#logger.warn("device could not be opened", { device: name, reason: String(reason) });
    }
  }

  #isolate(name: string): void {
    const failed = isolateFromHostStack(name);
    if (failed.length > 0) this.#logger.warn("host stack still sees a machine's device", { device: name, failed });
  }
}
