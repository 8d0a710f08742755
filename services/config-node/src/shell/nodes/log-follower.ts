import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { ConfigChange } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import type { RecordReader } from "../record-reader.ts";

/** Records after which others are served. */
const SLICE = 100;
const RETRY_MS = 500;

interface Waiting {
  readonly position: bigint;
  readonly arrived: PromiseWithResolvers<void>;
}

/** Where the log was before the graph was filled. */
export interface LogStart {
  /** Its end, as it said itself. */
  readonly end: bigint;
  /** How far the store said that it had to be read. */
  readonly logged: bigint;
}

/** What a follower works with. */
export interface FollowerParts {
  readonly bus: Bus;
  readonly store: Pick<ObjectStore, "logged">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: RecordReader;
  readonly apply: (change: ConfigChange) => void;
  /** Fills the graph from the store, where it is not known how far the log had come when that was done last. */
  readonly reload: () => Promise<void>;
  /** Called where the log has lost records: those who have nothing else need them again. */
  readonly onGap: () => void;
}

/** Where the log is now; to be asked for before the graph is filled. */
export async function logStart({ bus, store }: Pick<FollowerParts, "bus" | "store">): Promise<LogStart> {
  const [end, logged] = await Promise.all([bus.highWaterMark(CONFIG_TOPIC), store.logged()]);
  return { end, logged };
}

/** Takes what other nodes write from the log into the graph; what the graph has already is left out by its revision. */
export class LogFollower {
  readonly #parts: FollowerParts;
  readonly #waiting = new Set<Waiting>();
  #position = -1n;
  #logged = 0n;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** The position before which all of the log is in the graph; -1 before that is known. */
  get position(): bigint {
    return this.#position;
  }

  /** Up to this mark of the store what was published came with the graph, in whatever log it lies. */
  get loaded(): bigint {
    return this.#logged;
  }

  /** Resolves when the graph holds what lies before a position. */
  async reached(position: bigint, signal: AbortSignal): Promise<void> {
    if (this.#position >= position) return;
    signal.throwIfAborted();
    const waiting = { position, arrived: Promise.withResolvers<void>() };
    const onAbort = (): void => waiting.arrived.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#waiting.add(waiting);
    try {
      await waiting.arrived.promise;
    } finally {
      this.#waiting.delete(waiting);
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Follows until the signal aborts; from: where the log was before the graph was filled, if that is known. */
  async run(from: LogStart | undefined, signal: AbortSignal): Promise<void> {
    const { bus, records: reader, apply } = this.#parts;
    const start = from ?? (await this.#startAnew(signal));
    if (start === undefined) return;
    this.#logged = start.logged;
    this.#move(start.end);
    for await (const { records, highWaterMark, isGap } of bus.read(CONFIG_TOPIC, start.end, signal)) {
      if (isGap === true) await this.#resynchronize(signal);
      for (const [index, record] of records.entries()) {
        if (index % SLICE === SLICE - 1) await new Promise((resolve) => setImmediate(resolve));
        const change = reader.read(record);
        if (change !== undefined) apply(change);
      }
      // Records before the mark that compaction removed are not waited for.
      this.#move(records.at(-1) === undefined ? highWaterMark : (records.at(-1)?.offset ?? 0n) + 1n);
    }
  }

  /** After a gap in the log: nothing is known to be in the graph before all of the store is. */
  async #resynchronize(signal: AbortSignal): Promise<void> {
    const { logger, onGap } = this.#parts;
    logger.error("the log has lost records: all is read from the store and published again");
    this.#position = -1n;
    onGap();
    this.#logged = (await this.#startAnew(signal))?.logged ?? 0n;
  }

  /** Where the log is, then all of the store; undefined: the signal has aborted. */
  async #startAnew(signal: AbortSignal): Promise<LogStart | undefined> {
    while (!signal.aborted) {
      try {
        const start = await logStart(this.#parts);
        await this.#parts.reload();
        return start;
      } catch (reason) {
        this.#parts.logger.warn("the log tells no end yet", { reason: ContrailError.from(reason).message });
        await this.#parts.clock.sleep(RETRY_MS, signal).catch(() => undefined); // Aborted: the loop ends.
      }
    }
    return undefined;
  }

  #move(position: bigint): void {
    if (position > this.#position) this.#position = position;
    for (const { position: wanted, arrived } of this.#waiting) if (this.#position >= wanted) arrived.resolve();
  }
}
