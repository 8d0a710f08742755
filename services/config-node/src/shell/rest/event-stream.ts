import type { ServerResponse } from "node:http";
import type { Clock, Timer } from "@contrail/clock";

/** A comment is sent so often while nothing happens: proxies and dead clients are found by it. */
const HEARTBEAT_MS = 15_000;
/** How long a client may take nothing of what it was sent. */
const STALLED_MS = 60_000;

/** A response of text/event-stream: written as fast as the client reads, ended when it goes. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #gone = new AbortController();
  #timer: Timer | undefined;

  /** Sends the head; the response is the stream's from then on. */
  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
    response.once("close", () => {
      this.#timer?.cancel();
      this.#gone.abort();
    });
    response.on("error", () => undefined); // The close follows.
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.flushHeaders();
    this.#beat();
  }

  /** Aborts when the client has gone. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Resolves when the client takes more; a client that takes nothing is cut off. */
  async write(text: string): Promise<void> {
    if (this.signal.aborted || this.#response.write(text)) return;
    const taken = Promise.withResolvers<void>();
    const stalled = this.#clock.setTimer(STALLED_MS, () => this.#response.destroy());
    this.#response.once("drain", taken.resolve).once("close", taken.resolve);
    await taken.promise;
    stalled.cancel();
    this.#response.off("drain", taken.resolve).off("close", taken.resolve);
  }

  end(): void {
    this.#response.end();
  }

  #beat(): void {
    this.#timer = this.#clock.setTimer(HEARTBEAT_MS, () => {
      if (!this.#response.writableNeedDrain) this.#response.write(":\n\n");
      this.#beat();
    });
  }
}
