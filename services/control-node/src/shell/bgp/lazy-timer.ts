import type { Clock, Timer } from "@contrail/clock";

/**
 * A timer that is restarted far more often than it fires: a restart only moves the deadline, and the clock is asked again
 * when it fires too early. So a hold timer costs nothing per message.
 */
export class LazyTimer {
  readonly #clock: Clock;
  readonly #expired: () => void;
  #deadlineMs = 0;
  #firesAtMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, expired: () => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  /** (Re)starts it. */
  start(delayMs: number): void {
    this.#deadlineMs = this.#clock.monotonicMs() + delayMs;
    if (this.#timer !== undefined && this.#firesAtMs <= this.#deadlineMs) return;
    this.#timer?.cancel();
    this.#arm(delayMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(delayMs: number): void {
    this.#firesAtMs = this.#clock.monotonicMs() + delayMs;
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      const leftMs = this.#deadlineMs - this.#clock.monotonicMs();
      if (leftMs > 0) this.#arm(leftMs);
      else this.#expired();
    });
  }
}
