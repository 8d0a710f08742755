/** Since when things are seen to be unwanted. A restart begins anew: nothing is removed too early by it. */
export class Grace {
  readonly #graceMs: number;
  readonly #since = new Map<string, number>();

  /** graceMs: how long a thing must be unwanted before it goes. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** Notes what is unwanted now, and forgets what is wanted again. nowMs: monotonic. */
  observe(keys: Iterable<string>, nowMs: number): void {
    const now = new Set(keys);
    for (const key of this.#since.keys()) if (!now.has(key)) this.#since.delete(key);
    for (const key of now) if (!this.#since.has(key)) this.#since.set(key, nowMs);
  }

  /** True where the grace of a thing is over. */
  isOver(key: string, nowMs: number): boolean {
    return this.leftMs(key, nowMs) <= 0;
  }

  /** Milliseconds until the grace is over; the whole of it for a thing that was never seen. */
  leftMs(key: string, nowMs: number): number {
    const since = this.#since.get(key);
    return since === undefined ? this.#graceMs : Math.max(0, since + this.#graceMs - nowMs);
  }
}
