import type { Clock } from "@contrail/clock";
import type { FastifyInstance, FastifyReply } from "fastify";

/** Seconds after which a client that was sent away asks again, here or at another node. */
const RETRY_AFTER_S = 1;
/** What takes longer when the node stops is cut off. */
const DRAIN_MS = 5_000;
/** Between two looks whether it has ended: what waits to be accepted comes in between. */
const LOOK_MS = 50;

/** Whether the node takes requests: not before it is ready, and not any more when it stops; what is under way ends. */
export class Serving {
  readonly #clock: Clock;
  #state: "starting" | "open" | "stopping" | "retired" = "starting";
  #why = "the node is starting";
  /** Requests without their answer, those that are sent away among them: their answer may wait for the audit's disk. */
  #running = 0;
  /** Monotonic time of the last request. */
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes requests from now on. */
  open(): void {
    if (this.#state === "starting") this.#state = "open";
  }

  /** Takes none for good, and says why: the node is of no use any more. */
  retire(why: string): void {
    this.#state = "retired";
    this.#why = why;
  }

  /** Answers every request with 503 while it does not take any; before all other hooks. */
  guard(app: FastifyInstance): void {
    app.addHook("onRequest", async (request, reply) => {
      this.#askedMs = this.#clock.monotonicMs();
      const isOpen = this.#state === "open";
      // A watcher is ended by the node's signal.
      if (!isOpen || request.routeOptions.url !== "/watch") this.#count(reply);
      if (isOpen) return;
      // A connection that stays would be broken in the middle of a request when the node is gone.
      reply.header("Retry-After", String(RETRY_AFTER_S)).header("Connection", "close");
      return reply.code(503).type("text/plain; charset=utf-8").serializer(String).send(this.#why);
    });
  }

  /**
   * Sends clients away from now on; resolves when what is under way has ended and nobody has asked for graceMs: a client
   * that has not heard of it may wait to be accepted, and would be broken off. After five seconds in any case.
   */
  async drain(graceMs: number): Promise<void> {
    this.#state = "stopping";
    this.#why = "the node is stopping";
    const endMs = this.#clock.monotonicMs() + DRAIN_MS;
    await this.#pause(graceMs);
    do await this.#pause(LOOK_MS);
    while (this.#isAsked(graceMs) && this.#clock.monotonicMs() < endMs);
  }

  #isAsked(graceMs: number): boolean {
    return this.#running > 0 || this.#clock.monotonicMs() - this.#askedMs < graceMs;
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimer(delayMs, resolve));
  }

  #count(reply: FastifyReply): void {
    this.#running++;
    reply.raw.once("close", () => this.#running--);
  }
}
