import { ContrailError } from "@contrail/errors";

/** Lets so many operations run at once, and so many wait; more than that are refused with store.unavailable. */
export class Gate {
  readonly #running: number;
  readonly #waiting: number;
  readonly #queue: (() => void)[] = [];
  #free: number;

  constructor(running: number, waiting: number) {
    this.#running = running;
    this.#waiting = waiting;
    this.#free = running;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else {
      if (this.#queue.length >= this.#waiting) {
        const message = `${this.#running} operations are under way and ${this.#waiting} wait`;
        throw new ContrailError("store.unavailable", message);
      }
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
