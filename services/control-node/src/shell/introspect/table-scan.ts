import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { ConcurrencyLimit, type PageRange } from "@contrail/runtime";

/** Longest that the event loop is held at a stretch; the tables are worked on in slices as long. */
const SLICE_MS = 5;
/** Entries between two looks at the clock. */
const STEP = 256;
/** Questions that wait while another one is answered. */
const WAITING = 32;

/** Looks through large tables for a page, a slice at a time and one question after the other: the RIB is never blocked. */
export class TableScan {
  readonly #clock: Clock;
  readonly #limit = new ConcurrencyLimit(
    1,
    WAITING,
    () => new ContrailError("introspect.unavailable", "too many questions about routes at once; ask again"),
  );

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The entries of a range among those that are wanted. The table may change meanwhile: an entry that goes may be left out. */
  find<T>(table: Iterable<T>, wanted: (entry: T) => boolean, { offset, limit }: PageRange): Promise<readonly T[]> {
    return this.#limit.run(async () => {
      const found: T[] = [];
      let [skipped, seen] = [0, 0];
      let end = this.#clock.monotonicMs() + SLICE_MS;
      for (const entry of table) {
        if (++seen % STEP === 0 && this.#clock.monotonicMs() > end) {
          await new Promise<void>((resolve) => setImmediate(resolve));
          end = this.#clock.monotonicMs() + SLICE_MS;
        }
        if (!wanted(entry)) continue;
        if (skipped < offset) skipped++;
        else if (found.push(entry) >= limit) break;
      }
      return found;
    });
  }
}
