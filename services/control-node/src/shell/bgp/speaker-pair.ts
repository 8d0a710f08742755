import { silentLogger, silentMeter } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import { expect, vi } from "vitest";
import { RecordingHandler } from "./recording-handler.ts";
import type { BgpSpeaker, DesiredPeer } from "./session-port.ts";
import { type BgpSpeakerOptions, startBgpSpeaker } from "./speaker.ts";

/* Speakers on loopback, for tests. */

/** Long enough for a loaded machine; nothing takes a second. */
export const DEADLINE = { timeout: 15_000, interval: 5 };
const TIMING = { connectRetryMs: 200, idleHoldMinMs: 50, idleHoldMaxMs: 400 };

const speakers: BgpSpeaker[] = [];

/** Closes all that were started; after each test. */
export async function closeSpeakers(): Promise<void> {
  await Promise.all(speakers.splice(0).map((speaker) => speaker.close()));
}

/** A speaker on an address and a free port, with short timers. */
export async function startSpeaker(
  address: string,
  handler: RecordingHandler,
  options: Partial<BgpSpeakerOptions> = {},
) {
  const speaker = await startBgpSpeaker({
    address,
    port: 0,
    clock: systemClock,
    logger: silentLogger,
    meter: silentMeter,
    handler,
    timing: TIMING,
    ...options,
  });
  speakers.push(speaker);
  return speaker;
}

/** A peer of it. */
export function peer(name: string, address: string, port: number, more: Partial<DesiredPeer> = {}): DesiredPeer {
  return { name, address, port, localAs: 64512, peerAs: 64512, families: ["inet-vpn"], ...more };
}

/** Two speakers that know each other, and what happened on each. */
export async function pair(
  left = new RecordingHandler(),
  right = new RecordingHandler(),
  more: Partial<DesiredPeer> = {},
) {
  const [one, two] = [await startSpeaker("127.0.81.1", left), await startSpeaker("127.0.81.2", right)];
  one.setPeers([peer("two", "127.0.81.2", two.port, more)]);
  two.setPeers([peer("one", "127.0.81.1", one.port, more)]);
  await vi.waitFor(() => {
    expect(left.sessions.size).toBe(1);
    expect(right.sessions.size).toBe(1);
  }, DEADLINE);
  const [leftSession, rightSession] = [left.sessions.get("two"), right.sessions.get("one")];
  if (leftSession === undefined || rightSession === undefined) throw new Error("no session");
  return { one, two, left, right, leftSession, rightSession };
}
