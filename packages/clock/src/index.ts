/** Time as services see it: handed in, so that tests can hold it. */
export interface Clock {
  /** Wall time in milliseconds since 1970; for people and stored dates, never for intervals. */
  wallMs(): number;
  /** Milliseconds that never run backward; for intervals and timers. */
  monotonicMs(): number;
  /** Calls back once after delayMs unless cancelled. */
  setTimer(delayMs: number, callback: () => void): Timer;
  /** Resolves after delayMs; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
}

export interface Timer {
  /** Idempotent; after it the callback does not run. */
  cancel(): void;
}
