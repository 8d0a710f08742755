import type { Socket } from "node:net";
import {
  CEASE,
  CEASE_ADMINISTRATIVE_RESET,
  CEASE_MAXIMUM_PREFIXES,
  ceaseWithText,
  familyOf,
  hardReset,
  KEEPALIVE_MESSAGE,
  localOpen,
  type Notification,
  notification,
  type PeerAction,
  type PeerEvent,
  type PeerMachine,
  type PeerSettings,
  type PeerTimer,
  peerState,
  type RouteRefresh,
  type SessionParameters,
  STOPPED_PEER,
  shutdownText,
  stepPeer,
  type UpdateVerdict,
} from "@contrail/bgp";
import type { Clock, Timer } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import { MessageCounts } from "./message-counts.ts";
import { type OutgoingAttempt, openConnection } from "./outgoing-attempt.ts";
import { PeerConnection } from "./peer-connection.ts";
import { PeerSession } from "./peer-session.ts";
import { applyToAccepted, descriptorOf, sameOptions } from "./segment-options.ts";
import type { BgpSessionHandler, DesiredPeer, PeerStatus, StopCause } from "./session-port.ts";

/** What all peers of a speaker share. */
export interface PeerEnvironment {
  /** Dotted; connections to peers come from here. */
  readonly localAddress: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handler: BgpSessionHandler;
  /** From 0 to below 1; for the jitter of RFC 4271 section 10. */
  readonly random: () => number;
}

/** One peer: runs the actions of its state machine on sockets and clock, and tells the RIB. */
export class PeerRunner {
  readonly #environment: PeerEnvironment;
  #logger: Logger;
  readonly #connections = new Map<number, PeerConnection>();
  readonly #timers = new Map<PeerTimer, Timer>();
  readonly #queue: PeerEvent[] = [];
  readonly #counts = { established: 0, updates: 0, withdrawn: 0, discarded: 0 };
  /** Messages of connections that have ended. */
  readonly #received = new MessageCounts();
  readonly #sent = new MessageCounts();
  #peer: DesiredPeer;
  #settings: PeerSettings;
  #machine: PeerMachine = STOPPED_PEER;
  #running = false;
  #nextConnection = 1;
  /** Runs while the peer is held down after too many routes. */
  #restart: Timer | undefined;
  #attempt: OutgoingAttempt | undefined;
  #session: PeerSession | undefined;
  #establishedAtMs = 0;
  #lastDownReason = "";
  /** Why the last session ended, whatever attempts have failed since. */
  #lastEnd = "";
  #shutdownText = "";

  constructor(peer: DesiredPeer, settings: PeerSettings, environment: PeerEnvironment) {
    this.#peer = peer;
    this.#settings = settings;
    this.#environment = environment;
    this.#logger = this.#loggerOf(peer);
  }

  get peer(): DesiredPeer {
    return this.#peer;
  }

  /** Changes what needs no new session; what the OPEN says of it holds from the next one on. */
  configure(peer: DesiredPeer, settings: PeerSettings): void {
    const changed = !sameOptions(this.#peer, peer);
    if (peer.address !== this.#peer.address) this.#logger = this.#loggerOf(peer);
    this.#peer = peer;
    this.#settings = settings;
    // Segments are signed and marked otherwise from here on: the session outlives it where the peer does so too.
    if (changed) for (const connection of this.#connections.values()) connection.applyOptions(peer);
  }

  start(): void {
    this.#dispatch({ kind: "start" });
  }

  /** Ends the session and stays down; see the event `stop` of the state machine. */
  stop(notification: Notification, keepRoutes: boolean): void {
    this.#restart?.cancel();
    this.#dispatch({ kind: "stop", notification, keepRoutes });
  }

  /** A connection that the peer has opened to us. */
  accept(socket: Socket): void {
    const fd = descriptorOf(socket);
    try {
      // A router of a tenant is behind its host: neither its address nor its distance is that of the connection.
      if (fd !== undefined && this.#peer.inner === undefined) applyToAccepted(fd, this.#peer);
    } catch (reason) {
      this.#cannot(ContrailError.from(reason).message);
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    this.#adopt(socket, "peer");
  }

  status(): PeerStatus {
    const { established, updates, withdrawn, discarded } = this.#counts;
    const [received, sent] = [new MessageCounts(), new MessageCounts()];
    received.add(this.#received);
    sent.add(this.#sent);
    let outputBytes = 0;
    for (const connection of this.#connections.values()) {
      received.add(connection.received);
      sent.add(connection.sent);
      outputBytes += connection.outputBytes;
    }
    const up = this.#session !== undefined;
    return {
      name: this.peer.name,
      address: this.peer.address,
      peerAs: this.peer.peerAs,
      state: peerState(this.#machine),
      establishedForMs: up ? this.#environment.clock.monotonicMs() - this.#establishedAtMs : 0,
      establishedCount: established,
      lastDownReason: this.#lastDownReason,
      shutdownText: this.#shutdownText,
      messagesReceived: received.read(),
      messagesSent: sent.read(),
      updatesReceived: updates,
      treatedAsWithdraw: withdrawn,
      attributesDiscarded: discarded,
      disabledFamilies: [...(this.#session?.disabled ?? [])],
      outputBytes,
      capabilities: this.#session?.connection.capabilities,
      parameters: this.#session?.parameters,
    };
  }

  /** Events that come while one is worked on (the RIB may stop a session from a callback) wait for their turn. */
  #dispatch(event: PeerEvent): void {
    this.#queue.push(event);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const step = stepPeer(this.#machine, next, this.#settings);
        this.#machine = step.machine;
        this.#apply(step.actions);
      }
    } finally {
      this.#running = false;
    }
  }

  #apply(actions: readonly PeerAction[]): void {
    let last: Notification | undefined;
    for (const action of actions) {
      if (action.kind === "send-notification") last = action.notification;
      else if (action.kind === "close") {
        this.#close(action.connection, last);
        last = undefined;
      } else this.#act(action);
    }
  }

  #act(action: Exclude<PeerAction, { readonly kind: "send-notification" | "close" }>): void {
    switch (action.kind) {
      case "connect":
        this.#connect();
        return;
      case "abort-connect":
        this.#abortConnect();
        return;
      case "send-open": {
        const open = localOpen(this.#settings, this.#counts.established === 0);
        this.#connections.get(action.connection)?.open(open);
        return;
      }
      case "send-keepalive":
        this.#connections.get(action.connection)?.send(KEEPALIVE_MESSAGE);
        return;
      case "start-peer-timer":
        this.#startTimer(action.timer, action.delayMs);
        return;
      case "stop-peer-timer":
        this.#timers.get(action.timer)?.cancel();
        return;
      case "start-connection-timer": {
        const delayMs = action.timer === "keepalive" ? this.#jittered(action.delayMs) : action.delayMs;
        this.#connections.get(action.connection)?.startTimer(action.timer, delayMs);
        return;
      }
      case "stop-connection-timer":
        this.#connections.get(action.connection)?.stopTimer(action.timer);
        return;
      case "established":
        this.#established(action.connection, action.parameters);
        return;
      case "down":
        this.#down(action);
        return;
      case "report":
        // A connection beside the session's is no fault of it: so two ends that connect at once come to one (RFC 4271 section 6.8).
        if (this.#session === undefined) this.#lastDownReason = action.reason;
        this.#logger.debug("bgp connection failed", { reason: action.reason });
    }
  }

  #connect(): void {
    this.#abortConnect();
    const { localAddress, clock } = this.#environment;
    this.#attempt = openConnection({ ...this.peer, localAddress }, clock, (end) => {
      this.#attempt = undefined;
      if ("socket" in end) return this.#adopt(end.socket, "local");
      if (end.reason !== undefined) this.#cannot(end.reason);
      this.#dispatch({ kind: "connect-failed" });
    });
  }

  /** A connection cannot be protected as it is configured: better none. */
  #cannot(reason: string): void {
    this.#lastDownReason = reason;
    this.#logger.error("bgp connection cannot be had as it is configured", { reason });
  }

  #abortConnect(): void {
    this.#attempt?.abort();
    this.#attempt = undefined;
  }

  #adopt(socket: Socket, initiator: "local" | "peer"): void {
    const id = this.#nextConnection++;
    const connection = new PeerConnection(id, socket, this.#environment.clock, {
      event: (event) => {
        if (event.kind === "notification") this.#shutdownText = shutdownText(event.notification) ?? "";
        this.#dispatch(event);
      },
      update: (verdict) => this.#update(id, verdict),
      routeRefresh: (refresh) => this.#refresh(id, refresh),
      drained: () => {
        const session = this.#sessionOn(id);
        if (session !== undefined) this.#environment.handler.drained(session);
      },
    });
    this.#connections.set(id, connection);
    this.#dispatch({ kind: "connected", connection: id, initiator });
  }

  #close(id: number, last: Notification | undefined): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    this.#connections.delete(id);
    connection.close(last);
    this.#received.add(connection.received);
    this.#sent.add(connection.sent);
  }

  #established(id: number, parameters: SessionParameters): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    connection.establish(parameters, firstAs(parameters));
    this.#counts.established++;
    this.#lastDownReason = this.#lastEnd;
    this.#establishedAtMs = this.#environment.clock.monotonicMs();
    const end = (reason: string, cause: StopCause, restartMs: number): void => {
      if (this.#sessionOn(id) === undefined) return;
      if (restartMs > 0) this.#holdDown(restartMs);
      else this.#dispatch({ kind: "reset", notification: ceaseFor(cause, reason, parameters) });
    };
    const session = new PeerSession(() => this.#peer, parameters, connection, end);
    this.#session = session;
    this.#logger.info("bgp session established", { families: parameters.families, holdTimeMs: parameters.holdTimeMs });
    this.#environment.handler.established(session);
  }

  /** Ends everything because of too many routes, and starts again after a time. */
  #holdDown(restartMs: number): void {
    this.stop(notification(CEASE, CEASE_MAXIMUM_PREFIXES), false);
    this.#restart = this.#environment.clock.setTimer(restartMs, () => this.start());
  }

  #down({ reason, retention }: Extract<PeerAction, { readonly kind: "down" }>): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    this.#lastDownReason = this.#lastEnd = reason;
    session.end();
    this.#logger.warn("bgp session down", { reason, routesKept: retention !== undefined });
    this.#environment.handler.down(session, { reason, gracefulRestart: retention });
  }

  #update(id: number, verdict: UpdateVerdict): void {
    const session = this.#sessionOn(id);
    if (session === undefined) return;
    this.#counts.updates++;
    switch (verdict.kind) {
      case "update":
        this.#counts.discarded += verdict.discarded.length;
        this.#environment.handler.update(session, session.spared(verdict.update));
        return;
      case "treat-as-withdraw":
        this.#counts.withdrawn++;
        this.#logger.warn("bgp update treated as withdraw", { problems: verdict.problems });
        this.#environment.handler.update(session, session.spared(verdict.update));
        return;
      case "end-of-rib":
        if (!session.disabled.has(verdict.family)) this.#environment.handler.endOfRib(session, verdict.family);
        return;
      case "disable-family":
        if (session.disabled.has(verdict.family)) return;
        session.disabled.add(verdict.family);
        this.#logger.error("bgp family given up until the session ends", {
          family: verdict.family,
          problem: verdict.problem,
        });
        this.#environment.handler.familyDisabled(session, verdict.family);
        return;
      case "session-reset":
        this.#dispatch({ kind: "fault", connection: id, notification: verdict.notification });
    }
  }

  #refresh(id: number, { afi, safi, subtype }: RouteRefresh): void {
    const session = this.#sessionOn(id);
    const family = familyOf(afi, safi);
    if (session === undefined || family === undefined || !session.parameters.families.includes(family)) return;
    const { handler } = this.#environment;
    if (subtype === "request") handler.routeRefresh(session, family);
    else if (session.parameters.enhancedRouteRefresh && !session.disabled.has(family))
      handler.refreshMark(session, family, subtype);
  }

  #loggerOf({ name, address }: DesiredPeer): Logger {
    return this.#environment.logger.child({ peer: name, address });
  }

  #sessionOn(id: number): PeerSession | undefined {
    return this.#session?.connection.id === id ? this.#session : undefined;
  }

  #startTimer(timer: PeerTimer, delayMs: number): void {
    this.#timers.get(timer)?.cancel();
    const fire = () => this.#dispatch({ kind: "peer-timer", timer });
    this.#timers.set(timer, this.#environment.clock.setTimer(this.#jittered(delayMs), fire));
  }

  #jittered(delayMs: number): number {
    return Math.round(delayMs * (1 - this.#environment.random() / 4));
  }
}

/** The AS that an external peer's paths begin with; a route server puts itself into none (RFC 7947 section 2.2.2.1). */
function firstAs({ external, peerAs, role }: SessionParameters): number | undefined {
  return external && role !== "route-server-client" ? peerAs : undefined;
}

/** Too many routes are a hard reset where the peer knows one: it must not bring them back as stale (RFC 8538 section 5). */
function ceaseFor(cause: StopCause, reason: string, { gracefulRestart }: SessionParameters): Notification {
  if (cause === "reset") return ceaseWithText(CEASE_ADMINISTRATIVE_RESET, reason);
  const cease = notification(CEASE, CEASE_MAXIMUM_PREFIXES);
  return gracefulRestart?.notifications === true ? hardReset(cease) : cease;
}
