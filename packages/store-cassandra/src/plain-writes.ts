import type { Clock } from "@contrail/clock";
import { retried } from "./conditional.ts";
import type { Parameter, Session } from "./session.ts";
import { Together } from "./together.ts";

/** One statement's writes that may be made twice; those to a partition that come together are one mutation. */
export type PlainWrites = Together<readonly Parameter[], void>;

/** what: for messages, "intents". */
export function plainWrites(session: Session, clock: Clock, what: string, query: string): PlainWrites {
  return new Together<readonly Parameter[], void>(async (writes) => {
    await retried(clock, what, () => session.batch(writes.map((params) => ({ query, params }))));
    return [];
  });
}
