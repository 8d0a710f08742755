/** The topic of configuration changes: compacted, key = uuid, value = opencontrail.config.v1.ObjectChange. */
export const CONFIG_TOPIC = "contrail.config";

/** What is appended. A value may be empty, which is not the same as none. */
export interface BusRecord {
  readonly key: Uint8Array;
  /** undefined: a tombstone for compaction. */
  readonly value: Uint8Array | undefined;
}

/** A record as it lies in a topic. */
export interface StoredBusRecord extends BusRecord {
  /** Position in the topic; rises, with holes where compaction removed records. */
  readonly offset: bigint;
}

/** Records that came together. */
export interface BusBatch {
  readonly records: readonly StoredBusRecord[];
  /** The offset after the last record of the topic when this batch was read. */
  readonly highWaterMark: bigint;
  /**
   * True: between what was read before and this batch records may be missing whose keys have no later ones, because
   * somebody removed them, or the whole topic. Who keeps a state by the topic gets it anew.
   */
  readonly isGap?: boolean;
}

/**
 * A durable, compacted log of topics: Kafka, or the embedded log server. A topic is one sequence (in Kafka: one
 * partition), so that one offset says how far a reader is. Delivery is at least once: an append whose answer was lost
 * may be in the log, and a reader may get a record again after a reconnect; the offset tells them apart.
 */
export interface Bus {
  /**
   * Resolves with the first offset when the records are durable: together, in order, at consecutive offsets. Rejects
   * with code "bus.unavailable"; then it is not known whether they are in the log.
   */
  append(topic: string, records: readonly BusRecord[]): Promise<bigint>;
  /**
   * Reads from an offset on and then follows, without end, across reconnects, until the signal aborts. At least once,
   * in order. An empty batch says that nothing is left between what came before and its high-water mark. An offset that
   * retention removed, or that the topic has not, is not an error: reading goes on with the oldest record that is left,
   * and says that there is a gap.
   */
  read(topic: string, fromOffset: bigint, signal: AbortSignal): AsyncIterable<BusBatch>;
  /** The offset after the last record; 0 for an empty topic, or one that nothing was appended to. */
  highWaterMark(topic: string): Promise<bigint>;
  close(): Promise<void>;
}
