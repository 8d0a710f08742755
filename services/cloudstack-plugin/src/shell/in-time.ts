import type { Clock } from "@contrail/clock";

/** A deadline for all of a piece of work. */
export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** What the work rejects with where it is late. */
  readonly late: () => Error;
}

/** The result of work, if that comes in time. What goes on after the deadline has an aborted signal, and is to ask nothing more. */
export async function inTime<T>({ clock, ms, late }: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const aborting = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = clock.setTimer(ms, () => {
    const reason = late();
    aborting.abort(reason);
    reject(reason);
  });
  try {
    return await Promise.race([work(aborting.signal), promise]);
  } finally {
    timer.cancel();
  }
}
