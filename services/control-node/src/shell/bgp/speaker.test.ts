import { connect, type Socket } from "node:net";
import {
  type Capability,
  encodeAttributes,
  encodeEndOfRib,
  encodeOpen,
  encodeReach,
  encodeRouteRefresh,
  encodeUnreach,
  frameMessage,
  type InetVpnRoute,
  KEEPALIVE_MESSAGE,
  localOpen,
  type PeerSettings,
  routeTarget,
  UPDATE,
} from "@contrail/bgp";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RecordingHandler } from "./recording-handler.ts";
import type { DesiredPeer } from "./session-port.ts";
import { closeSpeakers, DEADLINE, pair, peer, startSpeaker } from "./speaker-pair.ts";

const ATTRIBUTES = {
  origin: 2,
  asPath: [],
  localPreference: 100,
  communities: [],
  clusterList: [],
  extendedCommunities: [routeTarget(64512, 8000001)],
  largeCommunities: [],
  unknown: [],
} as const;

/** What a hand-made peer says in its OPEN. */
const SILENT: PeerSettings = {
  localAs: 64512,
  localId: 0,
  peerAs: 64512,
  families: ["inet-vpn"],
  holdTimeMs: 90_000,
  passive: false,
  connectRetryMs: 0,
  delayOpenMs: 0,
  idleHoldMinMs: 0,
  idleHoldMaxMs: 0,
  stableAfterMs: 0,
  gracefulRestartMs: 300_000,
};

const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await closeSpeakers();
});

/** A speaker with one passive peer, and that peer: a socket that has sent OPEN and KEEPALIVE and sends nothing else. */
async function handMadePeer(
  handler: RecordingHandler,
  address: string,
  more: Partial<DesiredPeer> = {},
  without: readonly Capability["kind"][] = [],
) {
  const speaker = await startSpeaker("127.0.81.1", handler);
  speaker.setPeers([peer(address, address, 179, { passive: true, ...more })]);
  const socket = connect({
    host: "127.0.81.1",
    port: speaker.port,
    localAddress: address,
    localPort: more.inner?.sourcePort,
  });
  sockets.push(socket);
  const received: Buffer[] = [];
  socket.on("data", (chunk) => received.push(chunk));
  const families = more.families ?? SILENT.families;
  const localAs = more.peerAs ?? SILENT.localAs;
  const open = localOpen({ ...SILENT, localId: 0x7f005132, families, localAs }, false);
  const capabilities = open.capabilities.filter(({ kind }) => !without.includes(kind));
  socket.write(encodeOpen({ ...open, capabilities }));
  socket.write(KEEPALIVE_MESSAGE);
  await vi.waitFor(() => expect(handler.sessions.size).toBe(1), DEADLINE);
  return { speaker, socket, received };
}

function routes(count: number): InetVpnRoute[] {
  return Array.from({ length: count }, (_, index) => ({
    rdHigh: 0x0001ac1e,
    rdLow: 0x01020001,
    address: 0x0a000000 + index,
    length: 32,
    label: 16 + (index % 100_000),
  }));
}

function encoded(count: number, maxMessageBytes: number): readonly Uint8Array[] {
  const attributes = encodeAttributes(ATTRIBUTES, { fourOctetAs: true });
  const result = encodeReach(
    { family: "inet-vpn", nextHop: 0xac1e0102, routes: routes(count) },
    attributes,
    maxMessageBytes,
  );
  if (result.kind !== "encoded") throw new Error(result.kind);
  return result.messages;
}

describe("two speakers", () => {
  test("bring up one session although both connect, and agree on what they can", async () => {
    const { one, two, leftSession, rightSession } = await pair();
    expect(leftSession.parameters).toMatchObject({
      external: false,
      peerId: 0x7f005102,
      families: ["inet-vpn"],
      fourOctetAs: true,
      maxMessageBytes: 65535,
      holdTimeMs: 90_000,
      routeRefresh: true,
      gracefulRestart: { restartTimeMs: 300_000, restarting: true, notifications: true },
    });
    expect(rightSession.parameters.peerId).toBe(0x7f005101);
    expect(one.status()).toMatchObject([{ state: "established", establishedCount: 1 }]);
    expect(two.status()).toMatchObject([{ state: "established", establishedCount: 1 }]);
  });

  test("carry routes, withdrawals, End-of-RIB and refresh requests", async () => {
    const { right, leftSession } = await pair();
    const all = routes(5_000);
    for (const message of encoded(5_000, leftSession.parameters.maxMessageBytes)) leftSession.send(message);
    leftSession.send(encodeEndOfRib("inet-vpn"));
    leftSession.send(encodeRouteRefresh({ afi: 1, safi: 128, subtype: "request" }));
    for (const message of encodeUnreach({ family: "inet-vpn", routes: all }, 4096)) leftSession.send(message);
    await vi.waitFor(
      () => expect(right.unreach.flatMap((unreach) => [...unreach.routes])).toHaveLength(5_000),
      DEADLINE,
    );
    expect(right.reach.flatMap((reach) => [...reach.routes])).toEqual(all);
    expect(right.updates[0]?.announced?.attributes).toMatchObject(ATTRIBUTES);
    expect(right.events).toEqual(["established one", "end-of-rib one inet-vpn", "route-refresh one inet-vpn"]);
  });

  test("a stopped session comes back by itself and may keep its routes", async () => {
    const { two, left, right, leftSession } = await pair();
    leftSession.stop("test");
    expect(left.downs).toMatchObject([{ reason: "ended here: cease: administrative reset" }]);
    await vi.waitFor(() => expect(right.downs).toHaveLength(1), DEADLINE);
    expect(two.status()).toMatchObject([{ shutdownText: "test" }]);
    expect(right.downs).toMatchObject([
      {
        reason: "notification received: cease: administrative reset",
        gracefulRestart: { families: ["inet-vpn"], restartTimeMs: 300_000 },
      },
    ]);
    await vi.waitFor(() => expect([left.sessions.size, right.sessions.size]).toEqual([1, 1]), DEADLINE);
    expect(leftSession.send(encodeEndOfRib("inet-vpn"))).toBe(false);
  });

  test("a session stopped for too many routes says so and keeps none, and comes back", async () => {
    const { left, right, leftSession } = await pair();
    leftSession.stop("test", "route-limit");
    await vi.waitFor(() => expect(right.downs).toHaveLength(1), DEADLINE);
    expect([left.downs[0]?.gracefulRestart, right.downs[0]?.gracefulRestart]).toEqual([undefined, undefined]);
    expect(right.downs[0]?.reason).toContain("hard reset");
    await vi.waitFor(() => expect([left.sessions.size, right.sessions.size]).toEqual([1, 1]), DEADLINE);
  });

  test("a peer that is removed ends hard; others stay up", async () => {
    const { one, two, right } = await pair();
    const other = new RecordingHandler();
    const three = await startSpeaker("127.0.81.3", other);
    three.setPeers([peer("one", "127.0.81.1", one.port)]);
    one.setPeers([peer("two", "127.0.81.2", two.port), peer("three", "127.0.81.3", three.port)]);
    await vi.waitFor(() => expect(other.sessions.size).toBe(1), DEADLINE);
    one.setPeers([peer("three", "127.0.81.3", three.port)]);
    await vi.waitFor(() => expect(right.downs).toHaveLength(1), DEADLINE);
    expect(right.downs[0]?.reason).toContain("hard reset");
    expect(right.downs[0]?.gracefulRestart).toBeUndefined();
    expect(other.downs).toEqual([]);
  });
});

describe("a listener", () => {
  test("refuses a thousand strangers, counts them, and keeps its session", async () => {
    const { one, left, leftSession } = await pair();
    const closed = Array.from({ length: 1000 }, () => {
      const socket = connect({ host: "127.0.81.1", port: one.port, localAddress: "127.0.81.99" });
      sockets.push(socket);
      return new Promise<void>((resolve) => {
        socket.on("error", () => {});
        socket.on("close", () => resolve());
      });
    });
    await Promise.all(closed);
    await vi.waitFor(() => expect(one.refusedConnections).toBe(1000), DEADLINE);
    expect(left.downs).toEqual([]);
    expect(leftSession.send(encodeEndOfRib("inet-vpn"))).toBe(true);
  });

  test("knows a tenant's router by its port, also on a host that is a BGP peer, and nobody else from that port", async () => {
    const handler = new RecordingHandler();
    const speaker = await startSpeaker("127.0.81.1", handler);
    const [host, other, sourcePort] = ["127.0.81.59", "127.0.81.60", 23_001];
    const inner = { instance: "red", sourcePort, hosts: [host], gateways: { inet: undefined, inet6: undefined } };
    speaker.setPeers([
      ...[host, other].map((address) => peer(address, address, 179, { passive: true })),
      peer("tenant", "10.1.0.9", 179, { passive: true, inner }),
    ]);
    for (const localAddress of [other, host]) {
      const socket = connect({ host: "127.0.81.1", port: speaker.port, localAddress, localPort: sourcePort });
      sockets.push(socket);
      socket.on("error", () => {}).on("data", () => {});
      socket.write(encodeOpen(localOpen({ ...SILENT, localId: 0x7f005132 }, false)));
      socket.write(KEEPALIVE_MESSAGE);
    }
    await vi.waitFor(() => {
      expect([handler.events, speaker.refusedConnections]).toEqual([["established tenant"], 1]);
    }, DEADLINE);
  });

  test("keeps the session of a tenant's router that has another address, gateway or host now: its port names it", async () => {
    const handler = new RecordingHandler();
    const [host, sourcePort] = ["127.0.81.62", 23_003];
    const inner = { instance: "red", sourcePort, hosts: [host], gateways: { inet: undefined, inet6: undefined } };
    const { speaker } = await handMadePeer(handler, host, { inner });
    const moved = { ...inner, hosts: ["127.0.81.63"], gateways: { inet: 0x0a010001, inet6: undefined } };
    speaker.setPeers([peer(host, "10.1.0.9", 179, { passive: true, inner: moved })]);
    expect(speaker.status()).toMatchObject([{ state: "established", address: "10.1.0.9", establishedCount: 1 }]);
    speaker.setPeers([peer(host, "10.1.0.9", 179, { passive: true, inner: { ...moved, sourcePort: 23_004 } })]);
    expect(handler.downs).toHaveLength(1);
  });

  test("octets that are no BGP end that connection only", async () => {
    const { one, left } = await pair();
    const socket = connect({ host: "127.0.81.1", port: one.port, localAddress: "127.0.81.2" });
    sockets.push(socket);
    const received: Buffer[] = [];
    socket.on("data", (chunk) => received.push(chunk));
    socket.write("GET / HTTP/1.1\r\nHost: bgp\r\n\r\n");
    await new Promise<void>((resolve) => socket.on("close", () => resolve()));
    expect(Buffer.concat(received).subarray(-2)).toEqual(Buffer.from([1, 1]));
    expect(left.downs).toEqual([]);
  });
});

describe("output", () => {
  test("beyond 4 MB of a peer that does not read is refused until it has drained", async () => {
    const { left, right, leftSession, rightSession } = await pair();
    rightSession.pause();
    const messages = encoded(4_000, 65535);
    let sent = 0;
    for (let full = false; !full && sent < 20_000; sent++) {
      for (const message of messages) full = !leftSession.send(message) || full;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeLessThan(20_000);
    expect(left.drains).toBe(0);
    rightSession.resume();
    await vi.waitFor(() => expect(left.drains).toBe(1), DEADLINE);
    leftSession.send(encodeEndOfRib("inet-vpn"));
    await vi.waitFor(() => expect(right.events).toContain("end-of-rib one inet-vpn"), DEADLINE);
    const count = right.reach.reduce((sum, reach) => sum + reach.routes.length, 0);
    expect(count).toBe(sent * 4_000);
    expect([left.downs, right.downs]).toEqual([[], []]);
  });
});

describe("a malformed UPDATE", () => {
  const VPN_ROUTE = "70 000111 0000fc0000000001 0a0101";
  const MP_REACH = `80 0e 20 0001 80 0c 0000000000000000 0a000001 00 ${VPN_ROUTE}`;
  const update = (attributes: string) => {
    const octets = Buffer.from(attributes.replaceAll(" ", ""), "hex");
    return frameMessage(UPDATE, Uint8Array.from([0, 0, octets.length >>> 8, octets.length & 255, ...octets]));
  };

  test("withdraws its routes and leaves the session up", async () => {
    const left = new RecordingHandler();
    const { speaker, socket } = await handMadePeer(left, "127.0.81.52");
    socket.write(update(`${MP_REACH} 40 01 01 09 40 02 00`));
    socket.write(encodeEndOfRib("inet-vpn"));
    await vi.waitFor(() => expect(left.events).toContain("end-of-rib 127.0.81.52 inet-vpn"), DEADLINE);
    expect(left.unreach).toMatchObject([{ family: "inet-vpn", routes: [{ address: 0x0a010100, length: 24 }] }]);
    expect(speaker.status()).toMatchObject([{ state: "established", treatedAsWithdraw: 1 }]);
  });

  test("that nothing can be read from ends the session with the right notification", async () => {
    const left = new RecordingHandler();
    const { socket, received } = await handMadePeer(left, "127.0.81.53");
    socket.write(update(MP_REACH.replace("70 ", "79 ")));
    await vi.waitFor(() => expect(left.downs).toHaveLength(1), DEADLINE);
    expect(left.downs[0]?.reason).toBe("message error: UPDATE error: optional attribute error");
    const expected = Buffer.from([3, 3, 9, 0x80, 0x0e, 0x20]);
    await vi.waitFor(() => expect(Buffer.concat(received).includes(expected)).toBe(true), DEADLINE);
  });
});

describe("octets of a peer", () => {
  const families = ["e-vpn", "inet-vpn"] as const;
  const EVPN_REACH = "80 0e 0a 0019 46 04 0a000001 00 03";
  const message = (attributes: string) => {
    const octets = Buffer.from(attributes.replaceAll(" ", ""), "hex");
    return frameMessage(UPDATE, Uint8Array.from([0, 0, octets.length >>> 8, octets.length & 255, ...octets]));
  };

  test("in a message of more than 4096 are taken, though the peer has not offered to take such messages", async () => {
    const left = new RecordingHandler();
    const { socket } = await handMadePeer(left, "127.0.81.54", {}, ["extended-message"]);
    expect(left.sessions.get("127.0.81.54")?.parameters.maxMessageBytes).toBe(4096);
    const [long] = encoded(1_000, 65_535);
    if (long === undefined || long.length <= 4096) throw new Error("not a long message");
    socket.write(long);
    await vi.waitFor(
      () => expect(left.reach.flatMap(({ routes }): unknown[] => [...routes])).toHaveLength(1_000),
      DEADLINE,
    );
    expect(left.downs).toEqual([]);
  });

  test("in such a message end the session of a tenant's router, which was not offered any", async () => {
    const left = new RecordingHandler();
    const inner = {
      instance: "red",
      sourcePort: 23_002,
      hosts: ["127.0.81.61"],
      gateways: { inet: undefined, inet6: undefined },
    };
    const { socket, received } = await handMadePeer(left, "127.0.81.61", { inner });
    const [long] = encoded(1_000, 65_535);
    socket.write(long ?? "");
    await vi.waitFor(() => expect(left.downs).toHaveLength(1), DEADLINE);
    // Message header error, bad message length.
    await vi.waitFor(() => expect(Buffer.concat(received).includes(Buffer.from([3, 1, 2]))).toBe(true), DEADLINE);
    expect(left.reach).toEqual([]);
  });

  test("that are no routes of one family cost that family alone, until the session ends", async () => {
    const left = new RecordingHandler();
    const { speaker, socket } = await handMadePeer(left, "127.0.81.55", { families });
    socket.write(message(EVPN_REACH));
    socket.write(message(EVPN_REACH));
    socket.write(encodeEndOfRib("e-vpn"));
    for (const bytes of encoded(3, 4096)) socket.write(bytes);
    socket.write(encodeEndOfRib("inet-vpn"));
    await vi.waitFor(() => expect(left.events).toContain("end-of-rib 127.0.81.55 inet-vpn"), DEADLINE);
    expect(left.events).toEqual([
      "established 127.0.81.55",
      "disabled 127.0.81.55 e-vpn",
      "end-of-rib 127.0.81.55 inet-vpn",
    ]);
    expect(left.reach).toMatchObject([{ family: "inet-vpn" }]);
    expect(speaker.status()).toMatchObject([{ state: "established", disabledFamilies: ["e-vpn"] }]);
  });

  test("whose AS path does not begin with the peer's AS are withdrawals", async () => {
    const left = new RecordingHandler();
    const { socket } = await handMadePeer(left, "127.0.81.56", { peerAs: 65_001 });
    for (const bytes of encoded(1, 4096)) socket.write(bytes);
    await vi.waitFor(() => expect(left.unreach).toHaveLength(1), DEADLINE);
    expect([left.reach, left.downs]).toEqual([[], []]);
  });

  test("that mark a refresh are told, and only to whom agreed on that", async () => {
    const [left, right] = [new RecordingHandler(), new RecordingHandler()];
    const agreed = await handMadePeer(left, "127.0.81.57");
    const refused = await handMadePeer(right, "127.0.81.58", {}, ["enhanced-route-refresh"]);
    for (const { socket } of [agreed, refused]) {
      for (const subtype of ["begin", "end"] as const) {
        socket.write(encodeRouteRefresh({ afi: 1, safi: 128, subtype }));
      }
      socket.write(encodeEndOfRib("inet-vpn"));
    }
    await vi.waitFor(() => expect([left.events.length, right.events.length]).toEqual([4, 2]), DEADLINE);
    expect(left.events.slice(1, 3)).toEqual(["refresh begin 127.0.81.57 inet-vpn", "refresh end 127.0.81.57 inet-vpn"]);
  });
});

describe("a change of the configuration", () => {
  test("that needs no session of its own leaves the one that is up, and the session knows of it", async () => {
    const { one, two, left, leftSession } = await pair();
    one.setPeers([peer("two", "127.0.81.2", two.port, { holdTimeMs: 30_000, passive: true })]);
    expect(leftSession.peer).toMatchObject({ holdTimeMs: 30_000, passive: true });
    expect([left.sessions.size, left.downs]).toEqual([1, []]);
    leftSession.stop("test");
    await vi.waitFor(() => expect(left.sessions.size).toBe(1), DEADLINE);
    expect(left.sessions.get("two")?.parameters.holdTimeMs).toBe(30_000);
  });

  test("that the OPEN speaks of makes a new session", async () => {
    const { one, two, left } = await pair();
    one.setPeers([peer("two", "127.0.81.2", two.port, { families: ["inet-vpn", "e-vpn"] })]);
    expect(left.downs).toHaveLength(1);
    await vi.waitFor(() => expect(left.sessions.size).toBe(1), DEADLINE);
  });

  test("a peer that is held down after too many routes comes back when its time is over, not before", async () => {
    const { left, right, one, leftSession } = await pair();
    leftSession.stop("test", "route-limit", 1_000);
    await vi.waitFor(() => expect(right.downs).toHaveLength(1), DEADLINE);
    expect([one.status()[0]?.state, left.downs[0]?.gracefulRestart]).toEqual(["idle", undefined]);
    await vi.waitFor(() => expect([left.sessions.size, right.sessions.size]).toEqual([1, 1]), DEADLINE);
  });
});

describe("hold time", () => {
  test("keepalives flow while the process is busy for longer than the hold time", async () => {
    const { left, right } = await pair(new RecordingHandler(), new RecordingHandler(), { holdTimeMs: 3_000 });
    const untilMs = performance.now() + 3_500;
    while (performance.now() < untilMs) {
      // Both ends live in this process: neither can read or write now.
    }
    const received = right.updates.length;
    left.sessions.get("two")?.send(encodeEndOfRib("inet-vpn"));
    await vi.waitFor(() => expect(right.events).toContain("end-of-rib one inet-vpn"), DEADLINE);
    expect(received).toBe(0);
    expect([left.downs, right.downs]).toEqual([[], []]);
  });

  test("a peer that falls silent is dropped when it has run out", async () => {
    const left = new RecordingHandler();
    await handMadePeer(left, "127.0.81.50", { holdTimeMs: 3_000 });
    await vi.waitFor(() => expect(left.downs[0]?.reason).toBe("hold timer expired"), DEADLINE);
    expect(left.events).toEqual(["established 127.0.81.50", "down 127.0.81.50"]);
    expect(left.downs[0]?.gracefulRestart?.families).toEqual(["inet-vpn"]);
  });

  test("a message that never ends is no sign of life, however its octets drip", async () => {
    const left = new RecordingHandler();
    const { socket } = await handMadePeer(left, "127.0.81.55", { holdTimeMs: 3_000 });
    const update = new Uint8Array(4_096).fill(0xff);
    update.set([0x10, 0x00, 2], 16);
    let sent = 0;
    const drip = setInterval(() => socket.write(update.subarray(sent, ++sent)), 50);
    try {
      await vi.waitFor(() => expect(left.downs[0]?.reason).toBe("hold timer expired"), DEADLINE);
    } finally {
      clearInterval(drip);
    }
    expect(sent).toBeGreaterThan(19);
  });

  test("a peer that connects anew while its old session seems alive takes it over", async () => {
    const left = new RecordingHandler();
    const speaker = await startSpeaker("127.0.81.1", left);
    speaker.setPeers([peer("restarted", "127.0.81.51", 179, { passive: true })]);
    for (const count of [1, 2]) {
      const socket = connect({ host: "127.0.81.1", port: speaker.port, localAddress: "127.0.81.51" });
      sockets.push(socket);
      socket.on("data", () => {});
      socket.write(encodeOpen(localOpen({ ...SILENT, localId: 0x7f005133 }, count === 2)));
      socket.write(KEEPALIVE_MESSAGE);
      await vi.waitFor(() => expect(speaker.status()[0]?.establishedCount).toBe(count), DEADLINE);
    }
    expect(left.events).toEqual(["established restarted", "down restarted", "established restarted"]);
    expect(left.downs[0]?.gracefulRestart?.restartTimeMs).toBe(300_000);
    expect(left.sessions.get("restarted")?.parameters.gracefulRestart?.restarting).toBe(true);
  });
});
