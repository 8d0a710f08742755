/** Lets so many pieces of work run at once, and so many wait for their turn, in their order; more are refused. */
export class ConcurrencyLimit {
  readonly #waiting: number;
  readonly #refusal: () => Error;
  readonly #queue: (() => void)[] = [];
  #free: number;

  /** running, waiting: how many at most; refusal: what the work rejects with that finds no place to wait. */
  constructor(running: number, waiting: number, refusal: () => Error) {
    this.#free = running;
    this.#waiting = waiting;
    this.#refusal = refusal;
  }

  /** Resolves or rejects as the work does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else {
      if (this.#queue.length >= this.#waiting) throw this.#refusal();
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.#queue.shift(); // It takes this one's place.
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
