import { formatInetAddress } from "@contrail/net";
import { openPacketSocket } from "@contrail/netns";
import { MPLS_OVER_UDP_PORT } from "./ports.ts";
import type { Probe } from "./probe-main.ts";

/** What was seen of tunnels on an underlay device, received ones only. */
export interface TunnelCapture {
  /** MPLSoUDP packets by "source>destination" of the outer header. */
  readonly tunnels: Readonly<Record<string, number>>;
  /** TTLs of inner packets by "source>destination" of the inner header. */
  readonly innerTtl: Readonly<Record<string, readonly number[]>>;
  /** Longest inner packet, bytes. */
  readonly longestInner: number;
  /** Outer source ports seen. */
  readonly sourcePorts: number;
}

const ETHERNET_BYTES = 14;
const OUTER_BYTES = 20 + 8 + 4;

/** Watches MPLSoUDP on a device. */
export async function captureTunnels(device: string): Promise<Probe> {
  const socket = openPacketSocket(device);
  if (socket === undefined) throw new Error(`there is no device ${device}`);
  const tunnels = new Map<string, number>();
  const innerTtl = new Map<string, Set<number>>();
  const sourcePorts = new Set<number>();
  let longestInner = 0;
  const look = (frame: Uint8Array): void => {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    const inner = ETHERNET_BYTES + OUTER_BYTES;
    if (frame.length < inner + 20 || view.getUint16(12) !== 0x0800 || view.getUint8(ETHERNET_BYTES + 9) !== 17) return;
    if (view.getUint16(ETHERNET_BYTES + 22) !== MPLS_OVER_UDP_PORT) return;
    sourcePorts.add(view.getUint16(ETHERNET_BYTES + 20));
    const pair = (at: number): string =>
      `${formatInetAddress(view.getUint32(at + 12))}>${formatInetAddress(view.getUint32(at + 16))}`;
    tunnels.set(pair(ETHERNET_BYTES), (tunnels.get(pair(ETHERNET_BYTES)) ?? 0) + 1);
    const ttls = innerTtl.get(pair(inner)) ?? new Set<number>();
    innerTtl.set(pair(inner), ttls.add(view.getUint8(inner + 8)));
    longestInner = Math.max(longestInner, view.getUint16(inner + 2));
  };
  socket.onReadable(() => {
    for (let received = socket.receive(); received.kind === "frame"; received = socket.receive()) look(received.frame);
  });
  const result = (): TunnelCapture => ({
    tunnels: Object.fromEntries(tunnels),
    innerTtl: Object.fromEntries([...innerTtl].map(([pair, ttls]) => [pair, [...ttls]])),
    longestInner,
    sourcePorts: sourcePorts.size,
  });
  return { done: new Promise(() => {}), result, close: () => socket.close() };
}
