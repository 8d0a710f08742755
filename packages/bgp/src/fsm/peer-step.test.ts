import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Notification, notification } from "../message/notification.ts";
import { CEASE } from "../message/notification-codes.ts";
import { localOpen } from "./local-open.ts";
import { type PeerEvent, type PeerMachine, peerState, STOPPED_PEER } from "./peer-machine.ts";
import type { PeerSettings } from "./peer-settings.ts";
import { stepPeer } from "./peer-step.ts";
import { ModelNetwork, ModelPeer, SETTINGS } from "./two-peers.model.ts";

/** The peer's OPEN. */
const PEER_OPEN = localOpen({ ...SETTINGS, localId: 2 }, false);
const SHUTDOWN: Notification = notification(CEASE, 2);

/** Runs events from the start; gives the machine and the kinds of the last event's actions. */
function run(events: readonly PeerEvent[], settings: PeerSettings = SETTINGS) {
  let machine: PeerMachine = STOPPED_PEER;
  let actions: readonly { readonly kind: string }[] = [];
  for (const event of events) {
    const step = stepPeer(machine, event, settings);
    machine = step.machine;
    actions = step.actions;
  }
  return { machine, actions, state: peerState(machine), kinds: actions.map(({ kind }) => kind) };
}

const START: PeerEvent = { kind: "start" };
const UP: PeerEvent = { kind: "connected", connection: 1, initiator: "local" };
const IN: PeerEvent = { kind: "connected", connection: 2, initiator: "peer" };
const open = (connection: number): PeerEvent => ({ kind: "open", connection, open: PEER_OPEN });
const keepalive = (connection: number): PeerEvent => ({ kind: "keepalive", connection });
const ESTABLISHED = [START, UP, open(1), keepalive(1)];

describe("the states of a peer", () => {
  test.each<[string, readonly PeerEvent[], string]>([
    ["before the start", [], "idle"],
    ["after the start", [START], "connect"],
    ["after a failed connect", [START, { kind: "connect-failed" }], "active"],
    [
      "after the connect-retry timer",
      [START, { kind: "connect-failed" }, { kind: "peer-timer", timer: "connect-retry" }],
      "connect",
    ],
    ["with a connection", [START, UP], "open-sent"],
    ["with the peer's OPEN", [START, UP, open(1)], "open-confirm"],
    ["with the peer's KEEPALIVE", ESTABLISHED, "established"],
    ["after the connection was lost in open-sent", [START, UP, { kind: "closed", connection: 1 }], "active"],
    ["after the connection was lost later", [...ESTABLISHED, { kind: "closed", connection: 1 }], "idle"],
    [
      "after the idle-hold time",
      [...ESTABLISHED, { kind: "closed", connection: 1 }, { kind: "peer-timer", timer: "idle-hold" }],
      "connect",
    ],
    ["after a stop", [...ESTABLISHED, { kind: "stop", notification: SHUTDOWN, keepRoutes: false }], "idle"],
    ["on an incoming connection", [START, { kind: "connect-failed" }, IN, open(2), keepalive(2)], "established"],
  ])("%s", (_, events, state) => {
    expect(run(events).state).toBe(state);
  });

  test("a passive peer never connects", () => {
    const passive = { ...SETTINGS, passive: true };
    expect(run([START], passive)).toMatchObject({ state: "active", kinds: [] });
    expect(run([START, { kind: "peer-timer", timer: "connect-retry" }], passive).kinds).toEqual([]);
  });

  test("an incoming connection is refused in Idle", () => {
    expect(run([IN])).toMatchObject({ state: "idle", kinds: ["close"] });
  });

  test("with DelayOpen the peer's OPEN comes first, or ours after the delay", () => {
    const delayed = { ...SETTINGS, delayOpenMs: 1_000 };
    expect(run([START, UP], delayed).kinds).not.toContain("send-open");
    expect(run([START, UP, open(1)], delayed).kinds).toEqual(expect.arrayContaining(["send-open", "send-keepalive"]));
    expect(run([START, UP, { kind: "connection-timer", connection: 1, timer: "delay-open" }], delayed).kinds).toContain(
      "send-open",
    );
  });
});

describe("a peer that misbehaves", () => {
  const sent = (events: readonly PeerEvent[]) => {
    const action = run(events).actions.find(({ kind }) => kind === "send-notification");
    return action as { notification?: Notification } | undefined;
  };
  test.each<[string, readonly PeerEvent[], number, number]>([
    ["KEEPALIVE before OPEN", [START, UP, keepalive(1)], 5, 1],
    ["UPDATE before KEEPALIVE", [START, UP, open(1), { kind: "update", connection: 1 }], 5, 2],
    ["OPEN twice", [START, UP, open(1), open(1)], 5, 2],
    ["OPEN in Established", [...ESTABLISHED, open(1)], 5, 3],
    ["silence", [...ESTABLISHED, { kind: "connection-timer", connection: 1, timer: "hold" }], 4, 0],
    ["not reading", [...ESTABLISHED, { kind: "connection-timer", connection: 1, timer: "send-hold" }], 8, 0],
    [
      "another AS",
      [START, UP, { kind: "open", connection: 1, open: localOpen({ ...SETTINGS, localAs: 1, localId: 2 }, false) }],
      2,
      2,
    ],
    ["our identifier", [START, UP, { kind: "open", connection: 1, open: localOpen(SETTINGS, false) }], 2, 3],
    [
      "a hold time of a second",
      [START, UP, { kind: "open", connection: 1, open: { ...PEER_OPEN, holdTimeSeconds: 1 } }],
      2,
      6,
    ],
    ["no common family", [START, UP, { kind: "open", connection: 1, open: { ...PEER_OPEN, capabilities: [] } }], 2, 7],
  ])("%s ends with its notification", (_, events, code, subcode) => {
    expect(sent(events)?.notification).toMatchObject({ code, subcode });
  });

  test("a role that does not fit ends with its notification (RFC 9234 section 4.2)", () => {
    const ours: PeerSettings = { ...SETTINGS, peerAs: 65001, role: "provider" };
    const theirs: PeerSettings = { ...ours, localAs: 65001, localId: 2, peerAs: SETTINGS.localAs };
    const meet = (role: PeerSettings["role"]) => {
      const hello: PeerEvent = { kind: "open", connection: 1, open: localOpen({ ...theirs, role }, false) };
      return run([START, UP, hello], ours);
    };
    expect(meet("peer").actions).toContainEqual(
      expect.objectContaining({ kind: "send-notification", notification: notification(2, 11) }),
    );
    expect(meet("peer").state).toBe("idle");
    expect(meet("customer").state).toBe("open-confirm");
  });

  test("waits in Idle twice as long each time, until a session has been stable", () => {
    const failure: PeerEvent[] = [open(1), { kind: "closed", connection: 1 }];
    const again: PeerEvent[] = [{ kind: "peer-timer", timer: "idle-hold" }, UP, ...failure];
    const delay = (events: readonly PeerEvent[]) => {
      const timer = run(events).actions.find(({ kind }) => kind === "start-peer-timer");
      return (timer as { delayMs?: number } | undefined)?.delayMs;
    };
    expect(delay([START, UP, ...failure])).toBe(500);
    expect(delay([START, UP, ...failure, ...again, ...again])).toBe(2_000);
    expect(delay([START, UP, ...failure, ...Array<PeerEvent[]>(40).fill(again).flat()])).toBe(60_000);
    const stable: PeerEvent = { kind: "connection-timer", connection: 1, timer: "stable" };
    const up: PeerEvent[] = [{ kind: "peer-timer", timer: "idle-hold" }, UP, open(1), keepalive(1), stable];
    expect(delay([START, UP, ...failure, ...again, ...up, { kind: "closed", connection: 1 }])).toBe(500);
  });
});

describe("what may be kept of a lost session", () => {
  const kept = (event: PeerEvent) => {
    const action = run([...ESTABLISHED, event]).actions.find(({ kind }) => kind === "down");
    return (action as { retention?: unknown } | undefined)?.retention;
  };
  const all = { families: ["inet-vpn"], restartTimeMs: 300_000, longLived: [] };
  test("everything after a lost connection, silence or an ordinary notification; nothing after a hard reset", () => {
    expect(kept({ kind: "closed", connection: 1 })).toEqual(all);
    expect(kept({ kind: "connection-timer", connection: 1, timer: "hold" })).toEqual(all);
    expect(kept({ kind: "notification", connection: 1, notification: SHUTDOWN })).toEqual(all);
    expect(kept({ kind: "notification", connection: 1, notification: notification(CEASE, 9) })).toBeUndefined();
    expect(kept({ kind: "stop", notification: SHUTDOWN, keepRoutes: false })).toBeUndefined();
    expect(kept({ kind: "stop", notification: SHUTDOWN, keepRoutes: true })).toEqual(all);
  });
});

describe("two peers", () => {
  test("end with one session on one connection, in whatever order things happen", () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.nat()),
        fc.constantFrom<[number, number]>([1, 2], [2, 1]),
        fc.constantFrom(0, 300_000),
        fc.constantFrom(0, 1, 2),
        (choices, [leftId, rightId], gracefulRestartMs, passive) => {
          const settings = { ...SETTINGS, gracefulRestartMs };
          const left = new ModelPeer({ ...settings, localId: leftId, passive: passive === 1 });
          const right = new ModelPeer({ ...settings, localId: rightId, passive: passive === 2 });
          const network = new ModelNetwork(left, right);
          left.dispatch({ kind: "start" });
          right.dispatch({ kind: "start" });
          // Any order for a while; then, as in life, what is on the wire comes before the timers of seconds.
          for (let turn = 0; turn < 2_000; turn++) {
            const moves = network.moves();
            if (moves.length === 0) break;
            const choice = choices.next().value ?? 0;
            const move = moves[turn < 200 ? choice % moves.length : 0];
            move?.();
          }
          expect([peerState(left.machine), peerState(right.machine)]).toEqual(["established", "established"]);
          expect([left.machine.connections.length, right.machine.connections.length]).toEqual([1, 1]);
          expect([left.ups - left.downs, right.ups - right.downs]).toEqual([1, 1]);
          expect(left.ends.size + right.ends.size).toBe(2);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("the connection of the higher identifier survives a collision", () => {
    const events = [START, UP, IN, open(1)];
    const higher = run([...events, open(2)]);
    expect(higher.machine.connections).toMatchObject([{ id: 2, state: "open-confirm" }]);
    const lower = run([...events, open(2)], { ...SETTINGS, localId: 9 });
    expect(lower.machine.connections).toMatchObject([{ id: 1, state: "open-confirm" }]);
  });
});

test("any events in any order keep the machine sound", () => {
  const connection = fc.integer({ min: 1, max: 5 });
  const timers = fc.constantFrom("delay-open", "hold", "keepalive", "send-hold", "stable");
  const events: fc.Arbitrary<PeerEvent> = fc.oneof(
    fc.constant(START),
    fc.record({ kind: fc.constant("stop"), notification: fc.constant(SHUTDOWN), keepRoutes: fc.boolean() }),
    fc.record({ kind: fc.constant("reset"), notification: fc.constant(SHUTDOWN) }),
    fc.record({ kind: fc.constant("peer-timer"), timer: fc.constantFrom("idle-hold", "connect-retry") }),
    fc.constant<PeerEvent>({ kind: "connect-failed" }),
    fc.record({ kind: fc.constant("connection-timer"), connection, timer: timers }),
    fc.record({ kind: fc.constantFrom("closed", "keepalive", "update"), connection }),
    connection.map(open),
    fc.record({ kind: fc.constantFrom("notification", "fault"), connection, notification: fc.constant(SHUTDOWN) }),
  );
  const script = fc.array(fc.oneof(events, fc.constantFrom<"local" | "peer">("local", "peer")), { maxLength: 60 });
  fc.assert(
    fc.property(script, fc.constantFrom(0, 1_000), (steps, delayOpenMs) => {
      const settings = { ...SETTINGS, delayOpenMs };
      let machine: PeerMachine = STOPPED_PEER;
      let next = 1;
      let up = 0;
      const known = new Set<number>();
      for (const step of steps) {
        const event: PeerEvent =
          typeof step === "string" ? { kind: "connected", connection: next, initiator: step } : step;
        if (typeof step === "string") known.add(next++);
        const result = stepPeer(machine, event, settings);
        for (const action of result.actions) {
          if ("connection" in action) expect(known.has(action.connection)).toBe(true);
          if (action.kind === "close") known.delete(action.connection);
          if (action.kind === "established") up++;
          if (action.kind === "down") up--;
          expect([0, 1]).toContain(up);
        }
        machine = result.machine;
        expect(new Set(machine.connections.map(({ id }) => id))).toEqual(known);
        expect(machine.connections.filter(({ state }) => state === "established")).toHaveLength(up);
        expect(machine.connections.length).toBeLessThanOrEqual(3);
        if (!machine.started) expect(peerState(machine)).toBe("idle");
        if (machine.phase === "idle") expect(machine.connections).toEqual([]);
      }
    }),
    { numRuns: 2_000 },
  );
});
