import type { Clock, Timer } from "@contrail/clock";
import { systemClock } from "@contrail/runtime";

/** The machine's clock with all times so many times as long: minutes pass in seconds, real sockets included. */
export class ScaledClock implements Clock {
  readonly #factor: number;

  constructor(factor: number) {
    this.#factor = factor;
  }

  wallMs(): number {
    return systemClock.wallMs() * this.#factor;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() * this.#factor;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return systemClock.setTimer(delayMs / this.#factor, callback);
  }

  sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    return systemClock.sleep(delayMs / this.#factor, signal);
  }
}
