import { connect, type Socket } from "node:net";
import { encodeAttributes, encodeEndOfRib, encodeReach, UPDATE } from "@contrail/bgp";
import { PLAIN } from "@contrail/bgp/testing";
import { systemClock } from "@contrail/runtime";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RawPeer, type RawPeerOptions } from "../../testing/raw-peer.ts";
import { ScaledClock } from "../../testing/scaled-clock.ts";
import { RecordingHandler } from "./recording-handler.ts";
import { closeSpeakers, DEADLINE, peer, startSpeaker } from "./speaker-pair.ts";

const NODE = "127.0.83.1";
/** A hundred seconds of the peers' time in one of ours. */
const FACTOR = 100;
/** RFC 9687 section 4: the greater of 8 minutes and twice the hold time. */
const [HOLD_MS, SEND_HOLD_MS] = [240_000, 480_000];
/** RFC 4271 section 8.2.2: what an OPEN may take. */
const OPEN_HOLD_MS = 240_000;
const LONG = { timeout: 25_000, interval: 10 };

const peers: RawPeer[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const each of peers.splice(0)) each.destroy();
  for (const socket of sockets.splice(0)) socket.destroy();
  await closeSpeakers();
});

/** A speaker with passive peers on loopback, by name and last octet of the address. */
async function speakerOf(names: Readonly<Record<string, number>>, clock = new ScaledClock(FACTOR)) {
  const handler = new RecordingHandler();
  const speaker = await startSpeaker(NODE, handler, { clock });
  speaker.setPeers(
    Object.entries(names).map(([name, last]) =>
      peer(name, `127.0.83.${last}`, 179, { passive: true, holdTimeMs: HOLD_MS }),
    ),
  );
  const status = (name: string) => speaker.status().find((each) => each.name === name);
  const join = (name: string, more: Partial<RawPeerOptions> = {}): RawPeer => {
    const node = { address: NODE, port: speaker.port };
    const settings = { holdTimeMs: HOLD_MS };
    const made = new RawPeer({ address: `127.0.83.${names[name]}`, node, settings, ...more });
    peers.push(made);
    made.keepAlive(clock, HOLD_MS / 6);
    return made;
  };
  return { handler, speaker, status, join };
}

/** Some long UPDATEs. */
function updates(): readonly Uint8Array[] {
  const routes = Array.from({ length: 4_000 }, (_, index) => ({
    ...{ rdHigh: 1, rdLow: 1, address: 0x0a000000 + index, length: 32, label: 16 },
  }));
  const attributes = encodeAttributes({ ...PLAIN, localPreference: 100 }, { fourOctetAs: true });
  const encoded = encodeReach({ family: "inet-vpn", routes, nextHop: 0xac1f0009 }, attributes, 65_535);
  return encoded.kind === "encoded" ? encoded.messages : [];
}

describe("a peer that says that it lives", () => {
  test("and reads nothing, or an octet a second, is dropped when the send hold time is over; others never notice", async () => {
    const { handler, speaker, status, join } = await speakerOf({ good: 2, stuck: 3, dripping: 4 });
    let heard = 0;
    const [good, stuck, dripping] = [
      join("good", {
        onMessage: (type) => {
          if (type === UPDATE) heard++;
        },
      }),
      join("stuck"),
      join("dripping"),
    ];
    await vi.waitFor(() => expect(handler.sessions.size).toBe(3), DEADLINE);
    for (const slow of [stuck, dripping]) slow.socket.pause();
    const drip = setInterval(() => dripping.socket.read(1), 1_000 / FACTOR);
    try {
      for (const name of ["stuck", "dripping"]) {
        const session = handler.sessions.get(name);
        for (let takes = true; takes; await new Promise(setImmediate)) {
          for (const message of updates()) takes = session?.send(message) === true && takes;
        }
      }
      const waiting = speaker.status().map(({ name, outputBytes }) => `${name} ${outputBytes}`);
      const sinceMs = systemClock.monotonicMs();
      let sent = 0;
      await vi.waitFor(() => {
        handler.sessions.get("good")?.send(encodeEndOfRib("inet-vpn"));
        sent++;
        expect(handler.downs).toHaveLength(2);
      }, LONG);
      const tookMs = (systemClock.monotonicMs() - sinceMs) * FACTOR;
      console.log(
        `waiting octets: ${waiting}; dropped after ${Math.round(tookMs / 1_000)} s, bar ${SEND_HOLD_MS / 1_000} s`,
      );
      expect(handler.downs.map(({ reason }) => reason)).toEqual(["send hold timer expired", "send hold timer expired"]);
      expect([status("stuck")?.outputBytes, status("dripping")?.outputBytes]).toEqual([0, 0]);
      expect([status("good")?.state, status("good")?.establishedCount]).toEqual(["established", 1]);
      await vi.waitFor(() => expect(heard).toBe(sent), DEADLINE);
      expect(good.closed).toBe(false);
    } finally {
      clearInterval(drip);
    }
  });
});

describe("a peer that never comes to the end of its OPEN", () => {
  test("is cut off after the time that an OPEN may take, though it sends an octet a second", async () => {
    const { status, handler, join } = await speakerOf({ good: 2, slow: 3 });
    const good = join("good");
    await vi.waitFor(() => expect(handler.sessions.size).toBe(1), DEADLINE);
    const socket = connect({ host: NODE, port: good.socket.remotePort ?? 0, localAddress: "127.0.83.3" });
    sockets.push(socket);
    let over = false;
    socket.on("close", () => {
      over = true;
    });
    socket.on("data", () => {});
    const open = new Uint8Array(4_096).fill(0xff);
    open.set([0x10, 0x00, 1, 4], 16);
    let sent = 0;
    const sinceMs = systemClock.monotonicMs();
    const drip = setInterval(() => socket.write(open.subarray(sent, ++sent)), 1_000 / FACTOR);
    try {
      await vi.waitFor(() => expect(over).toBe(true), LONG);
    } finally {
      clearInterval(drip);
    }
    const tookS = Math.round(((systemClock.monotonicMs() - sinceMs) * FACTOR) / 1_000);
    console.log(`cut off after ${tookS} s and ${sent} octets, bar ${OPEN_HOLD_MS / 1_000} s`);
    expect(sent).toBeGreaterThan(19);
    expect(status("slow")?.lastDownReason).toBe("hold timer expired");
    expect(status("good")).toMatchObject({ state: "established", establishedCount: 1 });
  });
});

describe("a thousand connections of one peer", () => {
  test.each([false, true])(
    "are one at a time, with a session of its own there: %s; others are served",
    async (withSession) => {
      const { handler, status, join } = await speakerOf({ good: 2, many: 3 });
      const good = join("good");
      if (withSession) join("many");
      await vi.waitFor(() => expect(handler.sessions.size).toBe(withSession ? 2 : 1), DEADLINE);
      let closed = 0;
      const before = process.memoryUsage().rss;
      for (let count = 0; count < 1_000; count++) {
        const socket = connect({ host: NODE, port: good.socket.remotePort ?? 0, localAddress: "127.0.83.3" });
        sockets.push(socket);
        socket.on("data", () => {});
        socket.on("error", () => {});
        socket.on("close", () => void closed++);
      }
      await vi.waitFor(() => expect(closed).toBeGreaterThanOrEqual(999), LONG);
      console.log(`growth ${Math.round((process.memoryUsage().rss - before) / 1024)} kB, both ends`);
      expect(status("many")?.state).toBe(withSession ? "established" : "open-sent");
      expect(handler.downs).toEqual([]);
      const events = handler.events.length;
      good.write(encodeEndOfRib("inet-vpn"));
      await vi.waitFor(() => expect(handler.events).toHaveLength(events + 1), DEADLINE);
      expect(status("good")).toMatchObject({ state: "established", establishedCount: 1 });
    },
  );
});
