import type { Clock } from "@contrail/clock";
import type { FastifyInstance } from "fastify";

/** Seconds after which a client that was sent away asks again, here or at another node. */
const RETRY_AFTER_S = 1;
/** What takes longer when the node stops is cut off. */
const DRAIN_MS = 5_000;

/** Whether the node takes requests: not before it is ready, and not any more when it stops; what is under way ends. */
export class Serving {
  readonly #clock: Clock;
  #state: "starting" | "open" | "stopping" | "retired" = "starting";
  #why = "the node is starting";
  #running = 0;
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
      if (this.#state !== "open") {
        // A connection that stays would be broken in the middle of a request when the node is gone.
        reply.header("Retry-After", String(RETRY_AFTER_S)).header("Connection", "close");
        return reply.code(503).type("text/plain; charset=utf-8").serializer(String).send(this.#why);
      }
      // A watcher is ended by the node's signal.
      if (request.routeOptions.url === "/watch") return;
      this.#running++;
      reply.raw.once("close", () => {
        this.#running--;
        this.#look();
      });
    });
  }

  /**
   * Sends clients away from now on; resolves when what is under way has ended, and not before graceMs have passed, in
   * which clients and balancers hear of it.
   */
  async drain(graceMs: number): Promise<void> {
    this.#state = "stopping";
    this.#why = "the node is stopping";
    this.#look();
    const over = new Promise<void>((resolve) => this.#clock.setTimer(DRAIN_MS, resolve));
    const heard = new Promise<void>((resolve) => this.#clock.setTimer(graceMs, resolve));
    await Promise.all([heard, Promise.race([this.#drained.promise, over])]);
  }

  #look(): void {
    if (this.#state === "stopping" && this.#running === 0) this.#drained.resolve();
  }
}
