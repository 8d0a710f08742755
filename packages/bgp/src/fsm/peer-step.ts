import { describeNotification, hardReset, notification } from "../message/notification.ts";
import { FSM_ERROR } from "../message/notification-codes.ts";
import { acceptConnection, connectionTimer, established, fail, finishOpen, receiveOpen } from "./connection-step.ts";
import type { Connection, PeerAction, PeerEvent, PeerMachine, PeerStep, PeerTimer } from "./peer-machine.ts";
import type { PeerSettings } from "./peer-settings.ts";

/** One event of a peer: its next state and what to do. Pure; any event in any state has an answer. */
export function stepPeer(machine: PeerMachine, event: PeerEvent, settings: PeerSettings): PeerStep {
  switch (event.kind) {
    case "start":
      return machine.started ? same(machine) : begin({ ...machine, started: true, failures: 0 }, settings);
    case "stop":
      return end({ ...machine, started: false }, event, settings);
    case "reset":
      return machine.connections.length === 0 ? same(machine) : end(machine, event, settings);
    case "peer-timer":
      return peerTimer(machine, event.timer, settings);
    case "connect-failed":
      if (machine.phase !== "connect") return same(machine);
      return {
        machine: { ...machine, phase: "active" },
        actions: [{ kind: "report", reason: "cannot connect" }, ...retry(machine, settings)],
      };
    case "connected":
      return acceptConnection(machine, event.connection, event.initiator, settings);
    default: {
      const connection = machine.connections.find(({ id }) => id === event.connection);
      return connection === undefined ? same(machine) : connectionEvent(machine, connection, event, settings);
    }
  }
}

type ConnectionEvent = Exclude<Extract<PeerEvent, { readonly connection: number }>, { readonly kind: "connected" }>;

function connectionEvent(
  machine: PeerMachine,
  connection: Connection,
  event: ConnectionEvent,
  settings: PeerSettings,
): PeerStep {
  switch (event.kind) {
    case "connection-timer":
      return connectionTimer(machine, connection, event.timer, settings);
    case "closed": {
      // RFC 4271 section 8.2.2, OpenSent, event 18: back to Active. A peer that is in Idle closes so.
      const quiet = connection.state === "delay-open" || connection.state === "open-sent";
      return fail(machine, connection, { reason: "connection closed by the peer", quiet }, settings);
    }
    case "notification": {
      const reason = `notification received: ${describeNotification(event.notification)}`;
      return fail(machine, connection, { reason, received: event.notification }, settings);
    }
    case "fault": {
      const reason = `message error: ${describeNotification(event.notification)}`;
      return fail(machine, connection, { reason, send: event.notification }, settings);
    }
    case "open":
      return connection.state === "delay-open" || connection.state === "open-sent"
        ? receiveOpen(machine, connection, event.open, settings)
        : outOfPlace(machine, connection, "OPEN", settings);
    case "keepalive":
      if (connection.state === "open-confirm") return finishOpen(machine, connection, settings);
      if (connection.state === "established") return established(machine, connection);
      return outOfPlace(machine, connection, "KEEPALIVE", settings);
    case "update":
      if (connection.state === "established") return established(machine, connection);
      return outOfPlace(machine, connection, "UPDATE", settings);
  }
}

/** A message in a state that has no place for it (RFC 4271 section 6.6; subcodes of RFC 6608). */
function outOfPlace(machine: PeerMachine, connection: Connection, message: string, settings: PeerSettings): PeerStep {
  const subcode = { "delay-open": 0, "open-sent": 1, "open-confirm": 2, established: 3 }[connection.state];
  const reason = `${message} in state ${connection.state}`;
  return fail(machine, connection, { reason, send: notification(FSM_ERROR, subcode) }, settings);
}

function begin(machine: PeerMachine, settings: PeerSettings): PeerStep {
  if (settings.passive) return { machine: { ...machine, phase: "active" }, actions: [] };
  return { machine: { ...machine, phase: "connect" }, actions: [{ kind: "connect" }, ...retry(machine, settings)] };
}

function peerTimer(machine: PeerMachine, timer: PeerTimer, settings: PeerSettings): PeerStep {
  if (timer === "idle-hold") {
    return machine.started && machine.phase === "idle" ? begin(machine, settings) : same(machine);
  }
  const waits = machine.phase !== "idle" && machine.connections.length === 0 && !settings.passive;
  return waits ? begin(machine, settings) : same(machine);
}

function retry(machine: PeerMachine, settings: PeerSettings): PeerAction[] {
  if (settings.passive || machine.connections.length > 0) return [];
  return [{ kind: "start-peer-timer", timer: "connect-retry", delayMs: settings.connectRetryMs }];
}

/** Ends all connections with one notification. */
function end(
  machine: PeerMachine,
  event: Extract<PeerEvent, { readonly kind: "stop" | "reset" }>,
  settings: PeerSettings,
): PeerStep {
  const reason = `ended here: ${describeNotification(event.notification)}`;
  let step: PeerStep = { machine: { ...machine, phase: "idle" }, actions: [{ kind: "abort-connect" }] };
  for (const connection of machine.connections) {
    const hard = event.kind === "stop" && !event.keepRoutes && connection.parameters?.gracefulRestart?.notifications;
    const send = hard === true ? hardReset(event.notification) : event.notification;
    const next = fail(step.machine, connection, { reason, send }, settings);
    step = { machine: next.machine, actions: [...step.actions, ...next.actions] };
  }
  if (step.machine.started) return step;
  const timers: PeerAction[] = [
    { kind: "stop-peer-timer", timer: "connect-retry" },
    { kind: "stop-peer-timer", timer: "idle-hold" },
  ];
  return { machine: step.machine, actions: [...step.actions, ...timers] };
}

function same(machine: PeerMachine): PeerStep {
  return { machine, actions: [] };
}
