import type { Claim } from "./intent.ts";
import { REQUEST_MS, SECOND_NODE_MS } from "./session.ts";

/**
 * Claims of numbers that a second coordinator may have been asked for, too. Their row is inserted where there is none: if
 * it were freed at once, the first coordinator, which may still be at it, could bring the claim back. So they are kept
 * until it has given up.
 */
export class LateClaims {
  readonly #untilMs = new Map<string, number>();

  /** Notes claims that were written between two monotonic times. */
  note(claims: readonly Pick<Claim, "nonce">[], sentMs: number, writtenMs: number): void {
    for (const [nonce, untilMs] of this.#untilMs) if (untilMs <= writtenMs) this.#untilMs.delete(nonce);
    if (writtenMs - sentMs < SECOND_NODE_MS) return;
    for (const { nonce } of claims) this.#untilMs.set(nonce, writtenMs + REQUEST_MS);
  }

  /** The monotonic time before which a claim is not to be freed. */
  untilMs(nonce: string): number {
    return this.#untilMs.get(nonce) ?? 0;
  }
}
