import { decodePunt, encodePunt, PUNT_REASON } from "@contrail/forwarding";
import { openPacketSocket, type PacketSocket, runIp } from "@contrail/netns";
import type { Counter } from "@contrail/observability";
import { replyToPunt } from "../core/punt-reply.ts";
import type { Agent } from "./agent.ts";

/** Device of the data plane, and its other end, which is the agent's. */
export const PUNT_DEVICE = "pkt0";
const AGENT_DEVICE = "pkt0a";
/** Frames read at a stretch before the event loop goes on. */
const BURST = 64;

/** Makes the pair of punt devices unless it is there. */
export async function makePuntDevices(): Promise<void> {
  const known = await runIp(["link", "show", PUNT_DEVICE]).catch(() => undefined);
  if (known === undefined) await runIp(["link", "add", PUNT_DEVICE, "type", "veth", "peer", "name", AGENT_DEVICE]);
  for (const device of [PUNT_DEVICE, AGENT_DEVICE]) {
    await runIp(["link", "set", device, "mtu", "9000", "addrgenmode", "none", "arp", "off", "up"]);
  }
}

/** Answers what machines punt: DHCP, ping of the gateway, ICMP errors. Gives the function that stops it. */
export function readPunts(agent: Agent, mtuBytes: number, answered: Counter): () => void {
  const socket = openPacketSocket(AGENT_DEVICE);
  if (socket === undefined) throw new Error(`${AGENT_DEVICE} is not there`);
  socket.onReadable((gone) => {
    if (!gone) drain(socket, agent, mtuBytes, answered);
  });
  return () => socket.close();
}

function drain(socket: PacketSocket, agent: Agent, mtuBytes: number, answered: Counter): void {
  for (let count = 0; count < BURST; count++) {
    const received = socket.receive();
    if (received.kind !== "frame") return;
    const reply = answer(received.frame, agent, mtuBytes);
    if (reply === undefined) continue;
    socket.send(reply);
    answered.add(1);
  }
}

/** What goes back to the data plane for a frame from the punt device; undefined: nothing. Any octets have an answer. */
export function answer(received: Uint8Array, agent: Agent, mtuBytes: number): Uint8Array | undefined {
  const punt = decodePunt(received);
  if (punt === undefined) return undefined;
  const port = agent.state.ports.find(({ interfaceId }) => interfaceId === punt.head.interface)?.active;
  const reply = port === undefined ? undefined : replyToPunt(punt.head, punt.frame, port, mtuBytes);
  return reply && encodePunt({ ...punt.head, reason: PUNT_REASON.fromAgent }, reply);
}
