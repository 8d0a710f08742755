import { connect } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { RecordingHandler } from "./recording-handler.ts";
import type { BgpSpeaker } from "./session-port.ts";
import { closeSpeakers, DEADLINE, pair, peer, startSpeaker } from "./speaker-pair.ts";

const [LEFT, RIGHT] = ["127.0.81.1", "127.0.81.2"];
/** What has to happen within that does not, here. */
const PATIENCE_MS = 1_500;

afterEach(closeSpeakers);

type PairOfSpeakers = Awaited<ReturnType<typeof pair>>;

/** Gives both sides of a pair these options, the left one first. */
function configure({ one, two }: Pick<PairOfSpeakers, "one" | "two">, left: object, right = left): void {
  one.setPeers([peer("two", RIGHT, two.port, left)]);
  two.setPeers([peer("one", LEFT, one.port, right)]);
}

function sessionsOf(speaker: BgpSpeaker): number | undefined {
  return speaker.status()[0]?.establishedCount;
}

test("a session is signed where both have the key, whoever connects", async () => {
  for (const passive of [LEFT, RIGHT]) {
    const [left, right] = [new RecordingHandler(), new RecordingHandler()];
    const [one, two] = [await startSpeaker(LEFT, left), await startSpeaker(RIGHT, right)];
    one.setPeers([peer("two", RIGHT, two.port, { md5Key: "secret", passive: passive === LEFT })]);
    two.setPeers([peer("one", LEFT, one.port, { md5Key: "secret", passive: passive === RIGHT })]);
    await vi.waitFor(() => expect([left.sessions.size, right.sessions.size]).toEqual([1, 1]), DEADLINE);
    await closeSpeakers();
  }
});

test("without the key, or with another, there is no session, and a stranger gets no handshake", async () => {
  const [left, right] = [new RecordingHandler(), new RecordingHandler()];
  const [one, two] = [await startSpeaker(LEFT, left), await startSpeaker(RIGHT, right)];
  configure({ one, two }, { md5Key: "secret" }, { md5Key: "other" });
  const stranger = connect({ host: LEFT, port: one.port, localAddress: RIGHT });
  stranger.on("error", () => {});
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  expect([stranger.connecting, left.events, right.events]).toEqual([true, [], []]);
  stranger.destroy();
  configure({ one, two }, { md5Key: "secret" }, {});
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  expect([left.events, right.events]).toEqual([[], []]);
  configure({ one, two }, { md5Key: "secret" });
  await vi.waitFor(() => expect([left.sessions.size, right.sessions.size]).toEqual([1, 1]), DEADLINE);
});

test("a key is given, changed and taken away on a session that stays up", async () => {
  const made = await pair();
  for (const md5Key of ["first", "second", undefined]) {
    configure(made, { md5Key });
    const before = made.two.status()[0]?.messagesReceived.routeRefresh ?? 0;
    made.right.events.length = 0;
    made.leftSession.send(REFRESH);
    await vi.waitFor(() => expect(made.two.status()[0]?.messagesReceived.routeRefresh).toBe(before + 1), DEADLINE);
  }
  expect([sessionsOf(made.one), sessionsOf(made.two), made.left.downs, made.right.downs]).toEqual([1, 1, [], []]);
});

/** ROUTE-REFRESH of inet-vpn (RFC 2918). */
const REFRESH = Uint8Array.from([...Array(16).fill(0xff), 0, 23, 5, 0, 1, 0, 128]);

test("a key that the kernel cannot take makes no unsigned session: the peer says why it is down", async () => {
  const [left, right] = [new RecordingHandler(), new RecordingHandler()];
  const [one, two] = [await startSpeaker(LEFT, left), await startSpeaker(RIGHT, right)];
  configure({ one, two }, { md5Key: "x".repeat(81) }, {});
  await vi.waitFor(() => expect(one.status()[0]?.lastDownReason).toBe("an MD5 key has 1 to 80 octets"), DEADLINE);
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  expect([left.events, right.events]).toEqual([[], []]);
});

test("neighbours on one link have a session with TTL security, one without it is too far away (RFC 5082)", async () => {
  const [left, right] = [new RecordingHandler(), new RecordingHandler()];
  const [one, two] = [await startSpeaker(LEFT, left), await startSpeaker(RIGHT, right)];
  configure({ one, two }, { ttlSecurityHops: 1, passive: true }, {});
  const far = "its connection comes from 192 hops away, 1 are allowed";
  await vi.waitFor(() => expect(one.status()[0]?.lastDownReason).toBe(far), DEADLINE);
  expect([left.events, right.events]).toEqual([[], []]);
  configure({ one, two }, { ttlSecurityHops: 1 }, { ttlSecurityHops: 1, dscp: 48 });
  await vi.waitFor(() => expect([left.sessions.size, right.sessions.size]).toEqual([1, 1]), DEADLINE);
});

test("a tenant's router has an address inside its instance: an underlay peer of the same address keeps its key", async () => {
  const left = new RecordingHandler();
  const one = await startSpeaker(LEFT, left);
  const real = peer("two", RIGHT, 179, { md5Key: "secret", passive: true });
  const inner = { instance: "red", sourcePort: 50_001, hosts: [], gateways: { inet: undefined, inet6: undefined } };
  // Twice: what has a key already is looked at anew.
  for (const _ of [1, 2]) one.setPeers([real, peer("tenant", RIGHT, 179, { inner })]);
  const stranger = connect({ host: LEFT, port: one.port, localAddress: RIGHT });
  stranger.on("error", () => {});
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  expect([stranger.connecting, left.events]).toEqual([true, []]);
  stranger.destroy();
});
