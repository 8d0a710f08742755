import type { Notification } from "../message/notification.ts";
import type { OpenMessage } from "../message/open.ts";
import type { Initiator } from "./collision.ts";
import type { Retention } from "./retention.ts";
import type { SessionParameters } from "./session-parameters.ts";

/*
 * The state machine of one peer (RFC 4271 section 8). The RFC has one machine for each TCP connection; here one machine
 * holds all connections of a peer, so that collisions are part of it. States of the peer:
 *
 *   idle          no connection and none wanted yet: stopped, or waiting after a failure. Incoming ones are refused.
 *   connect       a TCP connection to the peer is being opened; one from the peer is accepted.
 *   active        waiting for the connect-retry timer, or for a connection from the peer.
 *   open-sent     a connection is up and our OPEN is on its way (or delayed); the peer's is awaited.
 *   open-confirm  the peer's OPEN is good and our KEEPALIVE sent; the peer's is awaited.
 *   established   routes are exchanged.
 *
 * The first three are `phase`, which says what the machine does while it has no connection; the last three are states of
 * a connection, and the peer's state is that of the furthest one. At most one connection is established, and at most one
 * from each side is not.
 */
export type PeerState = "idle" | "connect" | "active" | "open-sent" | "open-confirm" | "established";

export type ConnectionState = "delay-open" | "open-sent" | "open-confirm" | "established";

/** One TCP connection that is up. */
export interface Connection {
  /** Given by the shell, never used twice. */
  readonly id: number;
  readonly initiator: Initiator;
  readonly state: ConnectionState;
  /** Defined from open-confirm on. */
  readonly parameters: SessionParameters | undefined;
}

/** All that is remembered of a peer; plain data, replaced by each step. */
export interface PeerMachine {
  readonly phase: "idle" | "connect" | "active";
  /** False until started, and after a stop: idle then lasts. */
  readonly started: boolean;
  /** Ends in Idle since the last stable session; each doubles the wait there. */
  readonly failures: number;
  readonly connections: readonly Connection[];
}

/** Timers of the peer, and those of a connection, which end with it. */
export type PeerTimer = "idle-hold" | "connect-retry";
export type ConnectionTimer = "delay-open" | "hold" | "keepalive" | "send-hold" | "stable";

/** What happens to a peer. Events about connections that the machine does not know are ignored. */
export type PeerEvent =
  | { readonly kind: "start" }
  /**
   * Ends everything with this notification; Idle then lasts until a start. Unless `keepRoutes`, a peer that keeps routes
   * over notifications is told not to, by a hard reset (RFC 8538 section 3.1).
   */
  | { readonly kind: "stop"; readonly notification: Notification; readonly keepRoutes: boolean }
  /** Ends sessions with this notification; the peer starts again after the idle-hold time. */
  | { readonly kind: "reset"; readonly notification: Notification }
  | { readonly kind: "peer-timer"; readonly timer: PeerTimer }
  | { readonly kind: "connected"; readonly connection: number; readonly initiator: Initiator }
  /** The attempt that the last `connect` began came to nothing. */
  | { readonly kind: "connect-failed" }
  | { readonly kind: "connection-timer"; readonly connection: number; readonly timer: ConnectionTimer }
  | { readonly kind: "closed"; readonly connection: number }
  | { readonly kind: "open"; readonly connection: number; readonly open: OpenMessage }
  | { readonly kind: "keepalive"; readonly connection: number }
  /** An UPDATE or ROUTE-REFRESH without a fatal error. */
  | { readonly kind: "update"; readonly connection: number }
  | { readonly kind: "notification"; readonly connection: number; readonly notification: Notification }
  /** A message that ends the connection: the notification says how it was wrong. */
  | { readonly kind: "fault"; readonly connection: number; readonly notification: Notification };

/** What the shell has to do, in order. */
export type PeerAction =
  /** Begin a TCP connection to the peer; any attempt under way is given up. */
  | { readonly kind: "connect" }
  | { readonly kind: "abort-connect" }
  | { readonly kind: "send-open"; readonly connection: number }
  | { readonly kind: "send-keepalive"; readonly connection: number }
  | { readonly kind: "send-notification"; readonly connection: number; readonly notification: Notification }
  /** Close the connection and drop its timers. One that the machine never knew is refused so. */
  | { readonly kind: "close"; readonly connection: number }
  /** (Re)start; the delay is shortened at random by up to a quarter where the RFC asks for jitter (section 10). */
  | { readonly kind: "start-peer-timer"; readonly timer: PeerTimer; readonly delayMs: number }
  | { readonly kind: "stop-peer-timer"; readonly timer: PeerTimer }
  | {
      readonly kind: "start-connection-timer";
      readonly connection: number;
      readonly timer: ConnectionTimer;
      readonly delayMs: number;
    }
  | { readonly kind: "stop-connection-timer"; readonly connection: number; readonly timer: ConnectionTimer }
  | { readonly kind: "established"; readonly connection: number; readonly parameters: SessionParameters }
  /** The established session is over; comes before its `close`. */
  | {
      readonly kind: "down";
      readonly connection: number;
      readonly reason: string;
      readonly retention: Retention | undefined;
    }
  /** An attempt or a connection that was not established failed; for people. */
  | { readonly kind: "report"; readonly reason: string };

/** The machine after an event, and what the shell has to do, in order. */
export interface PeerStep {
  readonly machine: PeerMachine;
  readonly actions: readonly PeerAction[];
}

/** A peer before its first start. */
export const STOPPED_PEER: PeerMachine = { phase: "idle", started: false, failures: 0, connections: [] };

const ORDER: readonly ConnectionState[] = ["delay-open", "open-sent", "open-confirm", "established"];

/** The state that RFC 4271 would name. */
export function peerState({ phase, connections }: PeerMachine): PeerState {
  let furthest = -1;
  for (const { state } of connections) furthest = Math.max(furthest, ORDER.indexOf(state));
  const state = ORDER[furthest];
  return state === undefined ? phase : state === "delay-open" ? "open-sent" : state;
}

/** The connection that carries the session; undefined where none is established. */
export function establishedConnection({ connections }: PeerMachine): Connection | undefined {
  return connections.find(({ state }) => state === "established");
}
