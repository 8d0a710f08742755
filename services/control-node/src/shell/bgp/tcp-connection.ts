import type { Socket } from "node:net";
import { encodeNotification, MessageFramer, type Notification } from "@contrail/bgp";
import type { Clock } from "@contrail/clock";
import { applyOptions, descriptorOf, type SegmentOptions } from "./segment-options.ts";

/** Longest that one connection reads before timers and other connections have their turn. */
const READ_SLICE_MS = 5;
/** Output beyond which the giver has to wait. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
/** How long a closing connection may take to get rid of its last octets. */
const CLOSE_DEADLINE_MS = 1_000;

/** What a connection tells its peer's runner; never from inside a call of the connection. */
export interface ConnectionEvents {
  message(type: number, body: Uint8Array): void;
  /** The octets are no BGP; nothing is read any more. */
  fault(notification: Notification): void;
  closed(): void;
  /** Octets have left for the kernel. */
  progress(): void;
  /** The output that made `send` return false has gone. */
  drained(): void;
}

/**
 * One TCP connection: cuts what arrives into messages, in slices of 5 ms, and writes with a bound. No BGP state. It ends
 * by `close`, and says nothing afterwards.
 */
export class TcpConnection {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  readonly #framer = new MessageFramer();
  #open = true;
  #paused = false;
  #slicePending = false;
  #corked = false;
  #full = false;
  #lastReceivedMs: number;

  constructor(socket: Socket, clock: Clock, events: ConnectionEvents) {
    this.#socket = socket;
    this.#clock = clock;
    this.#events = events;
    this.#lastReceivedMs = clock.monotonicMs();
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => this.#lost());
    socket.on("end", () => this.#lost());
    socket.on("close", () => this.#lost());
    socket.on("drain", () => this.#drained());
  }

  /** Gives the connection other options; what the kernel will not take ends it. */
  applyOptions(options: SegmentOptions): void {
    const fd = descriptorOf(this.#socket);
    if (fd === undefined) return;
    try {
      applyOptions(fd, options);
    } catch {
      this.#socket.destroy(); // It says `close`.
    }
  }

  get outputBytes(): number {
    return this.#socket.writableLength;
  }

  /** When a whole message last came, on the clock's monotonic scale; now, while octets wait to be read. */
  get lastHeardMs(): number {
    const unread = this.#paused || this.#slicePending;
    return unread ? this.#clock.monotonicMs() : this.#lastReceivedMs;
  }

  allowExtendedMessages(): void {
    this.#framer.allowExtendedMessages();
  }

  /** Queues octets; all of one turn go to the kernel together. False: too much waits, see `drained`. */
  send(bytes: Uint8Array): boolean {
    if (!this.#open) return false;
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(bytes, (problem) => {
      if (this.#open && !problem) this.#events.progress();
    });
    if (this.#socket.writableLength > MAX_OUTPUT_BYTES) this.#full = true;
    return !this.#full;
  }

  /** Stops reading: the peer is held back by TCP. */
  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#lastReceivedMs = this.#clock.monotonicMs();
    this.#continueLater();
  }

  /** Ends the connection after a last message, if any; what the peer does not take within a second is dropped. */
  close(last?: Notification): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.pause();
    if (last === undefined) {
      this.#socket.destroy();
      return;
    }
    const deadline = this.#clock.setTimer(CLOSE_DEADLINE_MS, () => this.#socket.destroy());
    this.#socket.once("close", () => deadline.cancel());
    // The kernel answers octets that nobody reads with a reset, which would overtake the notification.
    this.#socket
      .removeAllListeners("data")
      .on("data", () => {})
      .resume();
    this.#socket.end(encodeNotification(last));
  }

  #receive(chunk: Uint8Array): void {
    this.#framer.push(chunk);
    if (this.#paused) return;
    if (this.#slicePending) this.#socket.pause();
    else this.#readSlice();
  }

  #readSlice(): void {
    const untilMs = this.#clock.monotonicMs() + READ_SLICE_MS;
    while (this.#open && !this.#paused) {
      const frame = this.#framer.next();
      if (frame.kind === "incomplete") {
        this.#socket.resume();
        return;
      }
      if (frame.kind === "error") {
        this.#events.fault(frame.notification);
        return;
      }
      this.#lastReceivedMs = this.#clock.monotonicMs();
      this.#events.message(frame.type, frame.body);
      if (this.#clock.monotonicMs() >= untilMs) {
        this.#socket.pause();
        this.#continueLater();
        return;
      }
    }
  }

  #continueLater(): void {
    if (this.#slicePending) return;
    this.#slicePending = true;
    setImmediate(() => {
      this.#slicePending = false;
      this.#readSlice();
    });
  }

  #drained(): void {
    if (!this.#full || !this.#open) return;
    this.#full = false;
    this.#events.drained();
  }

  #lost(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.destroy();
    this.#events.closed();
  }
}
