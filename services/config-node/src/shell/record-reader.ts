import { type Bus, CONFIG_TOPIC, type StoredBusRecord } from "@contrail/bus";
import { ContrailError } from "@contrail/errors";
import type { Counter, Logger } from "@contrail/observability";
import type { ConfigChange } from "@contrail/schema";
import { configWire, fromWireChange } from "@contrail/wire";

/** Where records go that could not be read: the value as it was, the key is its topic and offset. */
export const UNREADABLE_TOPIC = `${CONFIG_TOPIC}.unreadable`;

/** What a reader of records works with. */
export interface RecordReaderParts {
  readonly bus: Bus;
  readonly logger: Logger;
  /** Counts records that could not be read. */
  readonly unreadable: Counter;
}

/** What a type of the model may be called, of a newer version too: what that writes is kept (decision 0037). */
const TYPE_NAME = /^[a-z][a-z0-9-]{0,99}$/;

/**
 * The change in a record of the log; undefined: a tombstone, or a kind that this version does not know. Throws where the
 * bytes are no change, and where its object can be of no version of the model.
 */
export function changeIn({ value }: StoredBusRecord): ConfigChange | undefined {
  const change = value === undefined ? undefined : fromWireChange(configWire.ObjectChange.decode(value));
  if (change?.kind !== "upsert") return change;
  const { type, uuid } = change.object;
  if (!TYPE_NAME.test(type) || uuid === "") {
    throw new ContrailError("record.bad_request", `an object "${uuid.slice(0, 50)}" of type "${type.slice(0, 50)}"`);
  }
  return change;
}

/** Reads records of the log; one that cannot be read is left out, counted, and kept in a topic of its own. */
export class RecordReader {
  readonly #parts: RecordReaderParts;

  constructor(parts: RecordReaderParts) {
    this.#parts = parts;
  }

  read(record: StoredBusRecord): ConfigChange | undefined {
    try {
      return changeIn(record);
    } catch (reason) {
      this.#leaveOut(record, ContrailError.from(reason).message);
      return undefined;
    }
  }

  #leaveOut({ offset, value }: StoredBusRecord, reason: string): void {
    const { bus, logger, unreadable } = this.#parts;
    unreadable.add(1);
    logger.error("record left out", { offset: String(offset), reason });
    // Every node keeps it, under the same key: compaction leaves one.
    const key = Buffer.from(`${CONFIG_TOPIC}/${offset}`);
    bus.append(UNREADABLE_TOPIC, [{ key, value }]).catch((failure: unknown) => {
      logger.warn("a record that was left out is not kept", { reason: ContrailError.from(failure).message });
    });
  }
}
