import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { dataPlaneWire } from "@contrail/wire";

/** Pause between two attempts to reach the engine. */
const RETRY_MS = 200;
/** Longest that a call waits for the engine to come back. */
const WAIT_MS = 10_000;

/** What a link is made of; its owner closes the client. */
export interface EngineLinkParts {
  readonly client: dataPlaneWire.DataPlaneServiceClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Brings a newly opened engine to what it should hold; the link counts as up when it resolves. */
  readonly restore: () => Promise<void>;
}

/**
 * Keeps the Open stream to the engine: states down (trying), up (opened and restored), closed. Each loss of the stream is
 * followed by another Open.
 */
export class EngineLink {
  readonly #parts: EngineLinkParts;
  readonly #closing = new AbortController();
  #waiters: ((closed?: Error) => void)[] = [];
  #up = false;

  constructor(parts: EngineLinkParts) {
    this.#parts = parts;
    void this.#run();
  }

  /** Resolves when the link is up; rejects with "dataplane.unavailable" when it is not within WAIT_MS. */
  async whenUp(): Promise<void> {
    if (this.#up) return;
    if (this.#closing.signal.aborted) throw new ContrailError("dataplane.unavailable", "the data plane is closed");
    await new Promise<void>((resolve, reject) => {
      const waiter = (closed?: Error): void => {
        timer.cancel();
        if (closed === undefined) resolve();
        else reject(closed);
      };
      const timer = this.#parts.clock.setTimer(WAIT_MS, () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(new ContrailError("dataplane.unavailable", "the vrouter-engine does not answer; is it running?"));
      });
      this.#waiters.push(waiter);
    });
  }

  /** Whoever waits is told at once. */
  close(): void {
    const closed = new ContrailError("dataplane.unavailable", "the data plane is closed");
    this.#closing.abort(closed);
    for (const waiter of this.#waiters.splice(0)) waiter(closed);
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#parts;
    while (!this.#closing.signal.aborted) {
      await this.#session().catch((reason: unknown) => {
        if (!this.#closing.signal.aborted)
          logger.warn("engine is lost", { reason: ContrailError.from(reason).message });
      });
      this.#up = false;
      await clock.sleep(RETRY_MS, this.#closing.signal).catch(() => {}); // Closing ends the loop.
    }
  }

  /** One Open stream, from its first message to its end. */
  #session(): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = this.#parts.client.open({});
      const cancel = (): void => stream.cancel();
      this.#closing.signal.addEventListener("abort", cancel, { once: true });
      stream.on("data", () => {
        this.#parts.restore().then(
          () => this.#becomeUp(),
          (reason: unknown) => {
            reject(ContrailError.from(reason));
            stream.cancel();
          },
        );
      });
      stream.on("error", reject);
      stream.on("end", resolve);
      stream.on("close", () => this.#closing.signal.removeEventListener("abort", cancel));
    });
  }

  #becomeUp(): void {
    this.#up = true;
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}
