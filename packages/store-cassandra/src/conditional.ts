import { randomBytes } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { mayComeTrue, type Page, type Parameter, type Row, type Session, unavailable } from "./session.ts";

/** How long an operation is tried before it is store.unavailable. */
const DEADLINE_MS = 8_000;
const LEAST_ATTEMPTS = 2;
const FIRST_BACKOFF_MS = 20;
const LAST_BACKOFF_MS = 500;

/** What a read at SERIAL says of a conditional write whose outcome is not known. */
export type Verdict = "mine" | "unchanged" | "other";

/** A text that is used once: it marks what one write wrote. */
export function nonce(): string {
  return randomBytes(9).toString("base64url");
}

/** A conditional write, and how to find out what became of it. */
export interface ConditionalWrite {
  /** For messages: "the name x". */
  readonly what: string;
  /** Sends it once; the row that was found where the condition did not hold. */
  send(): Promise<Row | undefined>;
  /** Says of that row whether it tells the outcome: a coordinator may have tried twice by itself. */
  tells?(found: Row): Verdict | undefined;
  /** Looks at SERIAL whether it is there. */
  look(): Promise<Verdict>;
}

/**
 * Carries a conditional write to a known outcome: true where it was applied, false where the condition did not hold.
 * Rejects with store.unavailable where that stays unknown (fields.unknown) or the servers cannot serve.
 */
export async function decide(clock: Clock, write: ConditionalWrite): Promise<boolean> {
  // A coordinator that has not answered may still be at it, also after a look that did not find the write.
  let isOpen = false;
  try {
    return await retried(clock, write.what, async () => {
      const sentMs = clock.monotonicMs();
      let found: Row | undefined;
      try {
        found = await write.send();
      } catch (reason) {
        isOpen ||= mayComeTrue(reason, clock.monotonicMs() - sentMs);
        // A timeout says nothing: only a read at SERIAL does, and it ends what is still under way.
        const verdict = await looked(clock, write);
        if (verdict === "unchanged") throw reason;
        return verdict === "mine";
      }
      if (found === undefined) return true;
      return (write.tells?.(found) ?? (await looked(clock, write))) === "mine";
    });
  } catch (reason) {
    throw isOpen ? unknown(write, reason) : reason;
  }
}

/** Reads and writes that may be made again are made again until they are served, or the deadline has passed. */
export async function retried<T>(clock: Clock, what: string, run: () => Promise<T>): Promise<T> {
  const deadline = clock.monotonicMs() + DEADLINE_MS;
  let backoffMs = FIRST_BACKOFF_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (reason) {
      // The first attempt may have spent the time on nodes that are gone.
      const isOver = attempt >= LEAST_ATTEMPTS && clock.monotonicMs() >= deadline;
      if (reason instanceof ContrailError || isOver) throw unavailable(what, reason);
      await pause(clock, backoffMs);
      backoffMs = Math.min(backoffMs * 2, LAST_BACKOFF_MS);
    }
  }
}

/** All rows of a result, each once; a page that is not served is asked for again. */
export async function* pages(
  clock: Clock,
  session: Session,
  query: string,
  parameters: readonly Parameter[] = [],
): AsyncGenerator<Row, void, undefined> {
  let from: string | undefined;
  do {
    const begin = from;
    const page: Page = await retried(clock, "a long result", () => session.page(query, parameters, begin));
    yield* page.rows;
    from = page.next;
  } while (from !== undefined);
}

/** Waits; what waits here is bounded by a deadline of its own. */
export function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(delayMs, resolve);
  });
}

async function looked(clock: Clock, write: ConditionalWrite): Promise<Verdict> {
  try {
    return await retried(clock, write.what, write.look);
  } catch (reason) {
    throw unknown(write, reason);
  }
}

function unknown({ what }: ConditionalWrite, cause: unknown): ContrailError {
  const message = `it is not known whether ${what} was written`;
  return new ContrailError("store.unavailable", message, { fields: { unknown: true }, cause });
}
