import type { Forwarder, Output, TableDelta } from "@contrail/forwarding";
import type { RawInetSocket } from "@contrail/netns";
import type { Logger } from "@contrail/observability";
import { deviceUses } from "../core/device-use.ts";
import { withTag } from "../core/machine-filter.ts";
import { DeviceTable, type OpenDevice } from "./device-table.ts";

/** Frames taken from one device before the others get their turn. */
const FRAMES_PER_TURN = 64;

/** What a data path is made of; the clock counts nanoseconds and never runs backward. */
export interface DataPathParts {
  readonly newForwarder: () => Forwarder;
  readonly underlay: RawInetSocket;
  readonly logger: Logger;
  readonly nowNs: () => bigint;
}

/** Packet sockets and forwarder, joined: forwards in the event loop as soon as rows name devices. */
export class DataPath {
  readonly #parts: DataPathParts;
  readonly #devices: DeviceTable;
  #forwarder: Forwarder;

  constructor(parts: DataPathParts) {
    this.#parts = parts;
    this.#forwarder = parts.newForwarder();
    this.#devices = new DeviceTable(parts.logger, (device) => this.#drain(device));
  }

  /** Tables, flows and counters as they are now. */
  forwarder(): Forwarder {
    return this.#forwarder;
  }

  /** Applies a batch and opens or closes devices by it. Throws as the forwarder does. */
  apply(batch: readonly TableDelta[]): void {
    try {
      this.#forwarder.apply(batch);
    } finally {
      this.reconcile();
    }
  }

  /** Removes unnamed rows, and lets go of their devices. */
  sweep(): number {
    const removed = this.#forwarder.sweep();
    this.reconcile();
    return removed;
  }

  /** Removes idle and closed flow entries; returns how many. */
  ageFlows(): number {
    return this.#forwarder.ageFlows(this.#parts.nowNs());
  }

  /** Opens devices that have come, closes those that have gone. */
  reconcile(): void {
    this.#devices.reconcile(deviceUses(this.#forwarder));
  }

  /** Back to the beginning: no rows, flows, counters, devices. */
  reset(): void {
    this.#forwarder = this.#parts.newForwarder();
    this.#devices.closeAll();
  }

  close(): void {
    this.#devices.closeAll();
  }

  #drain(device: OpenDevice): void {
    for (let frames = 0; frames < FRAMES_PER_TURN; frames++) {
      const received = device.socket.receive();
      if (received.kind === "empty") return;
      if (received.kind === "gone") {
        this.#devices.close(device.socket.device);
        return;
      }
      for (const output of this.#forward(device, received.frame)) this.#emit(output);
    }
  }

  #forward(device: OpenDevice, frame: Uint8Array): readonly Output[] {
    switch (device.use.kind) {
      case "machine":
        return this.#forwarder.fromMachine(device.use.interface, withTag(frame), this.#parts.nowNs()).outputs;
      case "underlay":
        return this.#forwarder.fromUnderlay(frame, this.#parts.nowNs()).outputs;
      case "punt":
        return this.#forwarder.fromAgent(frame).outputs;
    }
  }

  #emit(output: Output): void {
    if (output.kind === "underlay") {
      const refused = this.#parts.underlay.send(output.packet) !== 0;
      if (refused) this.#forwarder.countDrop("interface_tx_discard", undefined);
      return;
    }
    if (this.#devices.get(output.device)?.socket.send(output.frame) === 0) return;
    if (output.kind === "punt") this.#forwarder.countDrop("trap_no_if", undefined);
    else this.#forwarder.countDrop("interface_tx_discard", output.interface);
  }
}
