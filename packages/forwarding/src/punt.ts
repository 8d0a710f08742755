import { writeMacAddress } from "@contrail/net";
import { read16, write16 } from "./bytes.ts";
import { ETHERNET_BYTES, ETHERTYPE_PUNT } from "./constants.ts";
import type { Output } from "./outcome.ts";
import type { ForwarderState } from "./state.ts";
import type { InterfaceRow } from "./tables.ts";

/**
 * A frame between data plane and agent on the punt device:
 *
 *   destination MAC 02:00:00:00:00:01 | source MAC 02:00:00:00:00:02 | EtherType 0x88b5
 *   version:8 = 1 | reason:8 | interface:16 | vrf:16 | 0:16 | the frame
 */
export interface PuntHead {
  readonly reason: number;
  readonly interface: number;
  readonly vrf: number;
}

export const PUNT_REASON = { dhcp: 1, nexthop: 2, zeroTtl: 3, handleDf: 4, fromAgent: 128 } as const;

/** MAC of the agent's end of the punt device. */
export const AGENT_MAC = 0x020000000001;
/** MAC that frames to the agent come from. */
export const DATA_PLANE_MAC = 0x020000000002;
/** Ethernet and the head of 8 bytes. */
export const PUNT_HEAD_BYTES = ETHERNET_BYTES + 8;
const PUNT_VERSION = 1;
const WINDOW_NS = 1_000_000_000n;

/** Puts the head before a frame. */
export function encodePunt(head: PuntHead, frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PUNT_HEAD_BYTES + frame.length);
  writeMacAddress(bytes, 0, AGENT_MAC);
  writeMacAddress(bytes, 6, DATA_PLANE_MAC);
  write16(bytes, 12, ETHERTYPE_PUNT);
  bytes[14] = PUNT_VERSION;
  bytes[15] = head.reason;
  write16(bytes, 16, head.interface);
  write16(bytes, 18, head.vrf);
  bytes.set(frame, PUNT_HEAD_BYTES);
  return bytes;
}

/** Splits head and frame; undefined where it is no such frame. The MACs, and the last 16 bits, are not looked at. */
export function decodePunt(bytes: Uint8Array): { readonly head: PuntHead; readonly frame: Uint8Array } | undefined {
  if (bytes.length < PUNT_HEAD_BYTES + ETHERNET_BYTES) return undefined;
  if (read16(bytes, 12) !== ETHERTYPE_PUNT || bytes[14] !== PUNT_VERSION) return undefined;
  const head = { reason: bytes[15] ?? 0, interface: read16(bytes, 16), vrf: read16(bytes, 18) };
  return { head, frame: bytes.subarray(PUNT_HEAD_BYTES) };
}

/** Counts punts by interface in windows of a second. */
export class PuntLimiter {
  readonly #windows = new Map<number, { startNs: bigint; punts: number }>();

  allow(id: number, limit: number, nowNs: bigint): boolean {
    let window = this.#windows.get(id);
    if (window === undefined || nowNs - window.startNs > WINDOW_NS) {
      window = { startNs: nowNs, punts: 0 };
      this.#windows.set(id, window);
    }
    if (window.punts >= limit) return false;
    window.punts += 1;
    return true;
  }

  forget(id: number): void {
    this.#windows.delete(id);
  }
}

/** The frame for the agent, or why there is none. */
export function punt(
  state: ForwarderState,
  ingress: InterfaceRow,
  reason: number,
  frame: Uint8Array,
  nowNs: bigint,
): Output | "trap_no_if" | "trap_original" {
  const { puntDevice, puntsPerSecond } = state.tables.settings;
  if (puntDevice === "") return "trap_no_if";
  if (!state.punts.allow(ingress.id, puntsPerSecond, nowNs)) return "trap_original";
  const head = { reason, interface: ingress.id, vrf: ingress.vrf };
  return { kind: "punt", device: puntDevice, frame: encodePunt(head, frame) };
}
