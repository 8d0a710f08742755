import type { Clock } from "@contrail/clock";

interface Waiting {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it; timers that have come due run then, the earliest first. */
export class HeldClock implements Clock {
  #nowMs = 1_000_000_000_000;
  readonly #waiting = new Set<Waiting>();

  wallMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void) {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#waiting.add(timer);
    return { cancel: () => void this.#waiting.delete(timer) };
  }

  sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.setTimer(delayMs, resolve);
      signal.addEventListener("abort", () => {
        timer.cancel();
        reject(signal.reason);
      });
    });
  }

  /** Number of timers and sleeps that have not come due. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Moves the time on. */
  advance(ms: number): void {
    this.#nowMs += ms;
    const due = [...this.#waiting].filter(({ atMs }) => atMs <= this.#nowMs).sort((a, b) => a.atMs - b.atMs);
    for (const timer of due) if (this.#waiting.delete(timer)) timer.callback();
  }
}

/** Lets everything that is under way go on until a condition holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(20_000);
  while (!(await holds())) {
    if (deadline.aborted) throw new Error("the condition did not come to hold in time");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
