import type { Clock } from "@contrail/clock";

const PAUSE_MS = 30_000;
/** After the first answer that did not come; doubled by each that follows it. */
const FIRST_PAUSE_MS = 2_000;
/** Networks that are noted; with more of them all are asked about again. */
const MAX_NETWORKS = 10_000;

/** Keeps who was asked in vain from being asked again at once. */
export class Pauses {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();
  #allUntilMs = Number.NEGATIVE_INFINITY;
  /** Questions in a row to which nobody answered. */
  #silent = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isPaused(key: string): boolean {
    const untilMs = Math.max(this.#allUntilMs, this.#untilMs.get(key) ?? this.#allUntilMs);
    return this.#clock.monotonicMs() < untilMs;
  }

  pause(key: string): void {
    if (this.#untilMs.size >= MAX_NETWORKS) this.#untilMs.clear();
    this.#untilMs.set(key, this.#clock.monotonicMs() + PAUSE_MS);
  }

  /** Nobody answered: one slow answer keeps the others waiting for a moment only. */
  pauseAll(): void {
    this.#allUntilMs = this.#clock.monotonicMs() + Math.min(PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#silent++);
  }

  /** Somebody answered. */
  answered(): void {
    this.#silent = 0;
  }
}
