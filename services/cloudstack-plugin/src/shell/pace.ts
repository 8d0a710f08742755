import type { Clock } from "@contrail/clock";

/** Lets at most so many things happen a second, evenly. */
export class Pace {
  readonly #clock: Clock;
  readonly #stepMs: number;
  #nextMs = 0;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#stepMs = 1_000 / perSecond;
  }

  /** Resolves when the next one may happen; rejects with the signal's reason when it aborts first. */
  async next(signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonicMs();
    const at = Math.max(now, this.#nextMs);
    this.#nextMs = at + this.#stepMs;
    signal.throwIfAborted();
    if (at > now) await this.#clock.sleep(at - now, signal);
  }
}
