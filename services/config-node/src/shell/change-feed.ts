import { type Bus, CONFIG_TOPIC, type StoredBusRecord } from "@contrail/bus";
import { ContrailError } from "@contrail/errors";
import type { ConfigChange } from "@contrail/schema";
import { changeIn } from "./record-reader.ts";

/** Followers at a time; more are refused. */
const MAX_FOLLOWERS = 500;

/** A change with the position at which it lies in the log. */
export interface LoggedChange {
  readonly offset: bigint;
  readonly change: ConfigChange;
}

/**
 * The changes of the configuration as they lie in the log: durable, and numbered, so that a follower that was cut off goes
 * on where it was. A follower pulls: nothing is kept for one that is slow.
 */
export class ChangeFeed {
  readonly #bus: Bus;
  readonly #stop: AbortSignal;
  #followers = 0;

  /** stop: ends every follower. */
  constructor(bus: Bus, stop: AbortSignal) {
    this.#bus = bus;
    this.#stop = stop;
  }

  /** The position after the newest change. */
  end(): Promise<bigint> {
    return this.#bus.highWaterMark(CONFIG_TOPIC);
  }

  /** Throws "config.unavailable" where no more may follow. */
  refuseTooMany(): void {
    if (this.#followers < MAX_FOLLOWERS) return;
    throw new ContrailError("config.unavailable", `${MAX_FOLLOWERS} clients are watching already: try again later`);
  }

  /**
   * Changes from a position on, in batches, without end, until the signal aborts; an object that was changed several times
   * may come in its last state only. Throws "config.unavailable" where too many follow already.
   */
  async *follow(from: bigint, signal: AbortSignal): AsyncGenerator<readonly LoggedChange[], void, undefined> {
    this.refuseTooMany();
    this.#followers++;
    try {
      for await (const { records } of this.#bus.read(CONFIG_TOPIC, from, AbortSignal.any([signal, this.#stop]))) {
        yield records.flatMap((record) => {
          const change = readable(record);
          return change === undefined ? [] : [{ offset: record.offset, change }];
        });
      }
    } finally {
      this.#followers--;
    }
  }
}

/** The change in a record; none where it cannot be read, which who follows the log for this node counts. */
function readable(record: StoredBusRecord): ConfigChange | undefined {
  try {
    return changeIn(record);
  } catch {
    return undefined;
  }
}
