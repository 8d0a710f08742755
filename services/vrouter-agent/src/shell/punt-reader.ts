import { decodePunt, ETHERTYPE_PUNT, encodePunt, PUNT_REASON } from "@contrail/forwarding";
import { openPacketSocket, type PacketSocket } from "@contrail/netns";
import type { Counter } from "@contrail/observability";
import { replyToPunt } from "../core/punt-reply.ts";
import type { PortDirectory } from "./port-directory.ts";
import { AGENT_DEVICE } from "./punt-devices.ts";

/** Frames read at a stretch before the event loop goes on. */
const BURST = 64;
/** Classic BPF: frames of the punt EtherType, and not those of the host's sockets, which the kernel takes. */
const PUNTS_ONLY = [
  [0x28, 0, 0, 12],
  [0x15, 0, 1, ETHERTYPE_PUNT],
  [0x06, 0, 0, 0xffffffff],
  [0x06, 0, 0, 0],
] as const;

/** Answers what machines punt: DHCP, ping of the gateway, ICMP errors. Gives the function that stops it. */
export function readPunts(ports: PortDirectory, mtuBytes: number, answered: Counter): () => void {
  const socket = openPacketSocket(AGENT_DEVICE, PUNTS_ONLY);
  if (socket === undefined) throw new Error(`${AGENT_DEVICE} is not there`);
  socket.onReadable((gone) => {
    if (!gone) drain(socket, ports, mtuBytes, answered);
  });
  return () => socket.close();
}

function drain(socket: PacketSocket, ports: PortDirectory, mtuBytes: number, answered: Counter): void {
  for (let count = 0; count < BURST; count++) {
    const received = socket.receive();
    if (received.kind !== "frame") return;
    const reply = answer(received.frame, ports, mtuBytes);
    if (reply === undefined) continue;
    socket.send(reply);
    answered.add(1);
  }
}

/** What goes back to the data plane for a frame from the punt device; undefined: nothing. Any octets have an answer. */
export function answer(received: Uint8Array, ports: PortDirectory, mtuBytes: number): Uint8Array | undefined {
  const punt = decodePunt(received);
  if (punt === undefined) return undefined;
  const port = ports.byInterface(punt.head.interface);
  const reply = port === undefined ? undefined : replyToPunt(punt.head, punt.frame, port, mtuBytes);
  return reply && encodePunt({ ...punt.head, reason: PUNT_REASON.fromAgent }, reply);
}
