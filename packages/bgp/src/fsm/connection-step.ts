import { describeNotification, type Notification, notification } from "../message/notification.ts";
import {
  CEASE,
  CEASE_COLLISION_RESOLUTION,
  HOLD_TIMER_EXPIRED,
  SEND_HOLD_TIMER_EXPIRED,
} from "../message/notification-codes.ts";
import type { OpenMessage } from "../message/open.ts";
import { collisionWinner, type Initiator } from "./collision.ts";
import { judgeOpen } from "./open-agreement.ts";
import {
  type Connection,
  type ConnectionState,
  type ConnectionTimer,
  establishedConnection,
  type PeerAction,
  type PeerMachine,
  type PeerStep,
} from "./peer-machine.ts";
import { keepaliveMs, OPEN_HOLD_MS, type PeerSettings, sendHoldMs } from "./peer-settings.ts";
import { retentionAfter } from "./retention.ts";
import type { SessionParameters } from "./session-parameters.ts";

/** Why a connection ends, and with which notification, if any. */
export interface Failure {
  readonly reason: string;
  readonly send?: Notification;
  readonly received?: Notification;
  /** Nobody has said anything wrong: the peer goes on waiting instead of backing off. */
  readonly quiet?: boolean;
}

const COLLISION = notification(CEASE, CEASE_COLLISION_RESOLUTION);

/** A TCP connection has come up: refused in Idle, otherwise OPEN is sent, at once or delayed. */
export function acceptConnection(
  machine: PeerMachine,
  id: number,
  initiator: Initiator,
  settings: PeerSettings,
): PeerStep {
  if (machine.phase === "idle") return { machine, actions: [{ kind: "close", connection: id }] };
  // The peer has one connection of its own at most: a second one means that the first is dead, though TCP may not know.
  const older = machine.connections.find(
    (connection) => connection.initiator === initiator && connection.state !== "established",
  );
  const state: ConnectionState = settings.delayOpenMs > 0 ? "delay-open" : "open-sent";
  const connection: Connection = { id, initiator, state, parameters: undefined };
  const next: PeerMachine = {
    ...machine,
    phase: initiator === "local" ? "active" : machine.phase,
    connections: [...machine.connections.filter((candidate) => candidate !== older), connection],
  };
  const actions: PeerAction[] = older === undefined ? [] : [{ kind: "close", connection: older.id }];
  actions.push({ kind: "stop-peer-timer", timer: "connect-retry" });
  if (state === "delay-open") actions.push(timerOf(id, "delay-open", settings.delayOpenMs));
  else actions.push({ kind: "send-open", connection: id });
  actions.push(timerOf(id, "hold", OPEN_HOLD_MS));
  return { machine: next, actions };
}

/** The peer's OPEN: judged, set against the peer's other connections, and confirmed (RFC 4271 section 6.8). */
export function receiveOpen(
  machine: PeerMachine,
  connection: Connection,
  open: OpenMessage,
  settings: PeerSettings,
): PeerStep {
  const agreement = judgeOpen(settings, open);
  if (agreement.kind === "error") {
    const reason = `peer's OPEN refused: ${describeNotification(agreement.notification)}`;
    return fail(machine, connection, { reason, send: agreement.notification }, settings);
  }
  const { parameters } = agreement;
  const loser = collisionLoser(machine, connection, parameters, settings);
  if (loser?.id === connection.id) return fail(machine, connection, collision(), settings);
  const cleared = loser === undefined ? { machine, actions: [] } : fail(machine, loser, collision(), settings);
  const actions: PeerAction[] = [...cleared.actions];
  if (connection.state === "delay-open") {
    actions.push({ kind: "stop-connection-timer", connection: connection.id, timer: "delay-open" });
    actions.push({ kind: "send-open", connection: connection.id });
  }
  actions.push({ kind: "send-keepalive", connection: connection.id });
  actions.push(...restart(connection.id, "hold", parameters.holdTimeMs));
  actions.push(...restart(connection.id, "keepalive", keepaliveMs(parameters.holdTimeMs)));
  return { machine: replace(cleared.machine, { ...connection, state: "open-confirm", parameters }), actions };
}

/**
 * The peer's first KEEPALIVE: the session is up, and every other connection is over. An older session with the same peer
 * was left behind by a restart (RFC 4724 section 5): it ends without a notification, its routes may be kept.
 */
export function finishOpen(machine: PeerMachine, connection: Connection, settings: PeerSettings): PeerStep {
  const { parameters } = connection;
  if (parameters === undefined) return { machine, actions: [] };
  let step: PeerStep = {
    machine: replace({ ...machine, phase: "active" }, { ...connection, state: "established" }),
    actions: [{ kind: "abort-connect" }],
  };
  for (const other of machine.connections) {
    if (other.id === connection.id) continue;
    const failure =
      other.state === "established" ? { reason: "replaced by a new connection of the peer" } : collision();
    const next = fail(step.machine, other, failure, settings);
    step = { machine: next.machine, actions: [...step.actions, ...next.actions] };
  }
  const actions: PeerAction[] = [
    ...step.actions,
    ...restart(connection.id, "hold", parameters.holdTimeMs),
    ...restart(connection.id, "send-hold", sendHoldMs(parameters.holdTimeMs)),
    timerOf(connection.id, "stable", settings.stableAfterMs),
    { kind: "established", connection: connection.id, parameters },
  ];
  return { machine: step.machine, actions };
}

/** A message on an established session: the peer is alive. */
export function established(machine: PeerMachine, connection: Connection): PeerStep {
  return { machine, actions: restart(connection.id, "hold", connection.parameters?.holdTimeMs ?? 0) };
}

/** A timer of a connection has run out. */
export function connectionTimer(
  machine: PeerMachine,
  connection: Connection,
  timer: ConnectionTimer,
  settings: PeerSettings,
): PeerStep {
  const { id, parameters } = connection;
  switch (timer) {
    case "delay-open":
      if (connection.state !== "delay-open") return { machine, actions: [] };
      return {
        machine: replace(machine, { ...connection, state: "open-sent" }),
        actions: [{ kind: "send-open", connection: id }, timerOf(id, "hold", OPEN_HOLD_MS)],
      };
    case "hold":
      return fail(machine, connection, timeout(HOLD_TIMER_EXPIRED, "hold timer expired"), settings);
    case "send-hold":
      return fail(machine, connection, timeout(SEND_HOLD_TIMER_EXPIRED, "send hold timer expired"), settings);
    case "keepalive": {
      const delayMs = keepaliveMs(parameters?.holdTimeMs ?? 0);
      return { machine, actions: [{ kind: "send-keepalive", connection: id }, ...restart(id, "keepalive", delayMs)] };
    }
    case "stable":
      return { machine: { ...machine, failures: 0 }, actions: [] };
  }
}

/** Ends one connection. The last one takes the peer to Idle, where it waits longer each time, or back to its attempt. */
export function fail(machine: PeerMachine, connection: Connection, failure: Failure, settings: PeerSettings): PeerStep {
  const actions: PeerAction[] = [];
  const { id, parameters } = connection;
  if (failure.send !== undefined) {
    actions.push({ kind: "send-notification", connection: id, notification: failure.send });
  }
  if (connection.state === "established" && parameters !== undefined) {
    const retention = retentionAfter(parameters, failure.send ?? failure.received);
    actions.push({ kind: "down", connection: id, reason: failure.reason, retention });
  } else {
    actions.push({ kind: "report", reason: failure.reason });
  }
  actions.push({ kind: "close", connection: id });
  const connections = machine.connections.filter((candidate) => candidate.id !== id);
  const next: PeerMachine = { ...machine, connections };
  if (connections.length > 0) return { machine: next, actions };
  if (machine.phase === "connect" || (failure.quiet === true && machine.phase !== "idle")) {
    if (settings.passive) return { machine: next, actions };
    actions.push({ kind: "start-peer-timer", timer: "connect-retry", delayMs: settings.connectRetryMs });
    return { machine: next, actions };
  }
  const failures = machine.failures + 1;
  if (!machine.started) return { machine: { ...next, phase: "idle", failures: 0 }, actions };
  const delayMs = Math.min(settings.idleHoldMaxMs, settings.idleHoldMinMs * 2 ** Math.min(machine.failures, 30));
  actions.push({ kind: "start-peer-timer", timer: "idle-hold", delayMs });
  return { machine: { ...next, phase: "idle", failures }, actions };
}

/** Which of two colliding connections has to go; undefined where there is no collision yet. */
function collisionLoser(
  machine: PeerMachine,
  connection: Connection,
  parameters: SessionParameters,
  settings: PeerSettings,
): Connection | undefined {
  const current = establishedConnection(machine);
  if (current !== undefined) {
    // A peer that can restart gracefully and connects anew has restarted; the old session goes when the new one is up.
    const restarted = connection.initiator === "peer" && current.parameters?.gracefulRestart !== undefined;
    return restarted ? undefined : connection;
  }
  const other = machine.connections.find(({ id, state }) => id !== connection.id && state === "open-confirm");
  if (other === undefined || other.initiator === connection.initiator) return undefined;
  const { localId, localAs } = settings;
  const winner = collisionWinner({ localId, localAs, peerId: parameters.peerId, peerAs: parameters.peerAs });
  return connection.initiator === winner ? other : connection;
}

function collision(): Failure {
  return { reason: "connection collision", send: COLLISION };
}

function timeout(code: number, reason: string): Failure {
  return { reason, send: notification(code, 0) };
}

function replace(machine: PeerMachine, connection: Connection): PeerMachine {
  const connections = machine.connections.map((candidate) => (candidate.id === connection.id ? connection : candidate));
  return { ...machine, connections };
}

function timerOf(connection: number, timer: ConnectionTimer, delayMs: number): PeerAction {
  return { kind: "start-connection-timer", connection, timer, delayMs };
}

/** Starts a timer, or with 0 stops it: a hold time of 0 means no timer at all (RFC 4271 section 4.2). */
function restart(connection: number, timer: ConnectionTimer, delayMs: number): PeerAction[] {
  return [delayMs === 0 ? { kind: "stop-connection-timer", connection, timer } : timerOf(connection, timer, delayMs)];
}
