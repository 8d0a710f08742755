import type { Forwarder, Output, TableDelta } from "@contrail/forwarding";
import type { RawInetSocket } from "@contrail/netns";
import type { Logger } from "@contrail/observability";
import { deviceUses } from "../core/device-use.ts";
import { DeviceTable, type OpenDevice } from "./device-table.ts";

/** Frames taken from one device before the others get their turn. */
const FRAMES_PER_TURN = 64;

/** Packet sockets and forwarder, joined. */
export interface DataPath {
  /** Tables, flows and counters as they are now. */
  forwarder(): Forwarder;
  /** Applies a batch and opens or closes devices by it. Throws as the forwarder does. */
  apply(batch: readonly TableDelta[]): void;
  /** Removes unnamed rows, and lets go of their devices. */
  sweep(): number;
  nowNs(): bigint;
  /** Opens devices that have come, closes those that have gone. */
  reconcile(): void;
  /** Back to the beginning: no rows, flows, counters, devices. */
  reset(): void;
  close(): void;
}

export interface DataPathParts {
  readonly newForwarder: () => Forwarder;
  readonly underlay: RawInetSocket;
  readonly logger: Logger;
  readonly nowNs: () => bigint;
}

/** Forwards from the first call on, in the event loop. */
export function createDataPath(parts: DataPathParts): DataPath {
  let forwarder = parts.newForwarder();
  const devices = new DeviceTable(parts.logger, (device) => drain(device));
  const reconcile = (): void => devices.reconcile(deviceUses(forwarder));

  const drain = (device: OpenDevice): void => {
    for (let frames = 0; frames < FRAMES_PER_TURN; frames++) {
      const received = device.socket.receive();
      if (received.kind === "empty") return;
      if (received.kind === "gone") {
        devices.close(device.socket.device);
        return;
      }
      for (const output of process(device, received.frame)) emit(output);
    }
  };

  const process = (device: OpenDevice, frame: Uint8Array): readonly Output[] => {
    switch (device.use.kind) {
      case "machine":
        return forwarder.fromMachine(device.use.interface, frame, parts.nowNs()).outputs;
      case "underlay":
        return forwarder.fromUnderlay(frame, parts.nowNs()).outputs;
      case "punt":
        return forwarder.fromAgent(frame).outputs;
    }
  };

  const emit = (output: Output): void => {
    if (output.kind === "underlay") {
      if (parts.underlay.send(output.packet) !== 0) forwarder.countDrop("interface_tx_discard", undefined);
      return;
    }
    const sent = devices.get(output.device)?.socket.send(output.frame);
    if (sent === 0) return;
    if (output.kind === "punt") forwarder.countDrop("trap_no_if", undefined);
    else forwarder.countDrop("interface_tx_discard", output.interface);
  };

  return {
    forwarder: () => forwarder,
    apply: (batch) => {
      try {
        forwarder.apply(batch);
      } finally {
        reconcile();
      }
    },
    sweep: () => {
      const removed = forwarder.sweep();
      reconcile();
      return removed;
    },
    nowNs: parts.nowNs,
    reconcile,
    reset: () => {
      forwarder = parts.newForwarder();
      devices.closeAll();
    },
    close: () => devices.closeAll(),
  };
}
