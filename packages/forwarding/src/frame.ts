import { VROUTER_MAC, writeMacAddress } from "@contrail/net";
import { write16 } from "./bytes.ts";
import { ETHERNET_BYTES, ETHERTYPE_INET } from "./constants.ts";
import type { Output } from "./outcome.ts";
import type { ForwarderState } from "./state.ts";
import type { InterfaceRow } from "./tables.ts";

/** The frame that brings an IPv4 packet to a machine: from the vRouter's MAC to the machine's. */
export function frameFor(row: InterfaceRow, packet: Uint8Array): Uint8Array {
  const frame = new Uint8Array(ETHERNET_BYTES + packet.length);
  writeMacAddress(frame, 0, row.mac);
  writeMacAddress(frame, 6, VROUTER_MAC);
  write16(frame, 12, ETHERTYPE_INET);
  frame.set(packet, ETHERNET_BYTES);
  return frame;
}

/** Counts a frame as sent and names its device. */
export function sendTo(state: ForwarderState, row: InterfaceRow, frame: Uint8Array): Output {
  state.counters.sent(row.id, frame.length);
  return { kind: "interface", interface: row.id, device: row.device, frame };
}
