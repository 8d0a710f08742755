import type { Clock } from "@contrail/clock";
import type { FastifyInstance, FastifyReply } from "fastify";

/** Seconds after which a client that was sent away asks again, here or at another node. */
const RETRY_AFTER_S = 1;
/** What takes longer when the node stops is cut off. */
const DRAIN_MS = 5_000;

/** Whether the node takes requests: not before it is ready, and not any more when it stops; what is under way ends. */
export class Serving {
  readonly #clock: Clock;
  #state: "starting" | "open" | "stopping" | "retired" = "starting";
  #why = "the node is starting";
  /** Requests without their answer, those that are sent away among them: their answer may wait for the audit's disk. */
  #running = 0;
  #isHeard = false;
  #drained = Promise.withResolvers<void>();

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
   * Sends clients away from now on; resolves when what is under way has ended, and not before graceMs have passed, in
   * which clients and balancers hear of it.
   */
  async drain(graceMs: number): Promise<void> {
    this.#state = "stopping";
    this.#why = "the node is stopping";
    const over = new Promise<void>((resolve) => this.#clock.setTimer(DRAIN_MS, resolve));
    await new Promise<void>((resolve) => this.#clock.setTimer(graceMs, resolve));
    this.#isHeard = true;
    this.#look();
    await Promise.race([this.#drained.promise, over]);
  }

  #count(reply: FastifyReply): void {
    this.#running++;
    reply.raw.once("close", () => {
      this.#running--;
      this.#look();
    });
  }

  #look(): void {
    if (this.#isHeard && this.#running === 0) this.#drained.resolve();
  }
}
