import type { Socket } from "node:net";
import {
  type ConnectionTimer,
  decodeNotification,
  decodeOpen,
  decodeRouteRefresh,
  decodeUpdate,
  encodeOpen,
  HEADER_BYTES,
  KEEPALIVE,
  NOTIFICATION,
  type Notification,
  OPEN,
  type OpenMessage,
  type PeerEvent,
  ROUTE_REFRESH,
  type RouteRefresh,
  type SessionParameters,
  type UpdateContext,
  type UpdateVerdict,
} from "@contrail/bgp";
import type { Clock } from "@contrail/clock";
import { LazyTimer } from "./lazy-timer.ts";
import { MessageCounts } from "./message-counts.ts";
import type { SegmentOptions } from "./segment-options.ts";
import type { SessionCapabilities } from "./session-port.ts";
import { TcpConnection } from "./tcp-connection.ts";

/** What a connection hands to the runner of its peer. */
export interface PeerConnectionEvents {
  event(event: PeerEvent): void;
  /** On an established session only. */
  update(verdict: UpdateVerdict): void;
  routeRefresh(refresh: RouteRefresh): void;
  drained(): void;
}

/** A TCP connection with its timers and its decoders: octets in, events of the state machine out. */
export class PeerConnection {
  readonly id: number;
  readonly #tcp: TcpConnection;
  readonly #clock: Clock;
  readonly #events: PeerConnectionEvents;
  readonly #timers = new Map<ConnectionTimer, LazyTimer>();
  #holdTimeMs = 0;
  #sendHoldMs = 0;
  #context: UpdateContext | undefined;
  readonly received = new MessageCounts();
  readonly sent = new MessageCounts();
  /** The OPENs of the two sides; undefined before they have come and gone. */
  #localOpen: OpenMessage | undefined;
  #peerOpen: OpenMessage | undefined;

  constructor(id: number, socket: Socket, clock: Clock, events: PeerConnectionEvents) {
    this.id = id;
    this.#clock = clock;
    this.#events = events;
    this.#tcp = new TcpConnection(socket, clock, {
      message: (type, body) => this.#receive(type, body),
      fault: (notification) => events.event({ kind: "fault", connection: id, notification }),
      closed: () => events.event({ kind: "closed", connection: id }),
      progress: () => {
        if (this.#sendHoldMs > 0) this.#timers.get("send-hold")?.start(this.#sendHoldMs);
      },
      drained: () => events.drained(),
    });
  }

  /** What the two sides have said that they can do; undefined from the one that has said nothing yet. */
  get capabilities(): SessionCapabilities {
    return { local: this.#localOpen?.capabilities, peer: this.#peerOpen?.capabilities };
  }

  get outputBytes(): number {
    return this.#tcp.outputBytes;
  }

  /**
   * From now on UPDATEs are read with what the two sides agreed on. Long messages are taken where our OPEN has offered to:
   * what the peer offers says only what we may send (RFC 8654 section 4).
   */
  establish(parameters: SessionParameters, firstAs: number | undefined): void {
    this.#context = { ...parameters, firstAs, unreadableRoutes: "disable-family" };
    const offered = this.#localOpen?.capabilities.some(({ kind }) => kind === "extended-message");
    if (offered === true) this.#tcp.allowExtendedMessages();
  }

  open(open: OpenMessage): void {
    this.#localOpen = open;
    this.send(encodeOpen(open));
  }

  send(bytes: Uint8Array): boolean {
    this.sent.count(bytes[HEADER_BYTES - 1] ?? 0);
    return this.#tcp.send(bytes);
  }

  /** Signs and marks segments otherwise. */
  applyOptions(options: SegmentOptions): void {
    this.#tcp.applyOptions(options);
  }

  pause(): void {
    this.#tcp.pause();
  }

  resume(): void {
    this.#tcp.resume();
  }

  startTimer(timer: ConnectionTimer, delayMs: number): void {
    if (timer === "hold") this.#holdTimeMs = delayMs;
    if (timer === "send-hold") this.#sendHoldMs = delayMs;
    let lazy = this.#timers.get(timer);
    if (lazy === undefined) {
      lazy = new LazyTimer(this.#clock, () => this.#expired(timer));
      this.#timers.set(timer, lazy);
    }
    lazy.start(delayMs);
  }

  stopTimer(timer: ConnectionTimer): void {
    this.#timers.get(timer)?.stop();
  }

  /** Ends the connection; no event follows. */
  close(last?: Notification): void {
    for (const timer of this.#timers.values()) timer.stop();
    if (last !== undefined) this.sent.count(NOTIFICATION);
    this.#tcp.close(last);
  }

  #expired(timer: ConnectionTimer): void {
    if (timer === "send-hold" && this.#tcp.outputBytes === 0) this.startTimer(timer, this.#sendHoldMs);
    else if (timer === "hold") this.#confirmSilence();
    else this.#events.event({ kind: "connection-timer", connection: this.id, timer });
  }

  /** The process may have been too busy to read what came in time: one turn of the event loop decides. */
  #confirmSilence(): void {
    setImmediate(() => {
      const leftMs = this.#tcp.lastHeardMs + this.#holdTimeMs - this.#clock.monotonicMs();
      if (leftMs > 0) this.#timers.get("hold")?.start(leftMs);
      else this.#events.event({ kind: "connection-timer", connection: this.id, timer: "hold" });
    });
  }

  #receive(type: number, body: Uint8Array): void {
    this.received.count(type);
    const { id } = this;
    switch (type) {
      case OPEN: {
        const verdict = decodeOpen(body);
        if (verdict.kind === "open") {
          this.#peerOpen = verdict.open;
          this.#events.event({ kind: "open", connection: id, open: verdict.open });
        } else this.#events.event({ kind: "fault", connection: id, notification: verdict.notification });
        return;
      }
      case KEEPALIVE:
        this.#events.event({ kind: "keepalive", connection: id });
        return;
      case NOTIFICATION:
        this.#events.event({ kind: "notification", connection: id, notification: decodeNotification(body) });
        return;
      case ROUTE_REFRESH:
        this.#receiveRefresh(body);
        return;
      default:
        this.#receiveUpdate(body);
    }
  }

  #receiveUpdate(body: Uint8Array): void {
    const verdict = this.#context && decodeUpdate(body, this.#context);
    if (verdict?.kind === "session-reset") {
      this.#events.event({ kind: "fault", connection: this.id, notification: verdict.notification });
      return;
    }
    this.#events.event({ kind: "update", connection: this.id });
    if (verdict !== undefined) this.#events.update(verdict);
  }

  #receiveRefresh(body: Uint8Array): void {
    const verdict = decodeRouteRefresh(body);
    if (verdict.kind === "error" && this.#context !== undefined) {
      this.#events.event({ kind: "fault", connection: this.id, notification: verdict.notification });
      return;
    }
    this.#events.event({ kind: "update", connection: this.id });
    if (verdict.kind === "route-refresh" && this.#context !== undefined) this.#events.routeRefresh(verdict.refresh);
  }
}
