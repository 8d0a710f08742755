/** The topic of configuration changes: compacted, key = uuid, value = opencontrail.config.v1.ObjectChange. */
export const CONFIG_TOPIC = "contrail.config";

/** What is appended: the key decides which records compaction keeps. */
export interface BusRecord {
  readonly key: Uint8Array;
  /** undefined: a tombstone for compaction. */
  readonly value: Uint8Array | undefined;
}

/** A record with its place in the topic. */
export interface StoredBusRecord extends BusRecord {
  /** Position in the topic; rises, with holes where compaction removed records. */
  readonly offset: bigint;
}

/** Records that were read together, in the order of their offsets; may be empty. */
export interface BusBatch {
  readonly records: readonly StoredBusRecord[];
  /** The offset after the last record of the topic when this batch was read. */
  readonly highWaterMark: bigint;
}

/** A durable, ordered, compacted log of topics: Kafka, or the embedded log server. */
export interface Bus {
  /** Resolves with the first offset when the records are durable. Rejects with code "bus.unavailable". */
  append(topic: string, records: readonly BusRecord[]): Promise<bigint>;
  /**
   * Reads from an offset on and then follows, without end, across reconnects, until the signal aborts. At least once,
   * in order. An empty batch may come to tell the high-water mark. An offset that retention removed is not an error:
   * reading goes on with the oldest record that is left.
   */
  read(topic: string, fromOffset: bigint, signal: AbortSignal): AsyncIterable<BusBatch>;
  /** The offset after the last record; 0 for an empty topic. */
  highWaterMark(topic: string): Promise<bigint>;
  close(): Promise<void>;
}
