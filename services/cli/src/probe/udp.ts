import { createSocket } from "node:dgram";
import type { Probe } from "./probe-main.ts";

/** What a receiver has seen of a numbered stream. */
export interface NumberedResult {
  readonly received: number;
  readonly doubled: number;
  /** Numbers below the highest seen that never came. */
  readonly missing: number;
  /** Longest silence between two packets, milliseconds. */
  readonly longestGapMs: number;
}

const never = new Promise<void>(() => {});
const TICK_MS = 1;

/** Counts numbered packets: 32-bit numbers from 0 up. */
export async function receiveNumbered(port: number): Promise<Probe> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4 << 20 });
  const seen = new Set<number>();
  let doubled = 0;
  let highest = -1;
  let lastAt = 0;
  let longestGapMs = 0;
  socket.on("message", (message) => {
    const number = message.length < 4 ? 0 : message.readUInt32BE(0);
    if (seen.has(number)) doubled += 1;
    seen.add(number);
    highest = Math.max(highest, number);
    const now = performance.now();
    if (lastAt > 0) longestGapMs = Math.max(longestGapMs, now - lastAt);
    lastAt = now;
  });
  await new Promise<void>((resolve) => socket.bind(port, () => resolve()));
  return {
    done: never,
    result: (): NumberedResult => ({
      received: seen.size,
      doubled,
      missing: highest + 1 - seen.size,
      longestGapMs: Math.round(longestGapMs),
    }),
    close: () => socket.close(),
  };
}

/** Sends so many numbered packets a second until it is stopped. */
export async function sendNumbered(address: string, port: number, perSecond: number): Promise<Probe> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.connect(port, address, () => resolve()));
  const startedAt = performance.now();
  let numbered = 0;
  let sent = 0;
  socket.on("error", () => {}); // A refused packet counts as lost at the receiver.
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1_000);
    for (; numbered < due; numbered++) {
      const message = Buffer.alloc(64);
      message.writeUInt32BE(numbered, 0);
      socket.send(message, () => {
        sent += 1;
      });
    }
  }, TICK_MS);
  return {
    done: never,
    async stop() {
      clearInterval(timer);
      while (sent < numbered) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    },
    result: () => ({ sent }),
    close: () => socket.close(),
  };
}
