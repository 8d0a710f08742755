/** Wait after the first failure, and the longest one; each failure doubles it. Milliseconds. */
const FIRST_MS = 100;
const LAST_MS = 30_000;
/** A session that has lasted so long was none that flaps: the next failure is a first one. */
const STABLE_MS = 3_000;

/** How long to wait between attempts, so that neither a node that is away nor one that flaps is stormed by all hosts. */
export class BackOff {
  readonly #random: () => number;
  #nextMs = FIRST_MS;

  /** random: from 0 to below 1; each wait is shortened by up to half of it, that hosts do not come all at once. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** The wait after an attempt that came to nothing, or after a session that has lasted so long; milliseconds. */
  wait(lastedMs = 0): number {
    if (lastedMs >= STABLE_MS) this.#nextMs = FIRST_MS;
    const waitMs = this.#nextMs * (0.5 + this.#random() / 2);
    this.#nextMs = Math.min(this.#nextMs * 2, LAST_MS);
    return waitMs;
  }
}
