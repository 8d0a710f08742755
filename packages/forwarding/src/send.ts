import { read16, write16 } from "./bytes.ts";
import { updatedChecksum } from "./checksum.ts";
import { ETHERNET_BYTES, TUNNEL_HEADER_BYTES } from "./constants.ts";
import type { DropReason } from "./drop-reason.ts";
import type { FlowKey } from "./flow.ts";
import { flowHash } from "./flow-key.ts";
import { frameFor, sendTo } from "./frame.ts";
import type { InetHeader } from "./inet-header.ts";
import type { Offload, Output } from "./outcome.ts";
import { PUNT_REASON } from "./punt.ts";
import type { Resolution } from "./resolve.ts";
import type { ForwarderState } from "./state.ts";
import { clampMss } from "./tcp-mss.ts";
import { segmentBytes } from "./transport.ts";
import { encapsulate } from "./tunnel.ts";

/** A packet that may not go on, and whether its sender is told through the agent. */
export interface Refusal {
  readonly drop: DropReason;
  readonly puntReason: number | undefined;
}

/** Why the packet cannot be sent as it is: its TTL ends here, or it is too long for its way. */
export function refusal(
  state: ForwarderState,
  frame: Uint8Array,
  header: InetHeader,
  resolution: Resolution,
  offload: Offload,
): Refusal | undefined {
  if (!resolution.sameSubnet && header.ttl <= 1) return { drop: "ttl_exceeded", puntReason: PUNT_REASON.zeroTtl };
  const mtuBytes =
    resolution.target.kind === "tunnel"
      ? state.tables.settings.underlayMtuBytes - TUNNEL_HEADER_BYTES
      : resolution.target.row.mtuBytes;
  if (segmentBytes(frame, header, offload.gsoSizeBytes) <= mtuBytes) return undefined;
  return { drop: "frag_err", puntReason: header.dontFragment ? PUNT_REASON.handleDf : undefined };
}

/** Room that tunnels may take in whatever encapsulation the other end uses: the machines' MTU is the underlay's less this. */
const MSS_TUNNEL_ROOM_BYTES = 50;
/** IPv4 and TCP headers without options. */
const MSS_HEADER_BYTES = 40;

/** Changes a copy of the packet as a router does, and sends it on its way. */
export function send(
  state: ForwarderState,
  frame: Uint8Array,
  header: InetHeader,
  key: FlowKey,
  resolution: Resolution,
  offload: Offload,
): Output {
  const { settings } = state.tables;
  const packet = frame.slice(ETHERNET_BYTES);
  const inner = { ...header, offset: 0 };
  if (!resolution.sameSubnet) decrementTtl(packet);
  const { target } = resolution;
  const pathBytes = target.kind === "tunnel" ? settings.underlayMtuBytes - MSS_TUNNEL_ROOM_BYTES : target.row.mtuBytes;
  clampMss(packet, inner, pathBytes - MSS_HEADER_BYTES, offload.partialChecksum ?? false);
  if (target.kind === "interface") return sendTo(state, target.row, frameFor(target.row, packet));
  const ends = {
    source: settings.localAddress,
    destination: target.remoteAddress,
    label: target.label,
    hash: flowHash(key),
  };
  return { kind: "underlay", packet: encapsulate(packet, ends) };
}

function decrementTtl(packet: Uint8Array): void {
  const before = read16(packet, 8);
  write16(packet, 8, before - 0x100);
  write16(packet, 10, updatedChecksum(read16(packet, 10), before, before - 0x100));
}
