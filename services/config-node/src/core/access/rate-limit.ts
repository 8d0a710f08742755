/** Requests a second on average, and how many may come at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Token buckets by key, at most so many: the one that was used longest ago makes room for a new one, and starts full again. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #maxKeys: number;
  /** In the order of their last use. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate, maxKeys = 10_000) {
    this.#rate = rate;
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token; 0 where there was one, else the milliseconds until the next. */
  take(key: string, nowMs: number): number {
    const waitMs = this.wait(key, nowMs);
    const bucket = this.#buckets.get(key) ?? { tokens: this.#rate.burst, atMs: nowMs };
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#maxKeys) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    if (waitMs === 0) bucket.tokens -= 1;
    return waitMs;
  }

  /** Milliseconds until a token is there; takes none. */
  wait(key: string, nowMs: number): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return 0;
    const passedMs = Math.max(0, nowMs - bucket.atMs);
    bucket.tokens = Math.min(this.#rate.burst, bucket.tokens + (passedMs / 1_000) * this.#rate.perSecond);
    bucket.atMs = nowMs;
    return bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) / this.#rate.perSecond) * 1_000);
  }
}
